// Orders too long after the click: who stuffs cookies, or floods with clicks that nobody made, is
// credited for orders that would have come anyway, at any time of the lookback. Such times are
// spread evenly; those of shoppers crowd at the beginning. So both must be true: far more orders
// later than a day than the other influencers have, and those times not to be told from even ones.
#include <algorithm>
#include <cmath>

#include "attribution/signals/share_test.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t late_s = 86'400;
constexpr std::int64_t lookback_s_min = 3 * late_s;  // with less there is no "late"
constexpr double even_enough = 0.15;                 // whatever the number of orders

// The greatest distance of the times' distribution from the even one on (late_s, lookback).
double distance_from_even(const SignalFacts& facts, const std::vector<std::size_t>& late) {
  std::vector<double> parts;
  for (const std::size_t index : late) {
    const SignalOrder& order = facts.orders[index];
    parts.push_back(static_cast<double>(*order.click_age_s - late_s) /
                    static_cast<double>(order.lookback_s - late_s));
  }
  std::sort(parts.begin(), parts.end());
  const auto n = static_cast<double>(parts.size());
  double distance = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto below = static_cast<double>(i);
    distance = std::max({distance, (below + 1) / n - parts[i], parts[i] - below / n});
  }
  return distance;
}

// Kolmogorov's 5 % point is 1.358 / √n.
bool is_even(const SignalFacts& facts, const std::vector<std::size_t>& late) {
  const double chance = 1.358 / std::sqrt(static_cast<double>(late.size()));
  return distance_from_even(facts, late) <= std::max(chance, even_enough);
}

}  // namespace

std::vector<SignalFinding> find_long_times(const SignalFacts& facts) {
  auto findings = find_by_share(facts, {.signal = Signal::click_to_order_long, .threshold = late_s},
                                [&](std::size_t index) -> std::optional<bool> {
                                  const SignalOrder& order = facts.orders[index];
                                  if (!order.click_age_s || order.lookback_s < lookback_s_min)
                                    return std::nullopt;
                                  return *order.click_age_s > late_s;
                                });
  for (SignalFinding& finding : findings) {
    if (!finding.evidence.empty() && !is_even(facts, finding.evidence)) finding.p = 1;
  }
  return findings;
}

}  // namespace fairlead::attribution
