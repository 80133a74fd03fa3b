// A shop's later state of an order that is booked: what changed of its lines becomes an adjusting
// posting. Credit stays with whom the order was booked for; a change of currency, of codes, or of
// whether it is a test is shown to a person. Inside the caller's transaction, behind lock_order().
#pragma once

#include "attribution/deliveries.hpp"
#include "attribution/stored_order.hpp"
#include "core/events.hpp"

namespace fairlead::attribution {

// `order` is the whole order as the shop has it at `state_at`, before any refund.
Settled edit_order(storage::Session& session, const Integration& integration,
                   const StoredOrder& booked, const core::Order& order, core::Instant state_at,
                   core::Instant now);

}  // namespace fairlead::attribution
