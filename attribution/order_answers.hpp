// What shops are answered about an order. The answer to a repeated order is made from the stored
// rows exactly as the first one was, so both are the same bytes. Inside the caller's transaction.
#pragma once

#include "attribution/stored_order.hpp"
#include "core/answer.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

// {id, order_ref, currency, base_minor, credits, commissions}: what was booked, before any refund.
core::Answer booked_answer(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                           int status);

// 409 order_conflict that names each field in which the two differ.
core::Answer conflict_answer(storage::Session& session, const StoredOrder& booked,
                             const core::Order& sent);

// The whole order as it stands now: lines, credits, commissions, refunds. No customer data.
core::Answer order_answer(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                          core::Instant now);

core::Answer no_such_order(std::string_view order_ref);

// What a problem answer tells people; "" when it tells nothing.
std::string detail_of(const core::Answer& problem);

}  // namespace fairlead::attribution
