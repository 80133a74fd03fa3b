#include "codes/term_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cstdio>
#include <iterator>

#include "codes/or_null.hpp"

namespace fairlead::codes {

namespace {

boost::json::value filter_json(const ItemFilter& filter);
boost::json::value customers_json(const CustomerRules& rules);
boost::json::value schedule_json(const Schedule& schedule);
boost::json::value stacking_json(const Stacking& stacking);
void add_how_json(const Discount& discount, boost::json::object& json);

}  // namespace

boost::json::object discount_json(const Terms& terms) {
  const auto& discount = terms.discount;
  boost::json::object json{{"kind", name_of(discount.kind)}};
  switch (discount.kind) {
    case DiscountKind::percent:
    case DiscountKind::buy_x_get_y:
      json["rate_ppm"] = discount.rate.ppm;
      break;
    case DiscountKind::fixed:
      json["amount_minor"] = discount.amount_minor;
      json["currency"] = terms.currency.code();
      break;
    case DiscountKind::free_shipping:
      break;
  }
  add_how_json(discount, json);
  return json;
}

boost::json::object capacity_json(const CapacityLimits& limits) {
  return {{"uses_max", or_null(limits.uses_max)},
          {"uses_per_customer_max", or_null(limits.uses_per_customer_max)},
          {"budget_minor", or_null(limits.budget_minor)}};
}

void add_conditions_json(const Terms& terms, boost::json::object& json) {
  auto limits = capacity_json(terms.limits);
  limits["subtotal_min_minor"] = or_null(terms.cart.subtotal_min_minor);
  limits["subtotal_max_minor"] = or_null(terms.cart.subtotal_max_minor);
  limits["subtotal_basis"] = name_of(terms.cart.basis);
  limits["quantity_min"] = or_null(terms.cart.quantity_min);
  limits["currency"] = terms.currency.code();
  json["limits"] = std::move(limits);
  json["items"] = filter_json(terms.items);
  json["customers"] = customers_json(terms.customers);
  json["schedule"] = schedule_json(terms.schedule);
  json["stacking"] = stacking_json(terms.stacking);
  json["restores_use"] = terms.restores_use;
}

std::string rules_text(const Terms& terms) {
  boost::json::object json;
  boost::json::object how;
  add_how_json(terms.discount, how);
  if (!how.empty()) json["discount"] = std::move(how);
  boost::json::object cart;
  if (terms.cart.subtotal_max_minor) cart["subtotal_max_minor"] = *terms.cart.subtotal_max_minor;
  if (terms.cart.basis != Basis::cart) cart["subtotal_basis"] = name_of(terms.cart.basis);
  if (terms.cart.quantity_min) cart["quantity_min"] = *terms.cart.quantity_min;
  if (!cart.empty()) json["limits"] = std::move(cart);
  const auto add = [&](std::string_view name, boost::json::value value) {
    if (!value.is_null()) json[name] = std::move(value);
  };
  add("items", filter_json(terms.items));
  add("customers", customers_json(terms.customers));
  add("schedule", schedule_json(terms.schedule));
  add("stacking", stacking_json(terms.stacking));
  if (!terms.restores_use) json["restores_use"] = false;
  return json.empty() ? "" : boost::json::serialize(json);
}

namespace {

boost::json::value filter_json(const ItemFilter& filter) {
  if (filter.takes_all()) return nullptr;
  boost::json::object json;
  const auto add = [&](std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) json[name] = boost::json::value_from(list);
  };
  add("product_ids", filter.product_ids);
  add("skus", filter.skus);
  add("category_ids", filter.category_ids);
  add("excluded_product_ids", filter.excluded_product_ids);
  add("excluded_skus", filter.excluded_skus);
  add("excluded_category_ids", filter.excluded_category_ids);
  if (filter.excludes_sale_items) json["excludes_sale_items"] = true;
  return json;
}

boost::json::value customers_json(const CustomerRules& rules) {
  if (rules == CustomerRules{}) return nullptr;
  boost::json::object json;
  if (rules.is_first_order_only) json["first_order_only"] = true;
  if (!rules.groups.empty()) json["groups"] = boost::json::value_from(rules.groups);
  if (rules.allows_self_use) json["self_use_allowed"] = true;
  if (rules.click_hours_max > 0) json["click_within_hours"] = rules.click_hours_max;
  return json;
}

std::string minute_text(std::int32_t minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

boost::json::value schedule_json(const Schedule& schedule) {
  if (schedule.windows.empty()) return nullptr;
  boost::json::array windows;
  for (const auto& window : schedule.windows) {
    boost::json::array weekdays;
    for (std::size_t day = 0; day < std::size(weekday_names); ++day) {
      if ((window.weekdays >> day & 1) != 0) weekdays.emplace_back(weekday_names[day]);
    }
    windows.push_back({{"weekdays", std::move(weekdays)},
                       {"from", minute_text(window.from_minute)},
                       {"to", minute_text(window.to_minute)}});
  }
  return {{"timezone", schedule.timezone}, {"windows", std::move(windows)}};
}

boost::json::value stacking_json(const Stacking& stacking) {
  if (stacking == Stacking{}) return nullptr;
  boost::json::object json;
  if (!stacking.group.empty()) json["group"] = stacking.group;
  json["priority"] = stacking.priority;
  return json;
}

void add_how_json(const Discount& discount, boost::json::object& json) {
  const bool is_default_method =
      (discount.kind == DiscountKind::fixed) == (discount.method == Method::across);
  if (!is_default_method && discount.kind != DiscountKind::buy_x_get_y &&
      discount.kind != DiscountKind::free_shipping)
    json["method"] = name_of(discount.method);
  if (discount.amount_max_minor) json["amount_max_minor"] = *discount.amount_max_minor;
  if (discount.kind != DiscountKind::buy_x_get_y) return;
  json["buy_quantity"] = discount.buy_quantity;
  json["get_quantity"] = discount.get_quantity;
  if (discount.sets_max) json["sets_max"] = *discount.sets_max;
  if (!discount.get) return;
  // {} takes any item; absent means the items that are bought.
  json["get"] = discount.get->takes_all() ? boost::json::object() : filter_json(*discount.get);
}

}  // namespace

}  // namespace fairlead::codes
