// Refunds over the own API: amounts are base money, as the order's lines are, and a refund of more
// than was sold is refused with nothing written. The order's row is locked first, so that refunds
// of one order come one after another and each sees what the earlier ones left.
#include <boost/json.hpp>

#include "attribution/attribution.hpp"
#include "attribution/effects.hpp"
#include "attribution/order_answers.hpp"
#include "attribution/order_body.hpp"
#include "attribution/write_refund.hpp"
#include "ledger/ledger.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

core::Answer exceeds(const std::string& pointer, const std::string& what, std::int64_t sold,
                     std::int64_t refunded, std::int64_t asked, const std::string& unit) {
  const std::string detail =
      what + ": " + std::to_string(sold) + unit + " sold, " + std::to_string(refunded) + unit +
      " refunded already, so at most " + std::to_string(sold - refunded) + unit +
      " can be refunded; this refund asks for " + std::to_string(asked) + unit + ", which is " +
      std::to_string(asked - (sold - refunded)) + unit + " too much.";
  return net::problem(422, "refund_exceeds_order", detail,
                      {{pointer, "refund_exceeds_order", detail}});
}

core::Answer unknown_line(const std::string& pointer, const std::string& line_id,
                          const std::vector<StoredLine>& lines) {
  std::string known;
  for (const StoredLine& line : lines) {
    if (known.size() > 200) {
      known += ", …";
      break;
    }
    known += (known.empty() ? "\"" : ", \"") + line.item.line_id + "\"";
  }
  const std::string detail =
      "The order has no line \"" + line_id + "\"; its lines are " + known + ".";
  return net::problem(422, "unknown_line", detail, {{pointer, "unknown_line", detail}});
}

// Against what is left of the lines; `sold` are the lines as they are sold now.
std::optional<core::Answer> check_lines(const core::Refund& refund,
                                        const std::vector<StoredLine>& sold,
                                        const std::vector<LineLeft>& left) {
  for (std::size_t i = 0; i < refund.items.size(); ++i) {
    const core::Refund::Line& asked = refund.items[i];
    const std::string pointer = "/items/" + std::to_string(i);
    const auto found = std::find_if(sold.begin(), sold.end(), [&](const StoredLine& line) {
      return line.item.line_id == asked.line_id;
    });
    if (found == sold.end()) return unknown_line(pointer + "/line_id", asked.line_id, sold);
    const LineLeft& rest = left[static_cast<std::size_t>(found - sold.begin())];
    if (asked.amount_minor > rest.base_minor) {
      return exceeds(pointer + "/amount_minor", "Line \"" + asked.line_id + "\"", found->base_minor,
                     found->base_minor - rest.base_minor, asked.amount_minor, "");
    }
    const std::int64_t quantity = asked.quantity.value_or(0);
    if (quantity > rest.quantity) {
      return exceeds(pointer + "/quantity", "Line \"" + asked.line_id + "\"", found->item.quantity,
                     found->item.quantity - rest.quantity, quantity, " pieces");
    }
  }
  return std::nullopt;
}

std::optional<core::Answer> check_amount(std::int64_t amount_minor,
                                         const std::vector<StoredLine>& sold,
                                         const std::vector<LineLeft>& left) {
  const std::int64_t rest = base_left(left);
  if (amount_minor <= rest) return std::nullopt;
  std::int64_t base = 0;
  for (const StoredLine& line : sold)
    base += line.base_minor;
  return exceeds("/amount_minor", "The order", base, base - rest, amount_minor, "");
}

Effect effect_of(const core::Refund& refund) {
  Effect effect{.ref = refund.refund_ref,
                .kind = EffectKind::refund,
                .integration = {},
                .stated_at = refund.placed_at,
                .amount_minor = refund.amount_minor.value_or(0),
                .lines = {}};
  for (const core::Refund::Line& line : refund.items)
    effect.lines.push_back({line.line_id, line.quantity, line.amount_minor});
  return effect;
}

core::Answer refund_answer(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                           core::RefundId id, int status) {
  std::int64_t remaining = order.base_minor;
  StoredRefund refund;
  for (const StoredRefund& stored : refunds_of(session, brand, order.id)) {
    remaining -= stored.base_minor;
    refund = stored;
    if (stored.id == id) break;
  }
  json::array reversals;
  for (const auto& commission :
       ledger::commissions_of_order(session, brand, order.id, order.booked_at)) {
    const auto postings = ledger::postings_of_commission(session, brand, commission.id);
    reversals.push_back(json::object{{"commission_id", commission.id.text()},
                                     {"influencer_id", commission.influencer.text()},
                                     {"amount_minor", ledger::reversed_by(postings, order.id, id)},
                                     {"currency", order.currency.code()}});
  }
  return net::json_answer(status, json::object{{"id", refund.id.text()},
                                               {"order_ref", order.order_ref},
                                               {"refund_ref", refund.refund_ref},
                                               {"currency", order.currency.code()},
                                               {"base_minor", refund.base_minor},
                                               {"remaining_base_minor", remaining},
                                               {"reversals", std::move(reversals)}});
}

}  // namespace

core::Answer book_refund(storage::Session& session, const core::Refund& refund, core::Instant now) {
  const auto order = lock_order(session, refund.brand, refund.order_ref);
  if (!order) return no_such_order(refund.order_ref);
  const std::string fingerprint = fingerprint_of(refund);
  if (const auto booked = find_refund(session, refund.brand, order->id, refund.refund_ref)) {
    if (booked->body_sha256 == fingerprint)
      return refund_answer(session, refund.brand, *order, booked->id, 200);
    return net::problem(409, "refund_conflict",
                        "A refund \"" + refund.refund_ref +
                            "\" of this order is booked already with other contents. Nothing was "
                            "changed; another refund needs another refund_ref.",
                        {{"/refund_ref", "differs", "this refund_ref is taken by another refund"}});
  }

  const auto lines = lines_of(session, refund.brand, order->id);
  const auto effects = effects_of(session, refund.brand, order->id);
  const auto sold = sold_lines(lines, effects);
  const auto left = lines_left(lines, effects);
  const auto refusal = refund.amount_minor ? check_amount(*refund.amount_minor, sold, left)
                                           : check_lines(refund, sold, left);
  if (refusal) return *refusal;
  put_effect(session, refund.brand, order->id, effect_of(refund));
  const auto id = settle_effects(session, refund.brand, *order,
                                 {.kind = EffectKind::refund,
                                  .ref = refund.refund_ref,
                                  .placed_at = refund.placed_at,
                                  .reason = refund.reason,
                                  .fingerprint = fingerprint},
                                 Rows::always, now);
  return refund_answer(session, refund.brand, *order, *id, 201);
}

}  // namespace fairlead::attribution
