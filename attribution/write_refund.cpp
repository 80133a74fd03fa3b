#include "attribution/write_refund.hpp"

#include "attribution/sql.hpp"
#include "core/check.hpp"
#include "core/money.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

namespace {

// Target method: what is left of the order is split again by the credits' shares of the whole, and
// each credit gives up the difference to what it had left. Sums stay exact and nothing drifts,
// however many refunds there are and in whatever order they come.
void reverse_credits(storage::Session& session, const StoredOrder& order, core::BrandId brand,
                     core::RefundId refund, core::Instant placed_at, std::int64_t remaining_base,
                     core::Instant now) {
  const auto credits = credits_of(session, brand, order.id);
  if (credits.empty() || order.base_minor == 0) return;
  std::vector<std::int64_t> shares;
  for (const StoredCredit& stored : credits)
    shares.push_back(stored.credit.base_minor);
  const auto targets = core::split(remaining_base, shares).value();

  std::map<core::CreditId, std::int64_t> left;
  for (const StoredCredit& stored : credits)
    left[stored.credit.id] = stored.credit.base_minor;
  for (const CreditRefund& part : credit_refunds_of(session, brand, order.id))
    left[part.credit] -= part.base_minor;
  for (std::size_t i = 0; i < credits.size(); ++i) {
    const core::CreditId credit = credits[i].credit.id;
    session.run(sql::insert_credit_refund, brand, credit, refund, left[credit] - targets[i]);
    ledger::post_reversal(session, brand, credit, refund, targets[i], placed_at, now);
  }
}

}  // namespace

std::optional<StoredOrder> lock_order(storage::Session& session, core::BrandId brand,
                                      std::string_view order_ref) {
  if (session.run(sql::lock_order, brand, order_ref).changed == 0) return std::nullopt;
  return find_order(session, brand, order_ref);
}

std::optional<BookedRefund> find_refund(storage::Session& session, core::BrandId brand,
                                        core::OrderId order, std::string_view refund_ref) {
  const storage::Rows rows = session.run(sql::find_refund, brand, order, refund_ref);
  if (rows.empty()) return std::nullopt;
  return BookedRefund{rows.one().id<core::RefundId>(0), rows.one().text(4)};
}

std::vector<std::int64_t> remaining_bases(const std::vector<StoredLine>& lines,
                                          const std::map<std::string, Refunded>& refunded) {
  std::vector<std::int64_t> remaining;
  for (const StoredLine& line : lines) {
    const auto found = refunded.find(line.item.line_id);
    remaining.push_back(line.base_minor - (found == refunded.end() ? 0 : found->second.base_minor));
  }
  return remaining;
}

std::vector<core::Refund::Line> spread(std::int64_t amount_minor,
                                       const std::vector<StoredLine>& lines,
                                       const std::vector<std::int64_t>& remaining) {
  std::vector<core::Refund::Line> parts;
  if (amount_minor == 0) return parts;
  const auto amounts = core::split(amount_minor, remaining).value();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(amounts[i] <= remaining[i]);
    if (amounts[i] > 0) parts.push_back({lines[i].item.line_id, std::nullopt, amounts[i]});
  }
  return parts;
}

core::RefundId write_refund(storage::Session& session, const StoredOrder& order,
                            const core::Refund& refund, const std::string& fingerprint,
                            core::Instant now) {
  // Ids of one order's refunds rise even when two servers' clocks differ: "what was left after this
  // refund" is a question about its id.
  auto id = core::new_id<core::RefundId>(now);
  std::int64_t base = 0;
  std::int64_t refunded_before = 0;
  for (const StoredRefund& earlier : refunds_of(session, refund.brand, order.id)) {
    if (id <= earlier.id) id = core::RefundId{earlier.id.number + 1};
    refunded_before += earlier.base_minor;
  }
  for (const core::Refund::Line& line : refund.items)
    base += line.amount_minor;
  CHECK(base >= 0 && refunded_before + base <= order.base_minor);
  session.run(sql::insert_refund, refund.brand, id, order.id, refund.refund_ref, refund.placed_at,
              base, refund.reason, fingerprint, now);
  for (const core::Refund::Line& line : refund.items)
    session.run(sql::insert_refund_line, refund.brand, id, line.line_id, line.quantity,
                line.amount_minor);
  reverse_credits(session, order, refund.brand, id, refund.placed_at,
                  order.base_minor - refunded_before - base, now);
  return id;
}

}  // namespace fairlead::attribution
