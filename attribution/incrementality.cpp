#include "attribution/incrementality.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "attribution/incrementality/arm_sizes.hpp"
#include "attribution/incrementality/means.hpp"
#include "attribution/incrementality/units.hpp"
#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

using incrementality::Count;
using incrementality::Estimate;
using incrementality::Sums;
using incrementality::Unit;

constexpr std::size_t arms = 2;  // treated, held out

bool is_counted(const RunFacts& facts, const RunOrder& order) {
  return facts.kind != RunKind::visitor || order.visitor != 0;
}

Increment effect_of(Method method, const Estimate& estimate, double exposed) {
  Increment effect{.method = method, .incremental = estimate.value * exposed, .range = {}};
  effect.range = {estimate.range.low * exposed, estimate.range.high * exposed};
  effect.p_value = estimate.p_value;
  effect.detectable = incrementality::detectable(estimate.standard_error) * exposed;
  return effect;
}

// What each visitor of an arm brought, by visitor; those who brought nothing are not in it.
using Brought = std::array<std::map<std::int64_t, double>, arms>;

Sums sums_of(const std::map<std::int64_t, double>& brought, std::int64_t visitors) {
  Sums sums{.of = visitors};
  for (const auto& [visitor, amount] : brought)
    sums.add(amount);
  return sums;
}

Increment effect_by_means(const Brought& brought, const RunReport& report) {
  const Sums treated = sums_of(brought[0], report.treated.visitors);
  const Sums held_out = sums_of(brought[1], report.held_out.visitors);
  const Estimate estimate = incrementality::difference_of_means(treated, held_out);
  Increment effect =
      effect_of(Method::welch, estimate, static_cast<double>(report.treated.visitors));
  effect.lift = incrementality::lift_of_means(treated, held_out);
  effect.has_lift_range = effect.lift.has_value();
  return effect;
}

// Visitors who ordered, as long as nobody ordered twice: then it is the same, and intervals of a
// rate hold for small numbers too.
Increment orders_of_visitors(const RunFacts& facts, const RunReport& report) {
  const ArmTotals& treated = report.treated;
  const ArmTotals& held_out = report.held_out;
  if (treated.orders != treated.buyers || held_out.orders != held_out.buyers) {
    Brought counts;
    for (const RunOrder& order : facts.orders)
      if (is_counted(facts, order)) counts[order.is_held_out ? 1 : 0][order.visitor] += 1;
    return effect_by_means(counts, report);
  }
  const Count one{std::min(treated.buyers, treated.visitors), treated.visitors};
  const Count two{std::min(held_out.buyers, held_out.visitors), held_out.visitors};
  Increment effect = effect_of(Method::newcombe, incrementality::difference_of_rates(one, two),
                               static_cast<double>(treated.visitors));
  effect.lift = incrementality::lift_of_rates(one, two);
  effect.has_lift_range = effect.lift.has_value();
  return effect;
}

// `amount_of` gives what an order counts for.
template <class AmountOf>
std::optional<Increment> effect_over_units(const RunFacts& facts, const AmountOf& amount_of) {
  std::map<std::pair<std::string, bool>, Unit> units;
  for (const RunClicks& clicks : facts.clicks) {
    Unit& unit = units[{clicks.unit, clicks.is_held_out}];
    unit.is_held_out = clicks.is_held_out;
    unit.exposure += static_cast<double>(clicks.clicks);
  }
  for (const RunOrder& order : facts.orders) {
    const auto unit = units.find({order.unit, order.is_held_out});
    if (unit != units.end()) unit->second.outcome += amount_of(order);
  }
  std::vector<Unit> list;
  std::array<Unit, arms> sums;
  for (const auto& [key, unit] : units) {
    list.push_back(unit);
    Unit& sum = sums[unit.is_held_out ? 1 : 0];
    sum.exposure += unit.exposure;
    sum.outcome += unit.outcome;
  }
  const auto estimate = incrementality::difference_over_units(list, facts.seed);
  if (!estimate) return std::nullopt;
  Increment effect = effect_of(Method::draws, *estimate, sums[0].exposure);
  if (sums[1].outcome > 0) {
    const double expected = sums[1].outcome / sums[1].exposure;
    effect.lift = incrementality::Lift{.value = estimate->value / expected, .range = {}};
  }
  return effect;
}

void add_totals(const RunFacts& facts, RunReport& report) {
  std::array<std::set<std::string>, arms> units;
  std::array<std::set<std::int64_t>, arms> buyers;
  for (const RunClicks& clicks : facts.clicks) {
    ArmTotals& arm = clicks.is_held_out ? report.held_out : report.treated;
    arm.clicks += clicks.clicks;
    arm.visitors += clicks.visitors;
    if (facts.kind != RunKind::visitor && clicks.clicks > 0)
      units[clicks.is_held_out ? 1 : 0].insert(clicks.unit);
  }
  for (const RunOrder& order : facts.orders) {
    if (!is_counted(facts, order)) continue;
    ArmTotals& arm = order.is_held_out ? report.held_out : report.treated;
    ++arm.orders;
    arm.net_revenue_minor[order.currency] += order.net_revenue_minor;
    if (order.visitor != 0) buyers[order.is_held_out ? 1 : 0].insert(order.visitor);
  }
  report.treated.units = static_cast<std::int64_t>(units[0].size());
  report.held_out.units = static_cast<std::int64_t>(units[1].size());
  report.treated.buyers = static_cast<std::int64_t>(buyers[0].size());
  report.held_out.buyers = static_cast<std::int64_t>(buyers[1].size());
  const auto in_both = [](const auto& one, const auto& two) {
    return std::count_if(one.begin(), one.end(),
                         [&](const auto& each) { return two.contains(each); });
  };
  report.mixed =
      facts.kind == RunKind::visitor ? in_both(buyers[0], buyers[1]) : in_both(units[0], units[1]);
}

void compare_sizes(const RunFacts& facts, RunReport& report) {
  if (facts.kind == RunKind::visitor) {
    report.sizes_p_value = incrementality::sizes_p_value(
        report.treated.visitors, report.held_out.visitors, facts.held_out_ppm);
  } else if (facts.held_out_ppm > 0) {
    report.sizes_p_value = incrementality::units_p_value(report.treated.units,
                                                         report.held_out.units, facts.held_out_ppm);
  }
  report.is_size_wrong = report.sizes_p_value < incrementality::mismatch_p_max || report.mixed > 0;
}

std::optional<Needs> missing_of(const RunFacts& facts, const RunReport& report) {
  Needs have{.orders = report.treated.orders + report.held_out.orders};
  if (facts.kind == RunKind::visitor) {
    have.visitors = std::min(report.treated.visitors, report.held_out.visitors);
    have.ways = minimum.ways;
  } else {
    have.visitors = minimum.visitors;
    have.ways = incrementality::ways_to_draw(report.treated.units + report.held_out.units,
                                             report.held_out.units);
  }
  const bool is_enough = have.visitors >= minimum.visitors && have.orders >= minimum.orders &&
                         have.ways >= minimum.ways;
  if (is_enough) return std::nullopt;
  return have;
}

void add_revenue(const RunFacts& facts, RunReport& report) {
  std::map<std::string, std::pair<Brought, std::int64_t>> currencies;
  for (const RunOrder& order : facts.orders) {
    if (!is_counted(facts, order)) continue;
    auto& [brought, orders] = currencies[order.currency];
    ++orders;
    brought[order.is_held_out ? 1 : 0][order.visitor] +=
        static_cast<double>(order.net_revenue_minor);
  }
  for (const auto& [currency, of_currency] : currencies) {
    if (of_currency.second < orders_for_revenue_min) continue;
    if (facts.kind == RunKind::visitor) {
      report.revenue[currency] = effect_by_means(of_currency.first, report);
      continue;
    }
    const auto effect = effect_over_units(facts, [&](const RunOrder& order) {
      return order.currency == currency ? static_cast<double>(order.net_revenue_minor) : 0.0;
    });
    if (effect) report.revenue[currency] = *effect;
  }
}

}  // namespace

std::string_view word_of(Method method) {
  switch (method) {
    case Method::newcombe:
      return "newcombe";
    case Method::welch:
      return "welch";
    case Method::draws:
      return "draws";
  }
  CHECK(!"every method has its word");
}

RunReport measure(const RunFacts& facts) {
  RunReport report;
  add_totals(facts, report);
  compare_sizes(facts, report);
  report.missing = missing_of(facts, report);
  if (report.missing) return report;
  if (facts.kind == RunKind::visitor)
    report.orders = orders_of_visitors(facts, report);
  else
    report.orders = effect_over_units(facts, [](const RunOrder&) { return 1.0; });
  add_revenue(facts, report);
  return report;
}

}  // namespace fairlead::attribution
