#include "codes/discount.hpp"

#include <algorithm>
#include <numeric>

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

// A part of the cart that a discount may be taken off: a line, or the subtotal of a cart without.
struct Part {
  Allocation::Target target;
  std::string line_id;
  std::int64_t rest_minor;
};

std::vector<Part> eligible_parts(const Terms& terms, const Cart& cart, const Rest& rest);
std::vector<std::int64_t> amounts_of(const Discount& discount, const std::vector<Part>& parts);
Granted buy_x_get_y(const Terms& terms, const Cart& cart, const Rest& rest);

void add(Granted& granted, Allocation part) {
  if (part.amount_minor == 0) return;
  granted.amount_minor += part.amount_minor;  // cannot overflow: never more than the cart
  granted.allocations.push_back(std::move(part));
}

// In proportion to the weights; all zero when there is nothing to split by.
std::vector<std::int64_t> spread(std::int64_t total, const std::vector<std::int64_t>& weights) {
  if (total == 0) return std::vector<std::int64_t>(weights.size(), 0);
  auto parts = core::split(total, weights);
  CHECK(parts.has_value());  // a total above zero was taken from weights that are not all zero
  return *parts;
}

}  // namespace

Rest::Rest(const Cart& cart)
    : subtotal_minor(cart.subtotal_minor), shipping_minor(cart.shipping_minor) {
  for (const auto& line : cart.lines)
    lines_minor.push_back(line.amount_minor);
}

void Rest::take(const std::vector<Allocation>& allocations, const Cart& cart) {
  // Takes as much as is there and gives what is missing.
  const auto lower = [](std::int64_t& left, std::int64_t amount) {
    const auto taken = std::min(left, amount);
    left -= taken;
    return amount - taken;
  };
  std::int64_t elsewhere = 0;
  for (const auto& part : allocations) {
    const auto line = std::find_if(cart.lines.begin(), cart.lines.end(),
                                   [&](const auto& one) { return one.line_id == part.line_id; });
    if (part.target == Allocation::Target::shipping) {
      lower(shipping_minor, part.amount_minor);
    } else if (part.target == Allocation::Target::line && line != cart.lines.end()) {
      lower(lines_minor[static_cast<std::size_t>(line - cart.lines.begin())], part.amount_minor);
    } else {
      elsewhere += part.amount_minor;
    }
  }
  // A cart may come with its lines, then without, or with others. What was given off them is money
  // of the same order.
  if (cart.lines.empty()) lower(subtotal_minor, elsewhere);
  for (auto& left : lines_minor)
    elsewhere = lower(left, elsewhere);
}

Granted grant(const Terms& terms, const Cart& cart, const Rest& rest) {
  const auto& discount = terms.discount;
  Granted granted;
  switch (discount.kind) {
    case DiscountKind::percent:
    case DiscountKind::fixed: {
      const auto parts = eligible_parts(terms, cart, rest);
      const auto amounts = amounts_of(discount, parts);
      for (std::size_t i = 0; i < parts.size(); ++i)
        add(granted, {parts[i].target, parts[i].line_id, amounts[i]});
      break;
    }
    case DiscountKind::free_shipping:
      add(granted, {Allocation::Target::shipping, "", rest.shipping_minor});
      break;
    case DiscountKind::buy_x_get_y:
      granted = buy_x_get_y(terms, cart, rest);
      break;
  }
  if (!discount.amount_max_minor) return granted;
  return cut_to(granted, std::min(granted.amount_minor, *discount.amount_max_minor));
}

Granted cut_to(const Granted& granted, std::int64_t amount_minor) {
  if (amount_minor >= granted.amount_minor) return granted;
  std::vector<std::int64_t> weights;
  for (const auto& part : granted.allocations)
    weights.push_back(part.amount_minor);
  const auto amounts = spread(amount_minor, weights);
  Granted less;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    auto part = granted.allocations[i];
    part.amount_minor = amounts[i];
    add(less, std::move(part));
  }
  return less;
}

namespace {

std::vector<Part> eligible_parts(const Terms& terms, const Cart& cart, const Rest& rest) {
  if (cart.lines.empty()) return {{Allocation::Target::subtotal, "", rest.subtotal_minor}};
  std::vector<Part> parts;
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    if (!takes(terms.items, cart.lines[i])) continue;
    parts.push_back({Allocation::Target::line, cart.lines[i].line_id, rest.lines_minor[i]});
  }
  return parts;
}

std::vector<std::int64_t> amounts_of(const Discount& discount, const std::vector<Part>& parts) {
  const bool is_percent = discount.kind == DiscountKind::percent;
  std::vector<std::int64_t> rests;
  for (const auto& part : parts)
    rests.push_back(part.rest_minor);
  if (discount.method == Method::across) {
    const auto rest = std::accumulate(rests.begin(), rests.end(), std::int64_t{0});
    return spread(
        is_percent ? core::share(rest, discount.rate) : std::min(discount.amount_minor, rest),
        rests);
  }
  std::vector<std::int64_t> amounts;
  for (const auto rest : rests) {
    amounts.push_back(is_percent ? core::share(rest, discount.rate)
                                 : std::min(discount.amount_minor, rest));
  }
  return amounts;
}

// Units of one line that cost the same.
struct Units {
  std::size_t line;
  std::int64_t price_minor;
  std::int64_t count;
  bool can_be_bought;
  bool can_be_got;
};

std::vector<Units> units_of(const Terms& terms, const Cart& cart) {
  std::vector<Units> units;
  for (std::size_t i = 0; i < cart.lines.size(); ++i) {
    const auto& line = cart.lines[i];
    const bool is_bought = takes(terms.items, line);
    const bool is_got = terms.discount.get ? takes(*terms.discount.get, line) : is_bought;
    if (!is_bought && !is_got) continue;
    units.push_back({i, line.amount_minor / line.quantity, line.quantity, is_bought, is_got});
  }
  return units;
}

// How many units come cheaper, and how many of those that could be either must be bought for it.
// With `only_bought`, `only_got` and `either` units: s sets need s·buy bought ones and give up to
// s·get. More sets give more until the bought ones run into those to be got, so the best s is where
// the two meet, or the next one.
struct Sets {
  std::int64_t got = 0;
  std::int64_t bought_of_either = 0;
};
Sets best_sets(const Discount& discount, std::int64_t only_bought, std::int64_t only_got,
               std::int64_t either) {
  const auto sets_most =
      std::min((only_bought + either) / discount.buy_quantity,
               discount.sets_max.value_or((only_bought + either) / discount.buy_quantity));
  const auto of_either = [&](std::int64_t sets) {
    return std::max<std::int64_t>(0, sets * discount.buy_quantity - only_bought);
  };
  const auto got = [&](std::int64_t sets) {
    return std::min(sets * discount.get_quantity, only_got + either - of_either(sets));
  };
  std::int64_t low = 0;  // the most sets whose units to be got are all there
  std::int64_t high = sets_most;
  while (low < high) {
    const auto middle = low + (high - low + 1) / 2;
    if (got(middle) == middle * discount.get_quantity) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  if (low < sets_most && got(low + 1) > got(low)) ++low;
  return {got(low), of_either(low)};
}

Granted buy_x_get_y(const Terms& terms, const Cart& cart, const Rest& rest) {
  const auto& discount = terms.discount;
  auto units = units_of(terms, cart);
  // The dearest first: those are bought; ties to the earlier line.
  std::stable_sort(units.begin(), units.end(),
                   [](const Units& a, const Units& b) { return a.price_minor > b.price_minor; });
  std::int64_t only_bought = 0, only_got = 0, either = 0;
  for (const auto& unit : units)
    (unit.can_be_bought && unit.can_be_got ? either
     : unit.can_be_got                     ? only_got
                                           : only_bought) += unit.count;
  auto sets = best_sets(discount, only_bought, only_got, either);
  for (auto& unit : units) {
    if (!unit.can_be_bought || !unit.can_be_got) continue;
    const auto bought = std::min(unit.count, sets.bought_of_either);
    unit.count -= bought;
    sets.bought_of_either -= bought;
  }
  std::vector<std::int64_t> off(cart.lines.size(), 0);
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (!unit->can_be_got) continue;
    const auto got = std::min(unit->count, sets.got);
    sets.got -= got;
    const auto amount = core::share(got * unit->price_minor, discount.rate);
    off[unit->line] = std::min(amount, rest.lines_minor[unit->line]);
  }
  Granted granted;
  for (std::size_t i = 0; i < off.size(); ++i)
    add(granted, {Allocation::Target::line, cart.lines[i].line_id, off[i]});
  return granted;
}

}  // namespace

}  // namespace fairlead::codes
