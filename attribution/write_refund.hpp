// Bringing the journal of an order to what its effects say: a row of `refunds` with the difference,
// what that takes from each credit, and the ledger's reversals. Both doors, the own API and the
// shops' webhooks, end here. Inside the caller's transaction, behind lock_order().
#pragma once

#include <optional>
#include <string>

#include "attribution/stored_order.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

// Keeps every other change of the order waiting until this transaction ends. nullopt: no such
// order.
std::optional<StoredOrder> lock_order(storage::Session& session, core::BrandId brand,
                                      std::string_view order_ref);

// nullopt, or the id and the fingerprint of the refund that is booked under this reference.
struct BookedRefund {
  core::RefundId id;
  std::string body_sha256;
};
std::optional<BookedRefund> find_refund(storage::Session& session, core::BrandId brand,
                                        core::OrderId order, std::string_view refund_ref);

// What a row of the journal says about its cause.
struct Cause {
  EffectKind kind = EffectKind::refund;
  std::string ref;  // where it is taken, "#2", "#3", … is put behind it
  core::Instant placed_at;
  std::string reason;
  std::string fingerprint;
};
// differences: nothing is written when the journal agrees already. always: a row of 0 is, too.
enum class Rows { differences, always };

// Target method: what is left of each line follows from all effects, so rounding cannot drift and
// no order of arrival makes a difference. What is left of the order is split over the credits as a
// new order of that base would be, and each commission becomes the plan's on its credit's part.
std::optional<core::RefundId> settle_effects(storage::Session& session, core::BrandId brand,
                                             const StoredOrder& order, const Cause& cause,
                                             Rows rows, core::Instant now);

}  // namespace fairlead::attribution
