#include "codes/leak_history.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace fairlead::codes {

namespace {

// First guesses, and how much they are worth: in pairs of trials, and in weeks or days.
constexpr double share_spread = 0.08;
constexpr double share_spread_weight = 60;
constexpr double week_spread_first = 0.2;
constexpr double week_spread_weight = 4;
constexpr double day_spread_first = 0.4;
constexpr double day_spread_weight = 6;
constexpr double prior_days = 3;    // what the brand's usual rate is worth
constexpr double phase_weight = 4;  // days a phase's usual rate is worth

constexpr std::size_t week_days = 7;

// Of the usual rate, before the code's own days say otherwise.
constexpr std::array<double, post_phases> phase_shape = {2.5, 1.8, 1.2, 0.9, 0.8};

std::size_t phase_of(const LeakDay& day) {
  if (!day.days_since_post) return post_phases - 1;
  if (*day.days_since_post <= 0) return 0;
  if (*day.days_since_post <= 2) return 1;
  if (*day.days_since_post <= 5) return 2;
  return *day.days_since_post <= 10 ? 3 : post_phases - 1;
}

// The newest first; what is left over at the beginning is the last.
template <class Each>
void for_each_week(std::span<const LeakDay> days, Each each) {
  while (!days.empty()) {
    const std::size_t count = std::min(days.size(), week_days);
    each(days.last(count));
    days = days.first(days.size() - count);
  }
}

double squared(double x) {
  return x * x;
}

}  // namespace

ShareHistory share_history_of(std::span<const LeakDay> days, Beta prior, Share LeakDay::*of) {
  std::vector<Share> weeks;
  double hits = 0;
  double trials = 0;
  for_each_week(days, [&](std::span<const LeakDay> week) {
    Share sum;
    for (const LeakDay& day : week) {
      sum.hits += (day.*of).hits;
      sum.trials += (day.*of).trials;
    }
    if (sum.trials == 0) return;
    weeks.push_back(sum);
    hits += static_cast<double>(sum.hits);
    trials += static_cast<double>(sum.trials);
  });
  ShareHistory history;
  history.mean = (prior.a + hits) / (prior.a + prior.b + trials);

  // Pearson's statistic of a beta-binomial week is 1 + (n − 1)·spread on average.
  double excess = share_spread * share_spread_weight;
  double pairs = share_spread_weight;
  const double variance = std::max(history.mean * (1 - history.mean), 1e-4);
  for (const Share& week : weeks) {
    const auto n = static_cast<double>(week.trials);
    const double off = static_cast<double>(week.hits) - n * history.mean;
    excess += off * off / (n * variance) - 1;
    pairs += n - 1;
  }
  history.spread = std::clamp(excess / pairs, 0.01, 0.6);

  double worth = 0;
  for (const Share& week : weeks) {
    const auto n = static_cast<double>(week.trials);
    worth += n / (1 + (n - 1) * history.spread);
  }
  const double kept = trials > 0 ? worth / trials : 0;
  history.beta = {prior.a + hits * kept, prior.b + (trials - hits) * kept};
  return history;
}

NumberHistory::NumberHistory(std::span<const LeakDay> days, double prior_uses_a_day,
                             ByClicks by_clicks) {
  const auto count = static_cast<double>(days.size());
  for (const LeakDay& day : days) {
    others_mean_ += day.others_uses / count;
    if (by_clicks == ByClicks::yes) clicks_mean_ += day.clicks / count;
  }
  std::array<double, post_phases> uses{};
  std::array<double, post_phases> exposure{};
  double all_uses = 0;
  double all_exposure = 0;
  for (const LeakDay& day : days) {
    const double tide_now = tide(day);
    uses[phase_of(day)] += static_cast<double>(day.uses);
    exposure[phase_of(day)] += tide_now;
    all_uses += static_cast<double>(day.uses);
    all_exposure += tide_now;
  }
  usual_ = std::max((all_uses + prior_uses_a_day * prior_days) / (all_exposure + prior_days), 0.05);
  for (std::size_t phase = 0; phase < post_phases; ++phase) {
    // Where the clicks speak, the post has spoken through them.
    const double shape = by_clicks == ByClicks::yes ? 1 : phase_shape[phase];
    rates_[phase] =
        (uses[phase] + shape * usual_ * phase_weight) / (exposure[phase] + phase_weight);
  }
  measure_spreads(days);
  error_ = std::clamp(1 / (all_uses + 1) + spread() / (count / week_days + 0.5), 0.01, 1.5);
}

// What the day's circumstances multiply: the brand's other codes on that day over their mean, for
// sales days and seasons move all; and the clicks on the influencer's own links likewise.
double NumberHistory::tide(const LeakDay& day) const {
  constexpr double steadying = 6;
  const double others = (day.others_uses + steadying) / (others_mean_ + steadying);
  if (clicks_mean_ <= 0) return others;
  return std::sqrt(others) * (day.clicks + steadying) / (clicks_mean_ + steadying);
}

double NumberHistory::expected(const LeakDay& day) const {
  return std::max(rates_[phase_of(day)] * tide(day), 1e-3);
}

// A day's count has the variance m + m²·(week + day spread), two days of a week share the week's
// part. Each weighs as much as it can say: a week of 0.1 expected uses says little of the spread.
void NumberHistory::measure_spreads(std::span<const LeakDay> days) {
  double excess = (day_spread_first + week_spread_first) * day_spread_weight;
  double squares = day_spread_weight;
  for (const LeakDay& day : days) {
    const double mean = expected(day);
    const double weight = 1 / squared(1 + mean);
    const auto uses = static_cast<double>(day.uses);
    excess += (squared(uses - mean) - uses) * weight;
    squares += mean * mean * weight;
  }
  const double both = std::clamp(excess / squares, 0.02, 6.0);
  double shared = week_spread_first * week_spread_weight;
  double products = week_spread_weight;
  for_each_week(days, [&](std::span<const LeakDay> week) {
    double mean = 0;
    double uses = 0;
    double own_squares = 0;
    for (const LeakDay& day : week) {
      mean += expected(day);
      uses += static_cast<double>(day.uses);
      own_squares += squared(expected(day));
    }
    const double weight = 1 / squared(1 + mean);
    shared += (squared(uses - mean) - uses - both * own_squares) * weight;
    products += (mean * mean - own_squares) * weight;
  });
  week_spread_ = std::clamp(shared / products, 0.06, 3.0);
  day_spread_ = std::clamp(both - week_spread_, 0.05, 5.0);
}

double NumberHistory::spread() const {
  return week_spread_ + day_spread_ / week_days;
}

NumberHistory number_history_of(std::span<const LeakDay> days, double prior_uses_a_day) {
  const NumberHistory plain(days, prior_uses_a_day, NumberHistory::ByClicks::no);
  const NumberHistory clicked(days, prior_uses_a_day, NumberHistory::ByClicks::yes);
  return clicked.spread() < plain.spread() ? clicked : plain;
}

}  // namespace fairlead::codes
