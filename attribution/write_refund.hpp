// Writing a refund that has been judged: its row, its lines, what it takes from each credit, and
// the ledger's reversals. Both doors, the own API and the shops' webhooks, end here. Inside the
// caller's transaction, behind lock_order().
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attribution/stored_order.hpp"
#include "core/answer.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

// Keeps every other refund of the order waiting until this transaction ends. nullopt: no such
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

// What is left of each line's base after the refunds so far, in the order of the lines.
std::vector<std::int64_t> remaining_bases(const std::vector<StoredLine>& lines,
                                          const std::map<std::string, Refunded>& refunded);

// One amount over all lines, in proportion to what is left of each, by the largest remainder.
// `amount` must not exceed the sum of what is left; lines that get nothing are left out.
std::vector<core::Refund::Line> spread(std::int64_t amount_minor,
                                       const std::vector<StoredLine>& lines,
                                       const std::vector<std::int64_t>& remaining);

// `refund.items` hold base money that is known to fit; each order line appears at most once.
core::RefundId write_refund(storage::Session& session, const StoredOrder& order,
                            const core::Refund& refund, const std::string& fingerprint,
                            core::Instant now);

}  // namespace fairlead::attribution
