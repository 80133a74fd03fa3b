// What a code gives and to whom: values as the brand wrote them, and which lines
// of a cart it takes. Everything that judges (rules.hpp, discount.hpp) works on these alone. Pure;
// any thread.
//
// All money is in minor units, 0 … 10^15. Absent always means "not limited"; 0 is a limit that
// nothing passes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/cart.hpp"
#include "core/rate.hpp"
#include "core/time.hpp"

namespace fairlead::codes {

// Which lines of a cart: all, unless a list says which. A line is taken when any list names it, and
// left out when an excluded list does: exclusion wins.
struct ItemFilter {
  std::vector<std::string> product_ids, skus, category_ids;
  std::vector<std::string> excluded_product_ids, excluded_skus, excluded_category_ids;
  bool excludes_sale_items = false;

  bool takes_all() const { return *this == ItemFilter{}; }
  bool operator==(const ItemFilter&) const = default;
};

enum class DiscountKind : std::uint8_t { percent, fixed, free_shipping, buy_x_get_y };
std::string_view name_of(DiscountKind kind);
std::optional<DiscountKind> parse_discount_kind(std::string_view name);

// How a discount meets the lines: worked out for each line and rounded there, or once for all
// eligible lines together and then parted.
enum class Method : std::uint8_t { each, across };
std::string_view name_of(Method method);

struct Discount {
  DiscountKind kind = DiscountKind::percent;
  Method method = Method::each;   // of percent and fixed
  core::Rate rate;                // of percent and buy_x_get_y (1,000,000 ppm: for nothing)
  std::int64_t amount_minor = 0;  // of fixed: off each eligible line, or off all together
  std::optional<std::int64_t> amount_max_minor;  // the most that one use takes off
  // of buy_x_get_y: the cheapest units that `get` takes, for each `buy_quantity` units bought
  std::int64_t buy_quantity = 0;
  std::int64_t get_quantity = 0;
  std::optional<std::int64_t> sets_max;  // in one cart
  std::optional<ItemFilter> get;         // absent: the same items as are bought

  bool operator==(const Discount&) const = default;
};

// What a code, or all codes of a campaign together, may give away.
struct CapacityLimits {
  std::optional<std::int64_t> uses_max;
  std::optional<std::int64_t> uses_per_customer_max;
  std::optional<std::int64_t> budget_minor;  // discounts, not turnover

  // Such limits keep a counter row; others have no row that redeemers share.
  bool need_counter() const { return uses_max || budget_minor; }
  bool any() const { return need_counter() || uses_per_customer_max; }
  bool operator==(const CapacityLimits&) const = default;
};

enum class Basis : std::uint8_t { cart, eligible };
std::string_view name_of(Basis basis);

// What the cart must look like. Measured before any code is taken off.
struct CartLimits {
  std::optional<std::int64_t> subtotal_min_minor;
  std::optional<std::int64_t> subtotal_max_minor;
  Basis basis = Basis::cart;                 // of the two subtotals
  std::optional<std::int64_t> quantity_min;  // units of eligible lines

  bool operator==(const CartLimits&) const = default;
};

// Who may use it.
struct CustomerRules {
  bool is_first_order_only = false;
  std::vector<std::string> groups;   // any of these; empty = everybody
  bool allows_self_use = false;      // by the influencer whose code it is
  std::int64_t click_hours_max = 0;  // a click on the influencer's link within; 0 = none needed

  bool operator==(const CustomerRules&) const = default;
};

// Hours of the week on the wall clock of a time zone; without windows, always.
struct Window {
  std::uint8_t weekdays = 0;     // bit 0 = Monday … bit 6 = Sunday
  std::int32_t from_minute = 0;  // of the day, inclusive, 0 … 1439
  std::int32_t to_minute = 0;    // exclusive, from_minute + 1 … 1440
  bool operator==(const Window&) const = default;
};
inline constexpr std::string_view weekday_names[] = {"mon", "tue", "wed", "thu",
                                                     "fri", "sat", "sun"};  // of the bits
struct Schedule {
  std::string timezone;  // "Europe/Berlin"; "" without windows
  std::vector<Window> windows;
  bool operator==(const Schedule&) const = default;
};
bool is_open(const Schedule& schedule, core::Instant at);

// With which other codes in one cart: codes of two different groups combine, a code without a group
// with none. The lower priority is taken off first, ties in order of id.
struct Stacking {
  std::string group;
  std::int64_t priority = 100;  // 0 … 1000
  bool operator==(const Stacking&) const = default;
};
bool combine(const Stacking& a, const Stacking& b);

struct Terms {
  Discount discount;
  core::Currency currency;  // of every amount here: a fixed discount's own, else the campaign's
  CapacityLimits limits;
  CartLimits cart = {};
  ItemFilter items = {};  // which lines the discount is for; of buy_x_get_y, which must be bought
  CustomerRules customers = {};
  Schedule schedule = {};
  Stacking stacking = {};
  bool restores_use = true;  // a rollback of the whole discount gives the use back
  std::optional<core::Instant> starts_at = {};
  std::optional<core::Instant> ends_at = {};  // exclusive
  bool is_enabled = true;                     // false too once archived
};

bool takes(const ItemFilter& filter, const CartLine& line);

}  // namespace fairlead::codes
