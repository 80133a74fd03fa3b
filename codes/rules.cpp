#include "codes/rules.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

Verdict judge_switch_and_time(const Terms& terms, core::Instant now);
Verdict judge_customer(const Terms& terms, const Cart& cart, const Standing& standing);
Verdict judge_click(const Terms& terms, const Standing& standing, core::Instant now);
Judgement judge_cart(const Terms& terms, const Cart& cart, const Standing& standing);

Judgement refuse(Verdict verdict) {
  return {.verdict = verdict};
}

}  // namespace

Judgement judge(const Terms* terms, const Cart& cart, const Rest& rest, const Standing& standing,
                core::Instant now) {
  auto judgement = judge_before_capacity(terms, cart, rest, standing, now);
  if (is_refusal(judgement.verdict)) return judgement;
  auto room = judge_capacity(standing, cart, judgement.granted.amount_minor);
  return is_refusal(room.verdict) ? room : judgement;
}

Judgement judge_before_capacity(const Terms* terms, const Cart& cart, const Rest& rest,
                                const Standing& standing, core::Instant now) {
  if (!terms) return refuse(Verdict::code_not_found);
  for (const auto verdict :
       {judge_switch_and_time(*terms, now), judge_customer(*terms, cart, standing),
        judge_click(*terms, standing, now)}) {
    if (is_refusal(verdict)) return refuse(verdict);
  }
  auto judgement = judge_cart(*terms, cart, standing);
  if (is_refusal(judgement.verdict)) return judgement;
  for (const auto& other : standing.company) {
    if (!combine(terms->stacking, other)) return refuse(Verdict::combination_disallowed);
  }
  judgement.granted = grant(*terms, cart, rest);
  return judgement;
}

CapacityLimits still_asked(const CapacityLimits& limits, core::Currency budget, const Held& held,
                           core::Currency currency, std::int64_t amount_minor,
                           const std::vector<std::string>& customers) {
  auto asked = limits;
  asked.uses_max.reset();
  if (spent_by(budget, currency, amount_minor) <=
      spent_by(budget, held.currency, held.amount_minor))
    asked.budget_minor.reset();
  if (customers == held.customers) asked.uses_per_customer_max.reset();
  return asked;
}

Judgement judge_capacity(const Standing& standing, const Cart& cart, std::int64_t amount_minor,
                         const std::optional<Held>& held) {
  const auto refusal = [](Verdict verdict, const Capacity& capacity) {
    Judgement judgement{.verdict = verdict};
    judgement.limit = capacity.limits;
    return judgement;
  };
  struct Asked {
    const Capacity& capacity;
    CapacityLimits limits;
    std::int64_t spent;  // of this budget by this cart
  };
  std::vector<Asked> all;
  const auto names = cart.customer_names();
  for (const auto& capacity : standing.capacities) {
    const auto currency = capacity.currency;
    auto limits = capacity.limits;
    if (held) limits = still_asked(limits, currency, *held, cart.currency, amount_minor, names);
    if (names.empty()) limits.uses_per_customer_max.reset();
    all.push_back({capacity, limits, spent_by(currency, cart.currency, amount_minor)});
  }
  // What is used up for good first, each limit with its own count; then what holds fill.
  for (const auto& [capacity, limits, spent] : all) {
    if (limits.uses_max && capacity.taken.used >= *limits.uses_max)
      return refusal(Verdict::usage_limit_reached, capacity);
  }
  for (const auto& [capacity, limits, spent] : all) {
    const auto& taken = capacity.taken;
    if (!limits.budget_minor || taken.spent_minor <= *limits.budget_minor - spent) continue;
    auto judgement = refusal(Verdict::budget_exhausted, capacity);
    judgement.budget_left_minor =
        std::max<std::int64_t>(0, *limits.budget_minor - taken.spent_minor);
    return judgement;
  }
  for (const auto& [capacity, limits, spent] : all) {
    if (limits.uses_per_customer_max &&
        capacity.taken.customer_used >= *limits.uses_per_customer_max)
      return refusal(Verdict::customer_limit_reached, capacity);
  }
  for (const auto& [capacity, limits, spent] : all) {
    const auto& taken = capacity.taken;
    const bool is_full =
        (limits.uses_max && taken.used + taken.held >= *limits.uses_max) ||
        (limits.budget_minor &&
         taken.spent_minor + taken.held_minor > *limits.budget_minor - spent) ||
        (limits.uses_per_customer_max &&
         taken.customer_used + taken.customer_held >= *limits.uses_per_customer_max);
    if (is_full) return refusal(Verdict::usage_limit_held, capacity);
  }
  return {};
}

std::int64_t spent_by(core::Currency budget, core::Currency cart, std::int64_t amount_minor) {
  return budget == cart ? amount_minor : 0;
}

namespace {

Verdict judge_switch_and_time(const Terms& terms, core::Instant now) {
  if (!terms.is_enabled) return Verdict::code_disabled;
  if (terms.starts_at && now < *terms.starts_at) return Verdict::code_not_started;
  if (terms.ends_at && now >= *terms.ends_at) return Verdict::code_expired;
  if (!is_open(terms.schedule, now)) return Verdict::outside_schedule;
  return Verdict::accepted;
}

Verdict judge_customer(const Terms& terms, const Cart& cart, const Standing& standing) {
  const auto& rules = terms.customers;
  const bool needs_name = std::any_of(
      standing.capacities.begin(), standing.capacities.end(),
      [](const auto& capacity) { return capacity.limits.uses_per_customer_max.has_value(); });
  if (needs_name && !standing.may_be_nobody && cart.customer_names().empty())
    return Verdict::customer_required;
  if (rules.is_first_order_only && !cart.customer.is_new) return Verdict::customer_required;
  const auto& groups = cart.customer.groups;
  const bool is_member = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
    return std::find(rules.groups.begin(), rules.groups.end(), group) != rules.groups.end();
  });
  if (!rules.groups.empty() && !is_member) return Verdict::customer_not_eligible;
  if (!rules.allows_self_use && standing.is_influencer) return Verdict::self_use_not_allowed;
  if (rules.is_first_order_only && (!*cart.customer.is_new || standing.customer_has_ordered))
    return Verdict::first_order_only;
  return Verdict::accepted;
}

Verdict judge_click(const Terms& terms, const Standing& standing, core::Instant now) {
  const auto hours = terms.customers.click_hours_max;
  if (hours == 0) return Verdict::accepted;
  if (!standing.clicked_at) return Verdict::click_required;
  return now < standing.clicked_at->plus_seconds(hours * 3'600) ? Verdict::accepted
                                                                : Verdict::click_required;
}

Judgement judge_cart(const Terms& terms, const Cart& cart, const Standing& standing) {
  const auto& limits = terms.cart;
  const bool has_budget = std::any_of(
      standing.capacities.begin(), standing.capacities.end(), [&](const auto& capacity) {
        return capacity.limits.budget_minor && capacity.currency != cart.currency &&
               !standing.may_be_other_money;
      });
  const bool names_money = terms.discount.kind == DiscountKind::fixed ||
                           terms.discount.amount_max_minor || limits.subtotal_min_minor ||
                           limits.subtotal_max_minor;
  if (has_budget || (names_money && terms.currency != cart.currency))
    return refuse(Verdict::currency_mismatch);

  std::int64_t eligible_minor = 0;
  std::int64_t eligible_quantity = 0;
  for (const auto& line : cart.lines) {
    if (!takes(terms.items, line)) continue;
    eligible_minor += line.amount_minor;
    eligible_quantity += line.quantity;
  }
  const bool needs_lines =
      !terms.items.takes_all() || terms.discount.kind == DiscountKind::buy_x_get_y;
  if (needs_lines && eligible_quantity == 0) return refuse(Verdict::items_not_eligible);

  const bool knows_lines = !cart.lines.empty();
  const auto basis_minor =
      limits.basis == Basis::eligible && knows_lines ? eligible_minor : cart.subtotal_minor;
  if (limits.subtotal_min_minor && basis_minor < *limits.subtotal_min_minor) {
    auto judgement = refuse(Verdict::min_subtotal_not_met);
    judgement.missing_minor = *limits.subtotal_min_minor - basis_minor;
    return judgement;
  }
  if (limits.subtotal_max_minor && basis_minor > *limits.subtotal_max_minor)
    return refuse(Verdict::max_subtotal_exceeded);
  if (limits.quantity_min && eligible_quantity < *limits.quantity_min) {
    auto judgement = refuse(Verdict::min_quantity_not_met);
    judgement.missing_quantity = *limits.quantity_min - eligible_quantity;
    return judgement;
  }
  return {};
}

}  // namespace

}  // namespace fairlead::codes
