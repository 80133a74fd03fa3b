#include "attribution/order_edit.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <tuple>

#include "attribution/effects.hpp"
#include "attribution/order_answers.hpp"
#include "attribution/order_body.hpp"
#include "attribution/sql.hpp"
#include "attribution/write_refund.hpp"
#include "codes/codes.hpp"

namespace fairlead::attribution {

namespace {

using LineWorth = std::tuple<std::string, std::int64_t, std::int64_t>;  // id, quantity, base

std::set<LineWorth> worth_of(const std::vector<StoredLine>& lines) {
  std::set<LineWorth> worth;
  for (const StoredLine& line : lines) {
    if (line.item.quantity != 0 || line.base_minor != 0)
      worth.emplace(line.item.line_id, line.item.quantity, line.base_minor);
  }
  return worth;
}

std::int64_t base_of(const std::vector<StoredLine>& lines) {
  std::int64_t sum = 0;
  for (const StoredLine& line : lines)
    sum += line.base_minor;
  return sum;
}

std::set<std::string> folded(const std::vector<std::string>& codes) {
  std::set<std::string> texts;
  for (const std::string& code : codes)
    texts.insert(codes::fold(code));
  return texts;
}

std::set<std::string> booked_codes(const std::vector<StoredTouch>& touches) {
  std::vector<std::string> codes;
  for (const StoredTouch& stored : touches) {
    if (stored.touch.via == core::Via::code) codes.push_back(stored.touch.given);
  }
  return folded(codes);
}

Settled review(const std::string& detail) {
  return {DeliveryOutcome::needs_review, detail};
}

void add_lines(storage::Session& session, core::BrandId brand, core::OrderId order,
               const std::vector<StoredLine>& known, const std::vector<core::Item>& items) {
  auto position = static_cast<std::int64_t>(known.size());
  for (const core::Item& item : items) {
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const StoredLine& line) {
      return line.item.line_id == item.line_id;
    });
    if (is_known) continue;
    // Nothing of it was sold when the order was booked.
    session.run(sql::insert_order_line, brand, order, position++, item.line_id, item.sku,
                item.product_id, boost::json::serialize(boost::json::value_from(item.category_ids)),
                0, item.unit_price_minor, 0, item.tax_minor, 0);
  }
}

}  // namespace

Settled edit_order(storage::Session& session, const Integration& integration,
                   const StoredOrder& booked, const core::Order& order, core::Instant state_at,
                   core::Instant now) {
  const core::BrandId brand = integration.brand;
  if (booked.currency != order.currency)
    return review("the order is booked in " + std::string(booked.currency.code()) + ", not " +
                  std::string(order.currency.code()));
  if (booked.is_test != order.is_test)
    return review("the order is booked as " + std::string(booked.is_test ? "a test" : "no test"));
  if (const auto refusal = check_order(order))
    return {DeliveryOutcome::failed, detail_of(*refusal)};

  const auto lines = lines_of(session, brand, booked.id);
  const auto effects = effects_of(session, brand, booked.id);
  Effect edit{.ref = "edit",
              .kind = EffectKind::edit,
              .integration = integration.id,
              .stated_at = state_at,
              .lines = {}};
  std::vector<StoredLine> now_sold;
  for (const core::Item& item : order.items) {
    const std::int64_t base = order.is_test ? 0 : attribution::base_of(item);
    edit.lines.push_back({item.line_id, item.quantity, base});
    now_sold.push_back({item, base});
  }
  const std::int64_t base_before = base_of(sold_lines(lines, effects));
  const bool is_ours = booked.integration == integration.id || booked.source == order.source;
  if (!is_ours && base_before != base_of(now_sold))
    return review("the order was posted with base " + std::to_string(base_before) +
                  ", and the shop has " + std::to_string(base_of(now_sold)));
  const bool same_codes =
      booked_codes(touches_of(session, brand, booked.id)) == folded(order.codes);
  const Settled unchanged =
      same_codes ? Settled{DeliveryOutcome::duplicate, ""}
                 : review("the order has other codes than it was booked with; its credit stays");
  if (!is_ours || worth_of(sold_lines(lines, effects)) == worth_of(now_sold)) return unchanged;

  add_lines(session, brand, booked.id, lines, order.items);
  put_effect(session, brand, booked.id, edit);
  settle_effects(session, brand, booked,
                 {.kind = EffectKind::edit,
                  .ref = "edit",
                  .placed_at = state_at > booked.placed_at ? state_at : now,
                  .reason = "order changed in the shop",
                  .fingerprint = ""},
                 Rows::differences, now);
  const std::string detail = "the order was changed: its base was " + std::to_string(base_before) +
                             " and is " + std::to_string(base_of(now_sold));
  if (unchanged.outcome == DeliveryOutcome::needs_review)
    return review(detail + "; " + unchanged.detail);
  return {DeliveryOutcome::applied, detail};
}

}  // namespace fairlead::attribution
