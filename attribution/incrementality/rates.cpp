#include "attribution/incrementality/rates.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::attribution::incrementality {

namespace {

constexpr double z_power = 0.8416212335729143;  // the 80 % point of the standard normal

double square(double x) {
  return x * x;
}

}  // namespace

Span wilson(Count count) {
  const auto n = static_cast<double>(count.of);
  const double p = count.rate();
  const double middle = static_cast<double>(count.events) + z95 * z95 / 2;
  const double half = z95 * std::sqrt(n) * std::sqrt(p * (1 - p) + z95 * z95 / (4 * n));
  const double whole = n + z95 * z95;
  return {std::max(0.0, (middle - half) / whole), std::min(1.0, (middle + half) / whole)};
}

Estimate difference_of_rates(Count treated, Count held_out) {
  const double p1 = treated.rate();
  const double p2 = held_out.rate();
  const Span one = wilson(treated);
  const Span two = wilson(held_out);
  Estimate estimate{.value = p1 - p2, .range = {}};
  estimate.range.low = estimate.value - std::sqrt(square(p1 - one.low) + square(two.high - p2));
  estimate.range.high = estimate.value + std::sqrt(square(one.high - p1) + square(p2 - two.low));
  const auto n1 = static_cast<double>(treated.of);
  const auto n2 = static_cast<double>(held_out.of);
  const double pooled = static_cast<double>(treated.events + held_out.events) / (n1 + n2);
  estimate.standard_error = std::sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  if (estimate.standard_error > 0)
    estimate.p_value = std::erfc(std::abs(estimate.value / estimate.standard_error) / std::sqrt(2));
  return estimate;
}

std::optional<Lift> lift_of_rates(Count treated, Count held_out) {
  if (treated.events == 0 || held_out.events == 0) return std::nullopt;
  const double ratio = treated.rate() / held_out.rate();
  const double spread = std::sqrt((1 - treated.rate()) / static_cast<double>(treated.events) +
                                  (1 - held_out.rate()) / static_cast<double>(held_out.events));
  return Lift{ratio - 1, {ratio * std::exp(-z95 * spread) - 1, ratio * std::exp(z95 * spread) - 1}};
}

double detectable(double standard_error) {
  return (z95 + z_power) * standard_error;
}

std::int64_t visitors_needed(double treated, double held_out) {
  const double pooled = (treated + held_out) / 2;
  const double spread = z95 * std::sqrt(2 * pooled * (1 - pooled)) +
                        z_power * std::sqrt(treated * (1 - treated) + held_out * (1 - held_out));
  return static_cast<std::int64_t>(std::ceil(square(spread / (treated - held_out))));
}

}  // namespace fairlead::attribution::incrementality
