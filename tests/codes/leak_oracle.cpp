#include "tests/codes/leak_oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fairlead::codes {

namespace {

constexpr double never = -1e300;

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

double log_binomial(std::int64_t hits, std::int64_t trials, double share) {
  if (hits < 0 || hits > trials) return never;
  const auto k = static_cast<double>(hits);
  const auto n = static_cast<double>(trials);
  return log_choose(n, k) + (hits > 0 ? k * std::log(share) : 0) +
         (hits < trials ? (n - k) * std::log1p(-share) : 0);
}

double log_beta_binomial(std::int64_t hits, std::int64_t trials, double mean, double sums) {
  if (hits < 0 || hits > trials) return never;
  const auto k = static_cast<double>(hits);
  const auto n = static_cast<double>(trials);
  const double a = std::clamp(mean, 1e-6, 1 - 1e-6) * sums;
  const double b = sums - a;
  return log_choose(n, k) + std::lgamma(a + k) + std::lgamma(b + n - k) - std::lgamma(sums + n) +
         std::lgamma(sums) - std::lgamma(a) - std::lgamma(b);
}

// P(what is known of the known uses | so many of them leaked), by that number.
std::vector<double> signals_by_leaked(const LeakDay& day, double cold_share, Leak kind) {
  const LeakManner manner = manner_of(kind);
  const auto known = day.cold.trials;
  std::vector<double> likelihoods;
  for (std::int64_t leaked = 0; leaked <= known; ++leaked) {
    double sum = 0;
    for (std::int64_t cold = 0; cold <= leaked; ++cold) {
      double logarithm = log_binomial(cold, leaked, manner.cold_share) +
                         log_beta_binomial(day.cold.hits - cold, known - leaked, cold_share, 40);
      const auto warm = static_cast<double>(known - day.cold.hits);
      const double part = warm > 0 ? static_cast<double>(leaked - cold) / warm : 0;
      if (part > 1 || logarithm < -500) continue;
      const auto mixed = [part](double of_leak, double of_others) {
        return part * of_leak + (1 - part) * of_others;
      };
      logarithm += log_binomial(day.coupon_site.hits, day.coupon_site.trials,
                                mixed(manner.coupon_share, 0.01));
      logarithm +=
          log_binomial(day.late_click.hits, day.late_click.trials, mixed(manner.late_share, 0.03));
      sum += std::exp(logarithm);
    }
    likelihoods.push_back(sum);
  }
  return likelihoods;
}

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

}  // namespace

double oracle_log_ratio(const SimulatedCode& code, std::size_t index, Leak kind, double rate,
                        std::size_t age) {
  const LeakDay& day = code.days[index];
  const auto signals = signals_by_leaked(day, code.cold_share[index], kind);
  const double added = rate * grown_after(kind, age);
  const auto uses = static_cast<double>(day.uses);
  double with = 0;
  double without = 0;
  // The day's luck: a gamma factor of shape 6, which the clicks show through one of shape 8.
  for (double luck = 0.03; luck < 5; luck *= 1.12) {
    const double clicks_mean = code.expected_clicks[index] * luck;
    double logarithm = 6 * std::log(luck) - 6 * luck;  // density times the step, which is ∝ luck
    logarithm += day.clicks * std::log(clicks_mean / (clicks_mean + 8)) +
                 8 * std::log(8 / (clicks_mean + 8));
    const double expected = code.expected_uses[index] * luck;
    without += std::exp(logarithm + uses * std::log(expected) - expected) * signals[0];
    const double all = expected + added;
    double of_signals = 0;
    for (std::size_t leaked = 0; leaked < signals.size(); ++leaked) {
      of_signals += signals[leaked] * std::exp(log_binomial(static_cast<std::int64_t>(leaked),
                                                            day.cold.trials, added / all));
    }
    with += std::exp(logarithm + uses * std::log(all) - all) * of_signals;
  }
  return std::log(std::max(with, 1e-290)) - std::log(std::max(without, 1e-290));
}

std::vector<double> trace_oracle_of_any_day(const SimulatedCode& code, Leak kind, double rate) {
  constexpr std::size_t grown_up = 7;  // from this age on a leak does not change
  constexpr std::size_t first = SimulatedBrand::history_days;
  constexpr double never_begun = -1e9;
  std::vector<double> trace;
  std::array<double, grown_up + 1> by_age;  // log of the sum of ratios of the starts of that age
  by_age.fill(never_begun);
  for (std::size_t day = first; day < code.days.size(); ++day) {
    by_age[grown_up] = log_sum(by_age[grown_up], by_age[grown_up - 1]);
    for (std::size_t age = grown_up - 1; age > 0; --age)
      by_age[age] = by_age[age - 1];
    by_age[0] = 0;
    double all = std::log(static_cast<double>(code.days.size() - day - 1) + 1e-9);
    for (std::size_t age = 0; age <= grown_up; ++age) {
      if (by_age[age] > never_begun / 2)
        by_age[age] += oracle_log_ratio(code, day, kind, rate, age);
      all = log_sum(all, by_age[age]);
    }
    trace.push_back(all - std::log(static_cast<double>(SimulatedBrand::period_days)));
  }
  return trace;
}

}  // namespace fairlead::codes
