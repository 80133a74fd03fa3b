#include "codes/terms.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/wall_time.hpp"

namespace fairlead::codes {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return !text.empty() && std::find(list.begin(), list.end(), text) != list.end();
}

bool contains_any(const std::vector<std::string>& list, const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return contains(list, text); });
}

}  // namespace

bool takes(const ItemFilter& filter, const CartLine& line) {
  if (filter.excludes_sale_items && line.is_on_sale) return false;
  if (contains(filter.excluded_product_ids, line.product_id) ||
      contains(filter.excluded_skus, line.sku) ||
      contains_any(filter.excluded_category_ids, line.category_ids)) {
    return false;
  }
  const bool names_all =
      filter.product_ids.empty() && filter.skus.empty() && filter.category_ids.empty();
  return names_all || contains(filter.product_ids, line.product_id) ||
         contains(filter.skus, line.sku) || contains_any(filter.category_ids, line.category_ids);
}

bool is_open(const Schedule& schedule, core::Instant at) {
  if (schedule.windows.empty()) return true;
  const auto zone = core::Zone::parse(schedule.timezone);
  CHECK(zone.has_value());  // nothing else is ever stored
  const auto wall = core::wall_time(*zone, at);
  return std::any_of(schedule.windows.begin(), schedule.windows.end(), [&](const Window& window) {
    return (window.weekdays >> wall.weekday & 1) != 0 && wall.minute >= window.from_minute &&
           wall.minute < window.to_minute;
  });
}

bool combine(const Stacking& a, const Stacking& b) {
  return !a.group.empty() && !b.group.empty() && a.group != b.group;
}

std::string_view name_of(DiscountKind kind) {
  switch (kind) {
    case DiscountKind::percent:
      return "percent";
    case DiscountKind::fixed:
      return "fixed";
    case DiscountKind::free_shipping:
      return "free_shipping";
    case DiscountKind::buy_x_get_y:
      return "buy_x_get_y";
  }
  CHECK(false);
}

std::optional<DiscountKind> parse_discount_kind(std::string_view name) {
  for (const auto kind : {DiscountKind::percent, DiscountKind::fixed, DiscountKind::free_shipping,
                          DiscountKind::buy_x_get_y}) {
    if (name == name_of(kind)) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(Method method) {
  return method == Method::each ? "each" : "across";
}

std::string_view name_of(Basis basis) {
  return basis == Basis::cart ? "cart" : "eligible";
}

}  // namespace fairlead::codes
