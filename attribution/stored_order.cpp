#include "attribution/stored_order.hpp"

#include <boost/json.hpp>

#include "attribution/sql.hpp"
#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

std::optional<StoredOrder> read_order_row(const storage::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  StoredOrder order{.id = row.id<core::OrderId>(0),
                    .order_ref = row.text(13),
                    .source = row.text(1),
                    .placed_at = row.instant(2),
                    .currency = core::Currency::of(row.text(3)),
                    .base_minor = row.integer(4),
                    .discount_minor = row.integer(5),
                    .shipping_minor = row.integer(6),
                    .tax_minor = row.integer(7),
                    .is_test = row.integer(8) != 0,
                    .customer = row.text(9),
                    .customer_is_new = std::nullopt,
                    .body_sha256 = row.text(11),
                    .booked_at = row.instant(12),
                    .integration = row.id<core::IntegrationId>(14),
                    .state_at = row.instant(15)};
  if (!row.is_null(10)) order.customer_is_new = row.integer(10) != 0;
  return order;
}

std::vector<std::string> texts_of(const std::string& json) {
  std::vector<std::string> texts;
  const auto parsed = boost::json::parse(json);
  for (const auto& text : parsed.as_array())
    texts.emplace_back(std::string_view(text.as_string()));
  return texts;
}

core::Via parse_via(const std::string& word) {
  return word == word_of(core::Via::code) ? core::Via::code : core::Via::click;
}

}  // namespace

std::string_view word_of(core::Via via) {
  switch (via) {
    case core::Via::code:
      return "code";
    case core::Via::click:
      return "click";
  }
  CHECK(!"every way has its word");
}

std::optional<StoredOrder> find_order(storage::Session& session, core::BrandId brand,
                                      std::string_view order_ref) {
  return read_order_row(session.run(sql::find_order, brand, order_ref));
}

std::optional<StoredOrder> find_order(storage::Session& session, core::BrandId brand,
                                      core::OrderId id) {
  return read_order_row(session.run(sql::find_order_by_id, brand, id));
}

std::vector<StoredLine> lines_of(storage::Session& session, core::BrandId brand,
                                 core::OrderId order) {
  std::vector<StoredLine> lines;
  for (const storage::Row& row : session.run(sql::list_order_lines, brand, order)) {
    lines.push_back({.item = {.line_id = row.text(0),
                              .sku = row.text(1),
                              .product_id = row.text(2),
                              .category_ids = texts_of(row.text(3)),
                              .quantity = row.integer(4),
                              .unit_price_minor = row.integer(5),
                              .discount_minor = row.integer(6),
                              .tax_minor = row.integer(7)},
                     .base_minor = row.integer(8)});
  }
  return lines;
}

std::vector<StoredTouch> touches_of(storage::Session& session, core::BrandId brand,
                                    core::OrderId order) {
  std::vector<StoredTouch> touches;
  for (const storage::Row& row : session.run(sql::list_touchpoints, brand, order)) {
    Touch touch{.via = parse_via(row.text(0)),
                .given = row.text(1),
                .code = row.id<core::CodeId>(2),
                .link = row.id<core::LinkId>(3),
                .click = row.id<core::ClickId>(4),
                .deal = row.id<core::DealId>(5),
                .influencer = row.id<core::InfluencerId>(6),
                .campaign = row.id<core::CampaignId>(7),
                .touched_at = std::nullopt,
                .gave_code = row.integer(11) != 0,
                .outcome = parse_outcome(row.text(9)).value_or(Outcome::eligible)};
    if (!row.is_null(8)) touch.touched_at = row.instant(8);
    touches.push_back({std::move(touch), row.integer(10)});
  }
  return touches;
}

std::vector<StoredCredit> credits_of(storage::Session& session, core::BrandId brand,
                                     core::OrderId order) {
  std::vector<StoredCredit> credits;
  for (const storage::Row& row : session.run(sql::list_credits, brand, order)) {
    credits.push_back({.credit = {.id = row.id<core::CreditId>(0),
                                  .order = order,
                                  .influencer = row.id<core::InfluencerId>(1),
                                  .deal = row.id<core::DealId>(2),
                                  .campaign = row.id<core::CampaignId>(3),
                                  .via = parse_via(row.text(4)),
                                  .code = row.id<core::CodeId>(5),
                                  .link = row.id<core::LinkId>(6),
                                  .click = row.id<core::ClickId>(7),
                                  .weight_ppm = row.integer(8),
                                  .base_minor = row.integer(9)},
                       .policy = {.precedence = row.text(13),
                                  .model = row.text(14),
                                  .lookback_days = row.integer(15),
                                  .code_share_ppm = row.integer(16),
                                  .half_life_days = row.integer(17),
                                  .click_to_order_min_s = row.integer(18),
                                  .existing_customers = row.text(19),
                                  .campaign_version = row.integer(20)},
                       .touched_at = row.instant(10),
                       .placed_at = row.instant(11),
                       .currency = row.text(12)});
  }
  return credits;
}

std::vector<StoredRefund> refunds_of(storage::Session& session, core::BrandId brand,
                                     core::OrderId order) {
  std::vector<StoredRefund> refunds;
  for (const storage::Row& row : session.run(sql::list_refunds, brand, order)) {
    refunds.push_back({.id = row.id<core::RefundId>(0),
                       .refund_ref = row.text(1),
                       .placed_at = row.instant(2),
                       .base_minor = row.integer(3),
                       .reason = row.text(4),
                       .kind = row.text(5)});
  }
  return refunds;
}

std::map<std::string, Refunded> refunded_lines(storage::Session& session, core::BrandId brand,
                                               core::OrderId order) {
  std::map<std::string, Refunded> lines;
  for (const storage::Row& row : session.run(sql::sum_refunded_lines, brand, order))
    lines[row.text(0)] = {row.integer(1), row.integer(2)};
  return lines;
}

std::vector<CreditRefund> credit_refunds_of(storage::Session& session, core::BrandId brand,
                                            core::OrderId order) {
  std::vector<CreditRefund> parts;
  for (const storage::Row& row : session.run(sql::list_credit_refunds, brand, order))
    parts.push_back({row.id<core::CreditId>(0), row.id<core::RefundId>(1), row.integer(2)});
  return parts;
}

Decision decide_again(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                      const std::vector<StoredCredit>& credits, std::int64_t base_minor) {
  std::vector<Touch> touches;
  Policies policies;
  for (const StoredTouch& stored : touches_of(session, brand, order.id)) {
    Touch& touch = touches.emplace_back(stored.touch);
    if (took_part(touch.outcome)) touch.outcome = Outcome::eligible;
    if (!credits.empty()) policies[touch.campaign] = credits.front().policy;
  }
  return attribute(order.placed_at, base_minor, touches, policies);
}

}  // namespace fairlead::attribution
