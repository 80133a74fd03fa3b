// Booking an order: its row, lines, touchpoints, credits, uses of codes and commissions, all in the
// caller's transaction. Two doors may bring the same order at once; the table's unique key on
// (brand, order_ref) lets one in, and the other is tried again and finds it.
#include <boost/json.hpp>
#include <set>

#include "attribution/attribution.hpp"
#include "attribution/commission_signals.hpp"
#include "attribution/counters.hpp"
#include "attribution/order_answers.hpp"
#include "attribution/order_body.hpp"
#include "attribution/sql.hpp"
#include "attribution/stored_order.hpp"
#include "attribution/touches.hpp"
#include "codes/codes.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

namespace {

std::string category_text(const std::vector<std::string>& ids) {
  return boost::json::serialize(boost::json::value_from(ids));
}

// A known id, or NULL.
template <class AnyId>
std::optional<AnyId> maybe(AnyId id) {
  if (!id) return std::nullopt;
  return id;
}

void insert_order(storage::Session& session, const core::Order& order, core::OrderId id,
                  std::int64_t base_minor, const std::string& fingerprint, core::Instant now) {
  std::int64_t discount = 0;
  for (const core::Item& item : order.items)
    discount += item.discount_minor;
  std::optional<std::int64_t> is_new;
  if (order.customer.is_new) is_new = *order.customer.is_new ? 1 : 0;
  session.run(sql::insert_order, order.brand, id, order.order_ref, order.source, order.placed_at,
              order.currency.code(), base_minor, discount, order.shipping_minor, order.tax_minor,
              order.is_test ? 1 : 0, order.customer.identity(), order.customer.second_identity(),
              is_new, fingerprint, now);
  std::int64_t position = 0;
  for (const core::Item& item : order.items) {
    session.run(sql::insert_order_line, order.brand, id, position++, item.line_id, item.sku,
                item.product_id, category_text(item.category_ids), item.quantity,
                item.unit_price_minor, item.discount_minor, item.tax_minor,
                order.is_test ? 0 : base_of(item));
  }
}

void insert_touchpoints(storage::Session& session, const core::Order& order, core::OrderId id,
                        const std::vector<Touch>& touches, const Decision& decision) {
  for (std::size_t i = 0; i < touches.size(); ++i) {
    const Touch& touch = touches[i];
    session.run(sql::insert_touchpoint, order.brand, id, static_cast<std::int64_t>(i),
                word_of(touch.via), touch.given, maybe(touch.code), maybe(touch.link),
                maybe(touch.click), maybe(touch.deal), maybe(touch.influencer),
                maybe(touch.campaign), touch.touched_at, word_of(decision.outcomes[i]),
                decision.weights[i], touch.gave_code ? 1 : 0);
    // Counted again when the transaction is tried again: rare, and only a metric.
    if (touch.via == core::Via::click) count_refused(decision.outcomes[i]);
  }
}

void book_credits(storage::Session& session, const core::Order& order, core::OrderId id,
                  const Touches& touches, const Decision& decision, core::Instant now) {
  const Policy& policy = decision.policy;
  // Where existing customers earn as well, it makes no difference who is new.
  const bool is_newness_in_doubt =
      touches.is_newness_in_doubt && policy.existing_customers != "credit";
  for (const Share& share : decision.shares) {
    const Touch& touch = touches.all[share.touch];
    const core::Credit credit{.id = core::new_id<core::CreditId>(now),
                              .order = id,
                              .influencer = touch.influencer,
                              .deal = touch.deal,
                              .campaign = touch.campaign,
                              .via = touch.via,
                              .code = touch.code,
                              .link = touch.link,
                              .click = touch.click,
                              .weight_ppm = share.weight_ppm,
                              .base_minor = share.base_minor};
    const core::Instant touched_at = touch.touched_at.value_or(order.placed_at);
    session.run(sql::insert_credit, order.brand, credit.id, id, credit.influencer, credit.deal,
                credit.campaign, word_of(credit.via), maybe(credit.code), maybe(credit.link),
                maybe(credit.click), credit.weight_ppm, credit.base_minor, order.currency.code(),
                order.placed_at, touched_at, policy.precedence, policy.model, policy.lookback_days,
                policy.code_share_ppm, policy.half_life_days, policy.click_to_order_min_s,
                policy.existing_customers, policy.campaign_version);
    const auto commission = ledger::post_credit(session, credit, order.brand, order.currency,
                                                order.placed_at, touched_at, now);
    note_booked_signals(session, order, commission, touch, is_newness_in_doubt, now);
  }
}

// Every code of the order counts as used, whether it won the credit or not: its limits are the
// shop's and the discount was given.
void note_code_uses(storage::Session& session, const core::Order& order,
                    const std::vector<Touch>& touches, core::Instant now) {
  if (order.is_test) return;
  std::set<core::CodeId> used;
  for (const Touch& touch : touches) {
    if (touch.via == core::Via::code && touch.code && touch.outcome != Outcome::same_touch)
      used.insert(touch.code);
  }
  codes::note_order_uses(session, used, order, now);
}

}  // namespace

core::Answer book_order(storage::Session& session, const Dependencies& dependencies,
                        const core::Order& order, core::Instant now) {
  if (auto refusal = check_order(order)) return *refusal;
  const std::string fingerprint = fingerprint_of(order);
  if (const auto booked = find_order(session, order.brand, order.order_ref)) {
    if (booked->body_sha256 != fingerprint) return conflict_answer(session, *booked, order);
    return booked_answer(session, order.brand, *booked, 200);
  }

  const Touches touches = read_touches(session, dependencies, order);
  const std::int64_t base = base_of(order);
  const Decision decision = attribute(order.placed_at, base, touches.all, touches.policies);
  const auto id = core::new_id<core::OrderId>(now);
  insert_order(session, order, id, base, fingerprint, now);
  insert_touchpoints(session, order, id, touches.all, decision);
  book_credits(session, order, id, touches, decision, now);
  note_code_uses(session, order, touches.all, now);
  // Read back from what was written: a repeated order is answered by the same lines of code.
  return booked_answer(session, order.brand, *find_order(session, order.brand, order.order_ref),
                       201);
}

}  // namespace fairlead::attribution
