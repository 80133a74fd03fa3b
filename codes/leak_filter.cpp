#include "codes/leak_filter.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <numeric>
#include <optional>

namespace fairlead::codes {

namespace {

constexpr std::size_t week_days = 7;

// A week's luck and a post's cold share last a week on average; the code itself changes slowly.
constexpr double redraw_a_day = 1.0 / 7;
constexpr std::array post_weights = {0.25, 0.25, 0.25, 0.25};
constexpr double drift_a_week = 0.06;  // to each neighbour of the grid

// Luck has a heavier tail than its variance says: a post that everybody shares.
constexpr double luck_weight_min = 0.01;

// A code may have success, and keep it: so many times the usual uses, each with the same chance a
// day. Where the uses follow the clicks, success shows in the clicks first.
constexpr std::array success_factors = {2.0, 5.0};
constexpr double success_a_day = 0.004;
constexpr double success_a_day_with_clicks = 0.0001;

// What one day may multiply the evidence by. A start has the weight 1 / 90 in a period of 90 days,
// so no day raises an alarm by itself: one great day is a burst, a leak lasts.
constexpr double growth_max = 1000;
// More is not needed, and must not overflow.
constexpr double mass_max = 1e100;
constexpr double ratio_max = 1e100;
constexpr double log_max = 230;

// The bound of an e-value holds for a past that is known, and ours is estimated: so much of the
// evidence is kept. Chosen on simulated brands other than those of the published figures.
constexpr double evidence_kept = 0.85;

// The part of the evidence that each signal has by itself, in the order of all_leak_signals: a leak
// may come instead of other uses. More uses alone are no sign, success looks like that; nor are
// cold ones without their number, a post without a link looks like that.
constexpr std::array signal_weights = {0.0, 0.0, 0.08, 0.02, 0.04};
constexpr double kinds_weight = 0.86;

// Uses that a signal's share is worth at most, so that it can always be learned anew.
constexpr double urn_max = 30;

// What a leak is like: its cold share, and the signal that its warm uses show with some share.
struct Kind {
  double weight;
  double cold_share;
  std::optional<std::size_t> signal;  // of the share signals
  double signal_share;
};
constexpr std::array<Kind, 4> kinds_of_leaks = {{
    {0.50, 0.95, std::nullopt, 0},  // passed on, or an extension that only enters the code
    {0.22, 0.80, 1, 0.6},           // coupon site
    {0.22, 0.15, 3, 0.85},          // extension that opens the link at the checkout
    {0.06, 0.60, 2, 0.6},           // another country's forum
}};
// Uses a day that a leak adds, in multiples of the code's usual number, which is taken for at least
// so many; and for a signal alone, how much of the uses is the leak's. Each with the same weight.
constexpr std::array leaked_multiples = {0.2, 0.5, 1.2, 3.0, 8.0};
constexpr double usual_min = 0.5;
constexpr std::array leaked_shares = {0.15, 0.35, 0.6, 0.85, 0.97};

double log_negative_binomial(double count, double mean, double shape) {
  return std::lgamma(count + shape) - std::lgamma(shape) +
         shape * std::log(shape / (shape + mean)) + count * std::log(mean / (shape + mean));
}

double log_beta_binomial(const Share& share, double mean, double sums) {
  const auto hits = static_cast<double>(share.hits);
  const auto trials = static_cast<double>(share.trials);
  const double a = mean * sums;
  const double b = sums - a;
  return std::lgamma(a + hits) - std::lgamma(a) + std::lgamma(b + trials - hits) - std::lgamma(b) +
         std::lgamma(sums) - std::lgamma(sums + trials);
}

double mixed(double part, double of_part, double of_rest) {
  return part * of_part + (1 - part) * of_rest;
}

// With the chance redraw_a_day, one of the values that are stride apart is drawn anew. Masses go to
// the future; what the future says of each value comes back the same way.
template <std::size_t count>
void redraw_forth(double* masses, std::size_t stride, const std::array<double, count>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += masses[i * stride];
  for (std::size_t i = 0; i < count; ++i)
    masses[i * stride] = mixed(redraw_a_day, sum * weights[i], masses[i * stride]);
}
template <std::size_t count>
void redraw_back(double* values, std::size_t stride, const std::array<double, count>& weights) {
  double mean = 0;
  for (std::size_t i = 0; i < count; ++i)
    mean += weights[i] * values[i * stride];
  for (std::size_t i = 0; i < count; ++i)
    values[i * stride] = mixed(redraw_a_day, mean, values[i * stride]);
}

// A step of a random walk that stays on the grid; it is the same backwards.
void drift(double* values, std::size_t count, std::size_t stride) {
  double before = values[0];
  for (std::size_t i = 0; i < count; ++i) {
    const double now = values[i * stride];
    const double behind = i + 1 < count ? values[(i + 1) * stride] : now;
    values[i * stride] = now + drift_a_week * (before - 2 * now + behind);
    before = now;
  }
}

Share share_of_signal(const LeakDay& day, std::size_t signal) {
  const std::array<Share, 4> all{day.cold, day.coupon_site, day.unusual_country, day.late_click};
  return all[signal];
}

// From every rate without success to every one with it, and what comes back from there.
template <std::size_t rates>
void succeed_forth(double* masses, std::size_t stride, double chance) {
  constexpr std::size_t plain = rates - success_factors.size();
  double moved = 0;
  for (std::size_t i = 0; i < plain; ++i) {
    moved += chance * masses[i * stride];
    masses[i * stride] *= 1 - chance;
  }
  for (std::size_t i = plain; i < rates; ++i)
    masses[i * stride] += moved / success_factors.size();
}
template <std::size_t rates>
void succeed_back(double* values, std::size_t stride, double chance) {
  constexpr std::size_t plain = rates - success_factors.size();
  double mean = 0;
  for (std::size_t i = plain; i < rates; ++i)
    mean += values[i * stride] / success_factors.size();
  for (std::size_t i = 0; i < plain; ++i)
    values[i * stride] = mixed(chance, mean, values[i * stride]);
}

double share_of(const boost::math::beta_distribution<>& beta, std::size_t slice,
                std::size_t slices) {
  const double middle = (static_cast<double>(slice) + 0.5) / static_cast<double>(slices);
  return std::clamp(boost::math::quantile(beta, middle), 0.003, 0.995);
}

}  // namespace

LeakFilter::ColdLikelihood::ColdLikelihood(const Share& cold, double sums) {
  for (std::size_t i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(steps);
    values_[i] = log_beta_binomial(cold, std::clamp(share, 0.001, 0.999), sums);
  }
  const double best = *std::max_element(values_.begin(), values_.end());
  for (double& value : values_)
    value = std::exp(std::max(value - best, -500.0));
}

double LeakFilter::ColdLikelihood::operator()(double share) const {
  const double step = share * static_cast<double>(steps);
  const auto below = std::min(static_cast<std::size_t>(step), steps - 1);
  return mixed(step - static_cast<double>(below), values_[below + 1], values_[below]);
}

LeakFilter::LeakFilter(std::span<const LeakDay> history, const LeakPrior& prior,
                       std::size_t period_days)
    : number_(number_history_of(history, prior.uses_a_day)),
      period_days_(static_cast<double>(std::max<std::size_t>(period_days, 1))) {
  success_a_day_ = number_.follows_clicks() ? success_a_day_with_clicks : success_a_day;
  std::array<double, rates> rate_weights{};
  std::array<double, rates> rate_factors{};
  constexpr std::size_t successes = success_factors.size();
  for (std::size_t i = 0; i < successes; ++i)
    rate_factors[rates - successes + i] = success_factors[i];
  for (std::size_t i = 0; i < rates - successes; ++i) {
    const double z = 1.2 * (static_cast<double>(i) - 1.5);
    rate_factors[i] = std::exp(z * std::sqrt(number_.error()));
    rate_weights[i] = std::exp(-z * z / 2);
  }
  std::array<double, lucks> luck_factors{};
  const double sigma = std::sqrt(std::log1p(number_.week_spread()));
  for (std::size_t i = 0; i < lucks; ++i) {
    const double z = 1.2 * (static_cast<double>(i) - 1.5);
    luck_factors[i] = std::exp(z * sigma);
    luck_weights_[i] = std::max(std::exp(-z * z / 2) / 2, luck_weight_min);
  }
  const auto sum = [](const auto& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  };
  const double rate_sum = sum(rate_weights);
  const double luck_sum = sum(luck_weights_);
  for (double& weight : luck_weights_)
    weight /= luck_sum;
  const double luck_mean =
      std::inner_product(luck_factors.begin(), luck_factors.end(), luck_weights_.begin(), 0.0);
  for (std::size_t i = 0; i < levels; ++i) {
    level_factors_[i] = rate_factors[i / lucks] * luck_factors[i % lucks] / luck_mean;
    levels_[i] = rate_weights[i / lucks] / rate_sum * luck_weights_[i % lucks];
  }

  // Of what weeks differ in, most is the post's; days differ on top. Both on the cautious side.
  const auto cold = share_history_of(history, prior.cold, &LeakDay::cold);
  const double post_sums = std::max(1 / (0.85 * cold.spread) - 1, 0.5);
  day_sums_ = std::max(1 / (0.3 * cold.spread) - 1, 1.0);
  const boost::math::beta_distribution<> of_code(cold.beta.a, cold.beta.b);
  for (std::size_t i = 0; i < shares; ++i) {
    const double mean = share_of(of_code, i / posts, means);
    const boost::math::beta_distribution<> of_post(mean * post_sums, (1 - mean) * post_sums);
    share_values_[i] = share_of(of_post, i % posts, posts);
    shares_[i] = 1.0 / shares;
  }

  const auto urn_of = [&](Beta beta, Share LeakDay::*of) {
    const auto past = share_history_of(history, beta, of).beta;
    const double mean = std::clamp(past.a / (past.a + past.b), 0.003, 0.985);
    const double sums = std::min(past.a + past.b, urn_max);
    return Urn{mean * sums, (1 - mean) * sums};
  };
  past_urns_ = {urn_of(prior.cold, &LeakDay::cold),
                urn_of(prior.coupon_site, &LeakDay::coupon_site),
                urn_of(prior.unusual_country, &LeakDay::unusual_country),
                urn_of(prior.late_click, &LeakDay::late_click)};
  urns_ = past_urns_;
}

void LeakFilter::add(const LeakDay& day) {
  const double begins_today = begins_a_day();
  const Seen& seen = seen_.emplace_back(look_at(day));
  double mass = 0;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const double begins = kinds_of_leaks[kind].weight * begins_today / sizes;
    for (std::size_t size = 0; size < sizes; ++size) {
      Joint& leak = leaks_[kind][size];
      Joint ratios;
      weigh_leak(seen, kind, size, ratios);
      if (mass_ > 0) move(leak, seen.begins_week, Towards::future);
      for (std::size_t i = 0; i < levels; ++i) {
        for (std::size_t j = 0; j < shares; ++j) {
          double& value = leak[i * shares + j];
          value = (value + begins * seen.levels[i] * seen.shares[j]) * ratios[i * shares + j];
          mass += value;
        }
      }
    }
  }
  const double allowed = std::min(growth_max * (mass_ + begins_today), mass_max);
  mass_ = mass;
  if (mass > allowed) damp(allowed / mass);
}

void LeakFilter::damp(double factor) {
  for (auto& of_kind : leaks_)
    for (Joint& leak : of_kind)
      for (double& value : leak)
        value *= factor;
  mass_ *= factor;
  seen_.back().damping = factor;
}

// What the day says of the code if nothing leaks, and of each signal alone.
LeakFilter::Seen LeakFilter::look_at(const LeakDay& day) {
  Seen seen{.day = day, .expected = number_.expected(day)};
  seen.begins_week = !seen_.empty() && seen_.size() % week_days == 0;
  move(levels_, seen.begins_week);
  move(shares_, seen.begins_week);
  seen.levels = levels_;
  seen.shares = shares_;
  seen.urns = urns_;
  weigh_number(seen);
  weigh_cold(seen);
  weigh_signals(seen);
  for (std::size_t signal = 0; signal < share_signals; ++signal) {
    const Share share = share_of_signal(day, signal);
    urns_[signal].a += static_cast<double>(share.hits);
    urns_[signal].b += static_cast<double>(share.trials - share.hits);
  }
  return seen;
}

void LeakFilter::weigh_number(Seen& seen) {
  const auto uses = static_cast<double>(seen.day.uses);
  Levels logs;
  for (std::size_t i = 0; i < levels; ++i)
    logs[i] =
        log_negative_binomial(uses, seen.expected * level_factors_[i], 1 / number_.day_spread());
  const double scale = *std::max_element(logs.begin(), logs.end());
  double likelihood = 0;
  for (std::size_t i = 0; i < levels; ++i) {
    levels_[i] *= std::exp(std::max(logs[i] - scale, -log_max));
    likelihood += levels_[i];
  }
  for (double& level : levels_)
    level /= likelihood;
  for (std::size_t size = 0; size < sizes; ++size) {
    for (std::size_t i = 0; i < levels; ++i) {
      // The code's own uses are spread as ever, the leak's come one by one.
      const double own = seen.expected * level_factors_[i];
      const double all = own + leaked_a_day(size);
      const double shape = std::min(all * all / (own * own * number_.day_spread()), 1e5);
      const double logarithm = log_negative_binomial(uses, all, shape) - scale;
      seen.number_ratios[size][i] =
          std::exp(std::clamp(logarithm - std::log(likelihood), -log_max, log_max));
    }
  }
}

void LeakFilter::weigh_cold(Seen& seen) {
  seen.cold = ColdLikelihood(seen.day.cold, day_sums_);
  seen.cold_likelihood = 0;
  for (std::size_t i = 0; i < shares; ++i) {
    shares_[i] *= seen.cold(share_values_[i]);
    seen.cold_likelihood += shares_[i];
  }
  for (double& share : shares_)
    share /= seen.cold_likelihood;
}

double LeakFilter::leaked_a_day(std::size_t size) const {
  return leaked_multiples[size] * std::max(number_.usual(), usual_min);
}

// P(the day | the leak) / P(the day | none), by what cannot be seen.
void LeakFilter::weigh_leak(const Seen& seen, std::size_t kind, std::size_t size,
                            Joint& ratios) const {
  const double common = signal_ratio(seen, kind, size) / seen.cold_likelihood;
  for (std::size_t i = 0; i < levels; ++i) {
    const double own = seen.expected * level_factors_[i];
    const double part = leaked_a_day(size) / (own + leaked_a_day(size));
    const double of_number = seen.number_ratios[size][i] * common;
    for (std::size_t j = 0; j < shares; ++j) {
      const double share = mixed(part, kinds_of_leaks[kind].cold_share, share_values_[j]);
      ratios[i * shares + j] = std::min(of_number * seen.cold(share), ratio_max);
    }
  }
}

// P(the share | a mean that leaks) / P(… | as learned so far).
double LeakFilter::urn_ratio(const Seen& seen, std::size_t signal, double leaking_mean) const {
  const Share share = share_of_signal(seen.day, signal);
  const Urn& learned = seen.urns[signal];
  const double logarithm = log_beta_binomial(share, leaking_mean, past_urns_[signal].sums()) -
                           log_beta_binomial(share, learned.mean(), learned.sums());
  return std::exp(std::clamp(logarithm, -log_max, log_max));
}

// What a kind says of its warm uses. Without a leak the share is learned as the days go by.
double LeakFilter::signal_ratio(const Seen& seen, std::size_t kind, std::size_t size) const {
  const Kind& leak = kinds_of_leaks[kind];
  if (!leak.signal) return 1;
  double own = 0;
  for (std::size_t i = 0; i < levels; ++i)
    own += seen.levels[i] * level_factors_[i] * seen.expected;
  double cold_share = 0;
  for (std::size_t i = 0; i < shares; ++i)
    cold_share += seen.shares[i] * share_values_[i];
  const double leaked = leaked_a_day(size) * (1 - leak.cold_share);
  const double part = leaked / (leaked + own * (1 - cold_share));
  return urn_ratio(seen, *leak.signal,
                   mixed(part, leak.signal_share, past_urns_[*leak.signal].mean()));
}

void LeakFilter::weigh_signals(const Seen& seen) {
  const double begins = begins_a_day() / sizes;
  for (std::size_t signal = 0; signal < share_signals; ++signal) {
    for (std::size_t i = 0; i < sizes; ++i) {
      const double mean = mixed(leaked_shares[i], 0.999, past_urns_[signal].mean());
      double& mass = signal_masses_[signal][i];
      const double ratio = std::min(urn_ratio(seen, signal, mean), growth_max);
      mass = std::min((mass + begins) * ratio, mass_max);
    }
  }
  for (std::size_t size = 0; size < sizes; ++size) {
    Levels& masses = velocity_masses_[size];
    move(masses, seen.begins_week);
    for (std::size_t i = 0; i < levels; ++i)
      masses[i] =
          std::min((masses[i] + begins * seen.levels[i]) * seen.number_ratios[size][i], mass_max);
  }
}

// The weight of the day to be added, as the first of a leak.
double LeakFilter::begins_a_day() const {
  return static_cast<double>(seen_.size()) < period_days_ ? evidence_kept / period_days_ : 0;
}

// A start that is still to come has said nothing: 1.
double LeakFilter::with_starts_to_come(double mass) const {
  return mass + std::max(0.0, 1 - static_cast<double>(seen_.size()) / period_days_);
}

double LeakFilter::e_value() const {
  double e_value = kinds_weight * with_starts_to_come(mass_);
  for (std::size_t i = 0; i < signal_weights.size(); ++i)
    e_value += signal_weights[i] * e_value_of(all_leak_signals[i]);
  return e_value;
}

double LeakFilter::e_value_of(LeakSignal signal) const {
  double mass = 0;
  if (signal == LeakSignal::velocity) {
    for (const Levels& masses : velocity_masses_)
      mass = std::accumulate(masses.begin(), masses.end(), mass);
  } else {
    const auto& masses =
        signal_masses_[signal == LeakSignal::cold ? 0 : static_cast<std::size_t>(signal) - 1];
    mass = std::accumulate(masses.begin(), masses.end(), 0.0);
  }
  return with_starts_to_come(mass);
}

std::vector<double> LeakFilter::weights_of_starts() const {
  std::size_t likeliest = 0;
  double most = -1;
  for (std::size_t i = 0; i < kinds * sizes; ++i) {
    const Joint& leak = leaks_[i / sizes][i % sizes];
    const double mass = std::accumulate(leak.begin(), leak.end(), 0.0);
    if (mass > most) likeliest = i;
    most = std::max(most, mass);
  }
  // What the days from one on say if the leak is there by then, from the last day backwards.
  Joint future;
  future.fill(1);
  std::vector<double> weights(seen_.size());
  for (std::size_t day = seen_.size(); day-- > 0;) {
    const Seen& seen = seen_[day];
    Joint ratios;
    weigh_leak(seen, likeliest / sizes, likeliest % sizes, ratios);
    for (std::size_t i = 0; i < levels; ++i) {
      for (std::size_t j = 0; j < shares; ++j) {
        double& value = future[i * shares + j];
        value = std::min(value * ratios[i * shares + j] * seen.damping, mass_max);
        weights[day] += seen.levels[i] * seen.shares[j] * value;
      }
    }
    move(future, seen.begins_week, Towards::past);
  }
  return weights;
}

void LeakFilter::move(Levels& masses, bool begins_week) const {
  for (std::size_t rate = 0; rate < rates; ++rate)
    redraw_forth(&masses[rate * lucks], 1, luck_weights_);
  for (std::size_t luck = 0; luck < lucks; ++luck) {
    succeed_forth<rates>(&masses[luck], lucks, success_a_day_);
    if (begins_week) drift(&masses[luck], rates - success_factors.size(), lucks);
  }
}

void LeakFilter::move(Shares& masses, bool begins_week) const {
  for (std::size_t mean = 0; mean < means; ++mean)
    redraw_forth(&masses[mean * posts], 1, post_weights);
  if (!begins_week) return;
  for (std::size_t post = 0; post < posts; ++post)
    drift(&masses[post], means, posts);
}

void LeakFilter::move(Joint& joint, bool begins_week, Towards towards) const {
  const auto redraw = [towards](double* values, std::size_t stride, const auto& weights) {
    if (towards == Towards::future) {
      redraw_forth(values, stride, weights);
    } else {
      redraw_back(values, stride, weights);
    }
  };
  for (std::size_t i = 0; i < levels * means; ++i)
    redraw(&joint[i * posts], 1, post_weights);
  for (std::size_t rate = 0; rate < rates; ++rate)
    for (std::size_t j = 0; j < shares; ++j)
      redraw(&joint[rate * lucks * shares + j], shares, luck_weights_);
  for (std::size_t i = 0; i < lucks * shares; ++i) {
    if (towards == Towards::future) {
      succeed_forth<rates>(&joint[i], lucks * shares, success_a_day_);
    } else {
      succeed_back<rates>(&joint[i], lucks * shares, success_a_day_);
    }
  }
  if (!begins_week) return;
  for (std::size_t i = 0; i < levels; ++i)
    for (std::size_t post = 0; post < posts; ++post)
      drift(&joint[i * shares + post], means, posts);
  for (std::size_t i = 0; i < lucks * shares; ++i)
    drift(&joint[i], rates - success_factors.size(), lucks * shares);
}

}  // namespace fairlead::codes
