#include "attribution/signals/tails.hpp"

#include <algorithm>
#include <cmath>

#include "core/log_gamma.hpp"

namespace fairlead::attribution {

namespace {

using core::log_gamma;

double log_choose(double n, double k) {
  return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

// The terms from x to `last`: the first by its logarithm, each next by the ratio to the one before.
// Ends where what is left no longer counts: ratios of these distributions fall from term to term.
template <class Ratio>
double sum_from(std::int64_t x, std::int64_t last, double log_first, Ratio ratio) {
  double term = std::exp(log_first);
  double sum = term;
  for (std::int64_t k = x; k < last; ++k) {
    const double next = ratio(static_cast<double>(k));
    term *= next;
    sum += term;
    if (next < 1 && term / (1 - next) < 1e-16 * sum) break;
  }
  return std::min(1.0, sum);
}

}  // namespace

double beta_binomial_tail(std::int64_t x, std::int64_t n, double a, double b) {
  if (x <= 0) return 1;
  if (x > n) return 0;
  const auto trials = static_cast<double>(n);
  const auto hits = static_cast<double>(x);
  const double log_first = log_choose(trials, hits) + log_gamma(hits + a) +
                           log_gamma(trials - hits + b) - log_gamma(trials + a + b) +
                           log_gamma(a + b) - log_gamma(a) - log_gamma(b);
  return sum_from(x, n, log_first, [&](double k) {
    return (trials - k) / (k + 1) * (k + a) / (trials - k - 1 + b);
  });
}

double hypergeometric_tail(std::int64_t x, std::int64_t draws, std::int64_t marked,
                           std::int64_t all) {
  const std::int64_t least = std::max<std::int64_t>(0, draws + marked - all);
  if (x <= least) return 1;
  const std::int64_t most = std::min(draws, marked);
  if (x > most) return 0;
  const auto n = static_cast<double>(draws);
  const auto m = static_cast<double>(marked);
  const auto total = static_cast<double>(all);
  const auto hits = static_cast<double>(x);
  const double log_first =
      log_choose(m, hits) + log_choose(total - m, n - hits) - log_choose(total, n);
  return sum_from(x, most, log_first,
                  [&](double k) { return (m - k) / (k + 1) * (n - k) / (total - m - n + k + 1); });
}

double negative_binomial_tail(std::int64_t x, double mean, double r) {
  if (x <= 0) return 1;
  const auto events = static_cast<double>(x);
  const double share = mean / (mean + r);
  const double log_first = log_gamma(events + r) - log_gamma(r) - log_gamma(events + 1) +
                           r * std::log1p(-share) + events * std::log(share);
  constexpr std::int64_t terms_max = 1'000'000;
  return sum_from(x, x + terms_max, log_first, [&](double k) { return share * (k + r) / (k + 1); });
}

}  // namespace fairlead::attribution
