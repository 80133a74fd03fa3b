#include "codes/leak_verdict.hpp"

#include <algorithm>
#include <cmath>

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr double z95 = 1.959963984540054;  // the normal distribution's 97.5 % point

}  // namespace

double p_value_of(double e_value) {
  return e_value > 1 ? 1 / e_value : 1;
}

std::string_view name_of(LeakVerdict verdict) {
  switch (verdict) {
    case LeakVerdict::too_few:
      return "too_few";
    case LeakVerdict::normal:
      return "normal";
    case LeakVerdict::watch:
      return "watch";
    case LeakVerdict::likely_leak:
      return "likely_leak";
  }
  CHECK(!"every verdict has its name");
}

LeakVerdict judge_leak(double p, double q, std::int64_t known_uses, const LeakLevels& levels) {
  if (known_uses < leak_uses_min) return LeakVerdict::too_few;
  if (p <= levels.p_max && q <= levels.q_max) return LeakVerdict::likely_leak;
  return p <= 5 * levels.p_max ? LeakVerdict::watch : LeakVerdict::normal;
}

Interval interval_of(const Share& share) {
  if (share.trials <= 0) return {};
  const auto n = static_cast<double>(share.trials);
  const double p = static_cast<double>(share.hits) / n;
  const double z2 = z95 * z95;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

LeakedUses estimate_leaked(const Share& since, const Share& baseline, double cold_share_expected) {
  const auto cold = static_cast<double>(since.hits);
  const auto warm = static_cast<double>(since.trials - since.hits);
  const double c = std::clamp(cold_share_expected, 0.001, 0.999);
  const double odds = c / (1 - c);
  // d odds / d c = 1 / (1 − c)²; the baseline's share has the variance c (1 − c) / n.
  const double n = std::max(1.0, static_cast<double>(baseline.trials));
  const double odds_variance = c / (n * std::pow(1 - c, 3));
  const double spread = std::sqrt(cold + odds * odds * warm + warm * warm * odds_variance);
  const double estimate = cold - warm * odds;
  const auto within = [cold](double uses) { return std::clamp(uses, 0.0, cold); };
  return {within(estimate), {within(estimate - z95 * spread), within(estimate + z95 * spread)}};
}

}  // namespace fairlead::codes
