#include "codes/leak_test.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <numeric>

#include "codes/leak_filter.hpp"
#include "codes/leak_history.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

// The shortest run of days around the heaviest that holds 90 % of the weight.
void find_since(const std::vector<double>& weights, std::size_t first, LeakEvidence& evidence) {
  const auto heaviest =
      static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) - weights.begin());
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::size_t begin = heaviest;
  std::size_t end = heaviest + 1;
  double held = weights[heaviest];
  while (held < 0.9 * total && (begin > 0 || end < weights.size())) {
    const double before = begin > 0 ? weights[begin - 1] : -1;
    const double behind = end < weights.size() ? weights[end] : -1;
    held += std::max(before, behind);
    if (before > behind) {
      --begin;
    } else {
      ++end;
    }
  }
  evidence.since = first + heaviest;
  evidence.since_first = first + begin;
  evidence.since_last = first + end - 1;
}

}  // namespace

std::string_view name_of(LeakSignal signal) {
  switch (signal) {
    case LeakSignal::cold:
      return "cold";
    case LeakSignal::velocity:
      return "velocity";
    case LeakSignal::coupon_site:
      return "coupon_site";
    case LeakSignal::unusual_country:
      return "unusual_country";
    case LeakSignal::late_click:
      return "late_click";
  }
  CHECK(!"every signal has its name");
}

Beta fit_beta(std::span<const Share> of_codes, Beta weak) {
  constexpr std::int64_t trials_min = 5;
  double codes = 0;
  double mean = 0;
  double square = 0;
  double sampling = 0;  // the part of the variance that is only the few trials
  for (const Share& share : of_codes) {
    if (share.trials < trials_min) continue;
    const auto n = static_cast<double>(share.trials);
    const double p = static_cast<double>(share.hits) / n;
    ++codes;
    mean += p;
    square += p * p;
    sampling += p * (1 - p) / (n - 1);
  }
  if (codes < 3) return weak;
  mean = std::clamp(mean / codes, 0.01, 0.99);
  const double between =
      std::max(0.0, (square - codes * mean * mean) / (codes - 1) - sampling / codes);
  // Never so sure that a code of its own kind could not be told from the others.
  const double sums = std::clamp(mean * (1 - mean) / std::max(between, 1e-6) - 1, 1.0, 20.0);
  return {mean * sums, (1 - mean) * sums};
}

LeakPrior fit_prior(std::span<const LeakDay> sums_of_codes, std::size_t days) {
  const auto fit = [&](Share LeakDay::*of, Beta weak) {
    std::vector<Share> shares;
    for (const LeakDay& sum : sums_of_codes)
      shares.push_back(sum.*of);
    return fit_beta(shares, weak);
  };
  LeakPrior prior;
  prior.cold = fit(&LeakDay::cold, prior.cold);
  prior.coupon_site = fit(&LeakDay::coupon_site, prior.coupon_site);
  prior.unusual_country = fit(&LeakDay::unusual_country, prior.unusual_country);
  prior.late_click = fit(&LeakDay::late_click, prior.late_click);
  if (sums_of_codes.size() < 3 || days == 0) return prior;
  std::int64_t uses = 0;
  for (const LeakDay& sum : sums_of_codes)
    uses += sum.uses;
  prior.uses_a_day = static_cast<double>(uses) /
                     (static_cast<double>(sums_of_codes.size()) * static_cast<double>(days));
  return prior;
}

LeakEvidence weigh_leak(std::span<const LeakDay> days, std::size_t first, const LeakPrior& prior,
                        std::size_t period_days) {
  CHECK(first <= days.size());
  LeakEvidence evidence{.since = first, .since_first = first, .since_last = first};
  if (first < days.size()) {
    LeakFilter filter(days.first(first), prior, period_days);
    for (const LeakDay& day : days.subspan(first))
      filter.add(day);
    evidence.e_value = filter.e_value();
    for (std::size_t i = 0; i < all_leak_signals.size(); ++i)
      evidence.signal_e_values[i] = filter.e_value_of(all_leak_signals[i]);
    find_since(filter.weights_of_starts(), first, evidence);
  }
  const auto before = days.first(evidence.since);
  for (const LeakDay& day : before) {
    evidence.baseline.hits += day.cold.hits;
    evidence.baseline.trials += day.cold.trials;
  }
  const auto expected = share_history_of(before, prior.cold, &LeakDay::cold);
  const boost::math::beta_distribution<> known(expected.beta.a, expected.beta.b);
  evidence.cold_share_expected = expected.mean;
  evidence.cold_share_expected_max = std::max(expected.mean, boost::math::quantile(known, 0.9));
  return evidence;
}

std::vector<double> trace_leak(std::span<const LeakDay> days, std::size_t first,
                               const LeakPrior& prior, std::size_t period_days) {
  CHECK(first <= days.size());
  LeakFilter filter(days.first(first), prior, period_days);
  std::vector<double> trace;
  for (const LeakDay& day : days.subspan(first)) {
    filter.add(day);
    trace.push_back(filter.e_value());
  }
  return trace;
}

}  // namespace fairlead::codes
