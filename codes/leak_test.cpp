#include "codes/leak_test.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <numeric>

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

// How much of the uses may be the leak's, for the shares; and how many uses a day it adds, in
// multiples of the code's usual number. Each with the same weight.
constexpr std::array leaked_shares = {0.15, 0.35, 0.6, 0.85, 0.97};
constexpr std::array leaked_multiples = {0.4, 1.0, 2.5, 6.0, 15.0};

// Weights of the combination: each signal alone, in the order of all_leak_signals, and the number
// of uses times their cold share. More uses alone are hardly a sign: success looks like that.
constexpr std::array signal_weights = {0.15, 0.01, 0.2, 0.05, 0.09};
constexpr double weight_cold_and_velocity = 0.5;

constexpr double velocity_factor_max = 40;  // what one week's number of uses may say
constexpr double success_shape_max = 4;     // history may be too calm to believe in success
constexpr double share_max = 0.985;         // no baseline is so cold that nothing could be colder
constexpr double share_spread = 0.08;       // variance between weeks, of that of a coin: at first
constexpr double share_spread_weight = 60;  // … and the trials that this guess is worth
constexpr double number_spread = 0.4;       // 1 / r of the negative binomial: at first
constexpr double number_spread_weight = 4;  // … and the weeks that this guess is worth
constexpr double phase_weight = 4;          // days a phase's usual rate is worth

// Uses of one week come from the same post or the same page, so they are one draw of a share and of
// a rate (Pólya's urn), not seven. Weeks are counted from the start that is weighed; in history,
// from its end backwards.
constexpr std::size_t block_days = 7;

// How long ago the last post was, in steps in which the number of uses falls.
constexpr std::size_t phases = 5;
std::size_t phase_of(const LeakDay& day) {
  if (!day.days_since_post) return phases - 1;
  if (*day.days_since_post <= 0) return 0;
  if (*day.days_since_post <= 2) return 1;
  if (*day.days_since_post <= 5) return 2;
  return *day.days_since_post <= 10 ? 3 : phases - 1;
}
// Of the usual rate, before the code's own days say otherwise.
constexpr std::array<double, phases> phase_shape = {2.5, 1.8, 1.2, 0.9, 0.8};

struct Shares {
  Beta prior;
  Share LeakDay::*of;
};

// What a share is taken for: its mean at the upper end, and beta-binomial sums a + b.
struct ShareBaseline {
  double mean = 0;
  double upper = 0;
  double sums = 0;
};

// The weeks of history, the newest first; what is left over at its beginning is the last.
template <class Each>
void for_each_block(std::span<const LeakDay> days, Each each) {
  while (!days.empty()) {
    const std::size_t count = std::min(days.size(), block_days);
    each(days.last(count));
    days = days.first(days.size() - count);
  }
}

ShareBaseline baseline_of(std::span<const LeakDay> days, Shares shares) {
  std::vector<Share> weeks;
  double hits = 0;
  double trials = 0;
  for_each_block(days, [&](std::span<const LeakDay> week) {
    Share sum;
    for (const LeakDay& day : week) {
      sum.hits += (day.*shares.of).hits;
      sum.trials += (day.*shares.of).trials;
    }
    if (sum.trials == 0) return;
    weeks.push_back(sum);
    hits += static_cast<double>(sum.hits);
    trials += static_cast<double>(sum.trials);
  });
  ShareBaseline baseline;
  const double prior_sum = shares.prior.a + shares.prior.b;
  baseline.mean = (shares.prior.a + hits) / (prior_sum + trials);

  // Pearson's statistic of a beta-binomial week is 1 + (n − 1)·spread on average.
  double excess = share_spread * share_spread_weight;
  double pairs = share_spread_weight;
  const double variance = std::max(baseline.mean * (1 - baseline.mean), 1e-4);
  for (const Share& week : weeks) {
    const auto n = static_cast<double>(week.trials);
    const double off = static_cast<double>(week.hits) - n * baseline.mean;
    excess += off * off / (n * variance) - 1;
    pairs += n - 1;
  }
  const double spread = std::clamp(excess / pairs, 0.01, 0.6);
  baseline.sums = 1 / spread - 1;

  // Uses of a week go together, so they are worth less than as many single ones.
  double worth = 0;
  for (const Share& week : weeks) {
    const auto n = static_cast<double>(week.trials);
    worth += n / (1 + (n - 1) * spread);
  }
  const double kept = trials > 0 ? worth / trials : 0;
  const boost::math::beta_distribution<> posterior(shares.prior.a + hits * kept,
                                                   shares.prior.b + (trials - hits) * kept);
  baseline.upper =
      std::clamp(std::max(boost::math::quantile(posterior, 0.9), baseline.mean), 0.01, share_max);
  return baseline;
}

// P(the day's hits, after those of its week so far | higher share) / P(… | baseline), both
// beta-binomial with the same sums.
double share_ratio(const Share& day, const Share& so_far, const ShareBaseline& baseline,
                   double leaked) {
  const double mean = baseline.upper + (1 - baseline.upper) * leaked;
  const double a0 = baseline.upper * baseline.sums + static_cast<double>(so_far.hits);
  const double b0 =
      (1 - baseline.upper) * baseline.sums + static_cast<double>(so_far.trials - so_far.hits);
  const double a1 = a0 + (mean - baseline.upper) * baseline.sums;
  const double b1 = b0 - (mean - baseline.upper) * baseline.sums;
  double ratio = 1;
  for (std::int64_t i = 0; i < day.hits; ++i)
    ratio *= (a1 + static_cast<double>(i)) / (a0 + static_cast<double>(i));
  for (std::int64_t i = 0; i < day.trials - day.hits; ++i)
    ratio *= (b1 + static_cast<double>(i)) / (b0 + static_cast<double>(i));
  return ratio;
}

// How many uses the days of each phase bring, and how far weeks are from that.
struct NumberBaseline {
  std::array<double, phases> rates{};
  double usual = 0;
  double others_mean = 0;
  double clicks_mean = 0;  // 0: the clicks say nothing of the uses
  double r = 1;

  // What the day's circumstances multiply: the brand's other codes on that day over their mean, for
  // sales days and seasons move all; and the clicks on the influencer's own links likewise.
  double tide(const LeakDay& day) const {
    constexpr double steadying = 6;
    const double others = (day.others_uses + steadying) / (others_mean + steadying);
    if (clicks_mean <= 0) return others;
    return std::sqrt(others) * (day.clicks + steadying) / (clicks_mean + steadying);
  }
  double expected(const LeakDay& day) const { return rates[phase_of(day)] * tide(day); }
};

enum class ByClicks { no, yes };
NumberBaseline number_baseline_of(std::span<const LeakDay> days, double prior_uses_a_day,
                                  ByClicks by_clicks) {
  constexpr double prior_days = 3;
  NumberBaseline baseline;
  for (const LeakDay& day : days) {
    baseline.others_mean += day.others_uses / static_cast<double>(days.size());
    if (by_clicks == ByClicks::yes)
      baseline.clicks_mean += day.clicks / static_cast<double>(days.size());
  }
  double uses = prior_uses_a_day * prior_days;
  double exposure = prior_days;
  std::array<double, phases> phase_uses{};
  std::array<double, phases> phase_exposure{};
  for (const LeakDay& day : days) {
    const double tide = baseline.tide(day);
    uses += static_cast<double>(day.uses);
    exposure += tide;
    phase_uses[phase_of(day)] += static_cast<double>(day.uses);
    phase_exposure[phase_of(day)] += tide;
  }
  baseline.usual = std::max(uses / exposure, 0.05);
  for (std::size_t phase = 0; phase < phases; ++phase) {
    // Where the clicks speak, the post has spoken through them.
    const double shape = by_clicks == ByClicks::yes ? 1 : phase_shape[phase];
    baseline.rates[phase] = (phase_uses[phase] + shape * baseline.usual * phase_weight) /
                            (phase_exposure[phase] + phase_weight);
  }
  double excess = number_spread * number_spread_weight;
  double squares = number_spread_weight;
  for_each_block(days, [&](std::span<const LeakDay> week) {
    double expected = 0;
    double seen = 0;
    for (const LeakDay& day : week) {
      expected += baseline.expected(day);
      seen += static_cast<double>(day.uses);
    }
    // Each week weighs as much as it can say: one of 0.1 expected uses says little of the spread.
    const double weight = 1 / std::pow(1 + expected, 2);
    excess += (std::pow(seen - expected, 2) - seen) * weight;
    squares += expected * expected * weight;
  });
  const double spread = std::clamp(excess / squares, 0.02, 4.0);
  baseline.r = 1 / spread;
  for (std::size_t phase = 0; phase < phases; ++phase) {
    const double seen = phase_uses[phase] + phase_weight * baseline.usual;
    const double weeks = (phase_exposure[phase] + phase_weight) / block_days;
    // The standard error of a rate of counts that come in weeks.
    baseline.rates[phase] *= 1 + std::sqrt(1 / (seen + 0.5) + spread / weeks);
  }
  return baseline;
}

// With the clicks or without, whichever explained history better.
NumberBaseline number_baseline_of(std::span<const LeakDay> days, double prior_uses_a_day) {
  const auto plain = number_baseline_of(days, prior_uses_a_day, ByClicks::no);
  const auto clicked = number_baseline_of(days, prior_uses_a_day, ByClicks::yes);
  return clicked.r > plain.r ? clicked : plain;
}

using Hypotheses = std::array<double, leaked_shares.size()>;

double mean_of(const Hypotheses& products) {
  return std::accumulate(products.begin(), products.end(), 0.0) /
         static_cast<double>(products.size());
}

// The evidence that a leak began with one day: a product over the days from there on, per
// hypothesis.
struct Start {
  double all = 0;
  std::array<double, all_leak_signals.size()> signals{};
};

struct Baselines {
  ShareBaseline cold;
  ShareBaseline coupon_site;
  ShareBaseline unusual_country;
  ShareBaseline late_click;
  NumberBaseline number;
};

Baselines baselines_of(std::span<const LeakDay> history, const LeakPrior& prior) {
  return {
      .cold = baseline_of(history, {prior.cold, &LeakDay::cold}),
      .coupon_site = baseline_of(history, {prior.coupon_site, &LeakDay::coupon_site}),
      .unusual_country = baseline_of(history, {prior.unusual_country, &LeakDay::unusual_country}),
      .late_click = baseline_of(history, {prior.late_click, &LeakDay::late_click}),
      .number = number_baseline_of(history, prior.uses_a_day)};
}

// A product of ratios of shares, per hypothesis.
struct ShareProducts {
  Hypotheses now;
  Share so_far;  // of the week

  ShareProducts() { now.fill(1); }
  void begin_week() { so_far = {}; }
  void add(const Share& day, const ShareBaseline& baseline, const Hypotheses& leaked) {
    if (day.trials == 0) return;
    for (std::size_t i = 0; i < now.size(); ++i)
      now[i] *= share_ratio(day, so_far, baseline, leaked[i]);
    so_far.hits += day.hits;
    so_far.trials += day.trials;
  }
};

// A product of ratios of numbers, each week's at most velocity_factor_max: gamma-Poisson counts of
// one week share one factor, which has the mean 1 and the variance 1 / r. Success brings warm uses,
// too, and a leak does not: what the warm ones of the week say of that factor (its posterior mean,
// if above 1) is expected of all uses.
struct NumberProducts {
  Hypotheses before;  // the weeks that are over
  Hypotheses now;     // with the present one
  std::vector<const LeakDay*> week;

  NumberProducts() { now.fill(1); }
  void begin_week() {
    before = now;
    week.clear();
  }
  void add(const LeakDay& day, const NumberBaseline& baseline, double cold_share) {
    week.push_back(&day);
    double expected = 0;
    double uses = 0;
    double warm = 0;
    for (const LeakDay* one : week) {
      expected += baseline.expected(*one);
      uses += static_cast<double>(one->uses);
      warm += static_cast<double>(one->uses - one->cold.hits);
    }
    const double shape = std::min(baseline.r, success_shape_max);
    const double success = std::max(1.0, (shape + warm) / (shape + expected * (1 - cold_share)));
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double leak = leaked_multiples[i] * baseline.usual;
      const auto days = static_cast<double>(week.size());
      double logarithm =
          -(uses + baseline.r) * std::log1p(leak * days / (baseline.r + expected * success));
      for (const LeakDay* one : week)
        logarithm +=
            static_cast<double>(one->uses) * std::log1p(leak / (baseline.expected(*one) * success));
      now[i] = before[i] * std::min(std::exp(logarithm), velocity_factor_max);
    }
  }
};

// The products over the days from a start on, after each of them.
class Products {
 public:
  explicit Products(const Baselines& baselines) : baselines_(baselines) {}

  void add(const LeakDay& day) {
    if (days_++ % block_days == 0) {
      for (auto* shares : {&cold_, &coupon_site_, &unusual_country_, &late_click_, &cold_of_more_})
        shares->begin_week();
      number_.begin_week();
    }
    cold_.add(day.cold, baselines_.cold, leaked_shares);
    coupon_site_.add(day.coupon_site, baselines_.coupon_site, leaked_shares);
    unusual_country_.add(day.unusual_country, baselines_.unusual_country, leaked_shares);
    late_click_.add(day.late_click, baselines_.late_click, leaked_shares);
    number_.add(day, baselines_.number, baselines_.cold.mean);
    // A leak's part of the day follows from how much it adds to what is expected.
    const double expected = baselines_.number.expected(day);
    Hypotheses parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const double added = leaked_multiples[i] * baselines_.number.usual;
      parts[i] = added / (added + expected);
    }
    cold_of_more_.add(day.cold, baselines_.cold, parts);
  }

  Start evidence() const {
    Hypotheses both;
    for (std::size_t i = 0; i < both.size(); ++i)
      both[i] = number_.now[i] * cold_of_more_.now[i];
    Start start;
    start.signals = {mean_of(cold_.now), mean_of(number_.now), mean_of(coupon_site_.now),
                     mean_of(unusual_country_.now), mean_of(late_click_.now)};
    start.all = weight_cold_and_velocity * mean_of(both);
    for (std::size_t i = 0; i < start.signals.size(); ++i)
      start.all += signal_weights[i] * start.signals[i];
    return start;
  }

 private:
  const Baselines& baselines_;
  std::size_t days_ = 0;
  ShareProducts cold_, coupon_site_, unusual_country_, late_click_, cold_of_more_;
  NumberProducts number_;
};

// A start that is still to come has said nothing: 1.
double mean_with_starts_to_come(double sum, std::size_t starts, std::size_t period_days) {
  const auto all = static_cast<double>(std::max(starts, period_days));
  return (sum + all - static_cast<double>(starts)) / all;
}

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
  std::vector<double> weights;
  Start sum;
  for (std::size_t k = first; k < days.size(); ++k) {
    const auto baselines = baselines_of(days.first(k), prior);
    Products products(baselines);
    for (const LeakDay& day : days.subspan(k))
      products.add(day);
    const Start start = products.evidence();
    weights.push_back(start.all);
    sum.all += start.all;
    for (std::size_t i = 0; i < sum.signals.size(); ++i)
      sum.signals[i] += start.signals[i];
  }
  if (!weights.empty()) {
    evidence.e_value = mean_with_starts_to_come(sum.all, weights.size(), period_days);
    for (std::size_t i = 0; i < sum.signals.size(); ++i)
      evidence.signal_e_values[i] =
          mean_with_starts_to_come(sum.signals[i], weights.size(), period_days);
    find_since(weights, first, evidence);
  }
  const auto before = days.first(evidence.since);
  for (const LeakDay& day : before) {
    evidence.baseline.hits += day.cold.hits;
    evidence.baseline.trials += day.cold.trials;
  }
  const auto expected = baseline_of(before, {prior.cold, &LeakDay::cold});
  evidence.cold_share_expected = expected.mean;
  evidence.cold_share_expected_max = expected.upper;
  return evidence;
}

std::vector<double> trace_leak(std::span<const LeakDay> days, std::size_t first,
                               const LeakPrior& prior, std::size_t period_days) {
  CHECK(first <= days.size());
  std::vector<double> trace(days.size() - first);
  for (std::size_t k = first; k < days.size(); ++k) {
    const auto baselines = baselines_of(days.first(k), prior);
    Products products(baselines);
    for (std::size_t d = k; d < days.size(); ++d) {
      products.add(days[d]);
      trace[d - first] += products.evidence().all;
    }
  }
  for (std::size_t i = 0; i < trace.size(); ++i)
    trace[i] = mean_with_starts_to_come(trace[i], i + 1, period_days);
  return trace;
}

}  // namespace fairlead::codes
