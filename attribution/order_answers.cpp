#include "attribution/order_answers.hpp"

#include <boost/json.hpp>

#include "attribution/effects.hpp"
#include "ledger/ledger.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

json::array credits_json(const std::vector<StoredCredit>& credits) {
  json::array list;
  for (const StoredCredit& stored : credits) {
    const core::Credit& credit = stored.credit;
    list.push_back(json::object{{"influencer_id", credit.influencer.text()},
                                {"deal_id", credit.deal.text()},
                                {"campaign_id", credit.campaign.text()},
                                {"via", word_of(credit.via)},
                                {"weight_ppm", credit.weight_ppm},
                                {"base_minor", credit.base_minor}});
  }
  return list;
}

// Collects what differs between the order that is booked and the one that was sent.
class Differences {
 public:
  template <class T>
  void compare(std::string pointer, const T& booked, const T& sent) {
    if (booked == sent) return;
    errors_.push_back({std::move(pointer), "differs",
                       "it is booked as " + shown(booked) + ", but " + shown(sent) + " was sent"});
  }
  void note(std::string pointer, std::string detail) {
    errors_.push_back({std::move(pointer), "differs", std::move(detail)});
  }
  std::vector<net::FieldError> take() { return std::move(errors_); }
  bool empty() const { return errors_.empty(); }

 private:
  static std::string shown(std::int64_t number) { return std::to_string(number); }
  static std::string shown(const std::string& text) { return "\"" + text + "\""; }
  static std::string shown(const std::vector<std::string>& texts) {
    return json::serialize(json::value_from(texts));
  }

  std::vector<net::FieldError> errors_;
};

void compare_item(Differences& differences, const std::string& pointer, const core::Item& booked,
                  const core::Item& sent) {
  differences.compare(pointer + "/line_id", booked.line_id, sent.line_id);
  differences.compare(pointer + "/sku", booked.sku, sent.sku);
  differences.compare(pointer + "/product_id", booked.product_id, sent.product_id);
  differences.compare(pointer + "/category_ids", booked.category_ids, sent.category_ids);
  differences.compare(pointer + "/quantity", booked.quantity, sent.quantity);
  differences.compare(pointer + "/unit_price_minor", booked.unit_price_minor,
                      sent.unit_price_minor);
  differences.compare(pointer + "/discount_minor", booked.discount_minor, sent.discount_minor);
  differences.compare(pointer + "/tax_minor", booked.tax_minor, sent.tax_minor);
}

void compare_touches(Differences& differences, const std::vector<StoredTouch>& touches,
                     const core::Order& sent) {
  std::vector<std::string> codes;
  std::vector<std::string> click_ids;
  for (const auto& [touch, weight] : touches) {
    if (touch.via == core::Via::code) {
      codes.push_back(touch.given);
    } else if (!touch.gave_code ||
               std::find(codes.begin(), codes.end(), touch.given) == codes.end()) {
      click_ids.push_back(touch.given);  // the others came with a code, not with the order
    }
  }
  differences.compare("/codes", codes, sent.codes);
  if (click_ids != sent.click_ids)
    differences.note("/click_ids", "other click_ids were sent than are booked");
}

std::string text_of(std::optional<bool> is_new) {
  if (!is_new) return "";
  return *is_new ? "true" : "false";
}

}  // namespace

core::Answer booked_answer(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                           int status) {
  json::array commissions;
  for (const auto& commission :
       ledger::commissions_of_order(session, brand, order.id, order.booked_at)) {
    commissions.push_back(json::object{{"id", commission.id.text()},
                                       {"influencer_id", commission.influencer.text()},
                                       {"deal_id", commission.deal.text()},
                                       {"amount_minor", commission.amount_booked_minor},
                                       {"currency", commission.currency.code()},
                                       {"status", "pending"}});
  }
  return net::json_answer(
      status, json::object{{"id", order.id.text()},
                           {"order_ref", order.order_ref},
                           {"currency", order.currency.code()},
                           {"base_minor", order.base_minor},
                           {"credits", credits_json(credits_of(session, brand, order.id))},
                           {"commissions", std::move(commissions)}});
}

core::Answer conflict_answer(storage::Session& session, const StoredOrder& booked,
                             const core::Order& sent) {
  Differences differences;
  const core::BrandId brand = sent.brand;
  differences.compare("/placed_at", core::format_instant(booked.placed_at),
                      core::format_instant(sent.placed_at));
  differences.compare("/currency", std::string(booked.currency.code()),
                      std::string(sent.currency.code()));
  const auto lines = lines_of(session, brand, booked.id);
  differences.compare("/items", std::to_string(lines.size()) + " lines",
                      std::to_string(sent.items.size()) + " lines");
  for (std::size_t i = 0; i < std::min(lines.size(), sent.items.size()); ++i)
    compare_item(differences, "/items/" + std::to_string(i), lines[i].item, sent.items[i]);
  differences.compare("/shipping_minor", booked.shipping_minor, sent.shipping_minor);
  differences.compare("/tax_minor", booked.tax_minor, sent.tax_minor);
  compare_touches(differences, touches_of(session, brand, booked.id), sent);
  if (booked.customer != sent.customer.identity())
    differences.note("/customer", "another customer was sent than is booked");
  differences.compare("/customer/is_new", text_of(booked.customer_is_new),
                      text_of(sent.customer.is_new));
  differences.compare("/source", booked.source, sent.source);
  // What is not stored in clear can only be told apart by the fingerprint.
  if (differences.empty()) differences.note("/customer", "other details were sent than are booked");
  auto errors = differences.take();
  std::string fields;
  for (const auto& error : errors)
    fields += (fields.empty() ? "" : ", ") + error.pointer;
  return net::problem(409, "order_conflict",
                      "An order \"" + sent.order_ref + "\" is booked already and differs in " +
                          fields +
                          ". Nothing was changed; a changed order needs a refund or another "
                          "order_ref.",
                      std::move(errors));
}

core::Answer order_answer(storage::Session& session, core::BrandId brand, const StoredOrder& order,
                          core::Instant now) {
  json::array items;
  const auto lines = lines_of(session, brand, order.id);
  const auto left = lines_left(lines, effects_of(session, brand, order.id));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const StoredLine& line = lines[i];
    items.push_back(json::object{{"line_id", line.item.line_id},
                                 {"sku", line.item.sku},
                                 {"product_id", line.item.product_id},
                                 {"category_ids", json::value_from(line.item.category_ids)},
                                 {"quantity", line.item.quantity},
                                 {"unit_price_minor", line.item.unit_price_minor},
                                 {"discount_minor", line.item.discount_minor},
                                 {"tax_minor", line.item.tax_minor},
                                 {"base_minor", line.base_minor},
                                 {"quantity_left", left[i].quantity},
                                 {"remaining_base_minor", left[i].base_minor}});
  }
  json::array commissions;
  for (const auto& commission : ledger::commissions_of_order(session, brand, order.id, now))
    commissions.push_back(ledger::commission_json(commission));
  json::array refunds;
  std::int64_t remaining = order.base_minor;
  for (const StoredRefund& refund : refunds_of(session, brand, order.id)) {
    remaining -= refund.base_minor;
    refunds.push_back(json::object{{"id", refund.id.text()},
                                   {"refund_ref", refund.refund_ref},
                                   {"kind", refund.kind},
                                   {"placed_at", core::format_instant(refund.placed_at)},
                                   {"base_minor", refund.base_minor},
                                   {"reason", refund.reason}});
  }
  return net::json_answer(
      200, json::object{{"id", order.id.text()},
                        {"order_ref", order.order_ref},
                        {"source", order.source},
                        {"placed_at", core::format_instant(order.placed_at)},
                        {"booked_at", core::format_instant(order.booked_at)},
                        {"is_test", order.is_test},
                        {"currency", order.currency.code()},
                        {"base_minor", order.base_minor},
                        {"remaining_base_minor", remaining},
                        {"discount_minor", order.discount_minor},
                        {"shipping_minor", order.shipping_minor},
                        {"tax_minor", order.tax_minor},
                        {"items", std::move(items)},
                        {"credits", credits_json(credits_of(session, brand, order.id))},
                        {"commissions", std::move(commissions)},
                        {"refunds", std::move(refunds)}});
}

std::string detail_of(const core::Answer& problem) {
  const auto body = net::parse_json(problem.body);
  if (!body || !body->is_object()) return "";
  const json::value* detail = body->get_object().if_contains("detail");
  return detail == nullptr || !detail->is_string() ? "" : std::string(detail->get_string());
}

core::Answer no_such_order(std::string_view order_ref) {
  return net::problem(404, "not_found",
                      "There is no order \"" + std::string(order_ref) + "\" of this brand.");
}

}  // namespace fairlead::attribution
