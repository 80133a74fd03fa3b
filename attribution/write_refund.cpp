#include "attribution/write_refund.hpp"

#include "attribution/effects.hpp"
#include "attribution/sql.hpp"
#include "core/check.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view reinstatement = "reinstatement";

struct LineChange {
  std::string line_id;
  std::int64_t quantity = 0;
  std::int64_t base_minor = 0;
};

std::vector<LineChange> changes_of(const std::vector<StoredLine>& lines,
                                   const std::vector<LineLeft>& left,
                                   const std::map<std::string, Refunded>& journal) {
  std::vector<LineChange> changes;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto found = journal.find(lines[i].item.line_id);
    const Refunded before = found == journal.end() ? Refunded{} : found->second;
    const LineChange change{lines[i].item.line_id,
                            lines[i].item.quantity - left[i].quantity - before.quantity,
                            lines[i].base_minor - left[i].base_minor - before.base_minor};
    if (change.quantity != 0 || change.base_minor != 0) changes.push_back(change);
  }
  return changes;
}

void reverse_credits(storage::Session& session, const StoredOrder& order, core::BrandId brand,
                     core::RefundId refund, core::Instant placed_at, std::int64_t base_minor,
                     core::Instant now) {
  const auto credits = credits_of(session, brand, order.id);
  if (credits.empty()) return;
  const Decision decision = decide_again(session, brand, order, credits, base_minor);
  CHECK(decision.shares.size() == credits.size());

  std::map<core::CreditId, std::int64_t> left;
  for (const StoredCredit& stored : credits)
    left[stored.credit.id] = stored.credit.base_minor;
  for (const CreditRefund& part : credit_refunds_of(session, brand, order.id))
    left[part.credit] -= part.base_minor;
  for (std::size_t i = 0; i < credits.size(); ++i) {
    const core::CreditId credit = credits[i].credit.id;
    const std::int64_t target = decision.shares[i].base_minor;
    session.run(sql::insert_credit_refund, brand, credit, refund, left[credit] - target);
    ledger::post_reversal(session, brand, credit, refund, target, placed_at, now);
  }
}

std::string free_ref(storage::Session& session, core::BrandId brand, core::OrderId order,
                     const std::string& ref) {
  std::string free = ref;
  for (int number = 2; find_refund(session, brand, order, free); ++number)
    free = ref + "#" + std::to_string(number);
  return free;
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

std::optional<core::RefundId> settle_effects(storage::Session& session, core::BrandId brand,
                                             const StoredOrder& order, const Cause& cause,
                                             Rows rows, core::Instant now) {
  const auto lines = lines_of(session, brand, order.id);
  const auto left = lines_left(lines, effects_of(session, brand, order.id));
  const auto changes = changes_of(lines, left, refunded_lines(session, brand, order.id));
  if (changes.empty() && rows == Rows::differences) return std::nullopt;

  // Ids of one order's rows rise even when two servers' clocks differ: "what was left after this
  // one" is a question about its id.
  auto id = core::new_id<core::RefundId>(now);
  for (const StoredRefund& earlier : refunds_of(session, brand, order.id)) {
    if (id <= earlier.id) id = core::RefundId{earlier.id.number + 1};
  }
  std::int64_t base = 0;
  for (const LineChange& change : changes)
    base += change.base_minor;
  const bool gives_back = base < 0 && cause.kind != EffectKind::edit;
  session.run(sql::insert_refund, brand, id, order.id,
              free_ref(session, brand, order.id, cause.ref), cause.placed_at, base, cause.reason,
              cause.fingerprint, now, gives_back ? reinstatement : word_of(cause.kind));
  for (const LineChange& change : changes) {
    std::optional<std::int64_t> quantity;
    if (change.quantity != 0) quantity = change.quantity;
    session.run(sql::insert_refund_line, brand, id, change.line_id, quantity, change.base_minor);
  }
  reverse_credits(session, order, brand, id, cause.placed_at, base_left(left), now);
  return id;
}

}  // namespace fairlead::attribution
