#include "tests/codes/leak_simulation.hpp"

#include <algorithm>
#include <cmath>

#include "codes/leak_verdict.hpp"

namespace fairlead::codes {

namespace {

using Random = std::mt19937_64;
constexpr std::size_t days_in_all = SimulatedBrand::history_days + SimulatedBrand::period_days;

double between(Random& random, double least, double most) {
  return std::uniform_real_distribution<>(least, most)(random);
}

std::int64_t poisson(Random& random, double mean) {
  return mean <= 0 ? 0 : std::poisson_distribution<std::int64_t>(mean)(random);
}

std::int64_t binomial(Random& random, std::int64_t trials, double share) {
  return std::binomial_distribution<std::int64_t>(trials, std::clamp(share, 0.0, 1.0))(random);
}

double beta(Random& random, double mean, double sums) {
  const double a = std::gamma_distribution<>(mean * sums, 1)(random);
  const double b = std::gamma_distribution<>((1 - mean) * sums, 1)(random);
  return a / (a + b);
}

// What moves all codes of a brand: sales days, the season, weekends.
std::vector<double> tides(Random& random) {
  std::vector<double> tide(days_in_all);
  const double phase = between(random, 0, 6.28);
  const double weekend = between(random, 0.8, 1.5);
  for (std::size_t day = 0; day < days_in_all; ++day) {
    tide[day] = 1 + 0.4 * std::sin(phase + static_cast<double>(day) * 6.28 / 365);
    if (day % 7 >= 5) tide[day] *= weekend;
  }
  for (int sale = 0; sale < 4; ++sale) {
    const auto begin = static_cast<std::size_t>(between(random, 0, days_in_all - 4));
    const double height = between(random, 2, 5);
    for (std::size_t day = begin; day < begin + 3; ++day)
      tide[day] *= height;
  }
  return tide;
}

struct Manner {
  double usual;      // uses a day without a post
  double burst_min;  // uses that a post brings in all
  double burst_max;
  double fading_days;   // of a burst
  double days_between;  // posts
  double cold_share;
  double clicks_a_use;  // of those that come by a link
};

Manner manner_of(Random& random, Life life) {
  switch (life) {
    case Life::links:
    case Life::turns_to_podcast:
    case Life::unrecorded_posts:
      return {between(random, 0.2, 1.5), 2,
              between(random, 8, 60),    between(random, 1, 2.5),
              between(random, 5, 16),    between(random, 0.1, 0.45),
              between(random, 12, 60)};
    case Life::podcast:
      return {between(random, 0.3, 2), 4,
              between(random, 10, 50), between(random, 3, 6),
              between(random, 6, 15),  between(random, 0.6, 0.9),
              between(random, 12, 60)};
    case Life::tiny:
      return {
          between(random, 0.02, 0.15), 0, 3, 2, between(random, 20, 45), between(random, 0.1, 0.6),
          between(random, 12, 60)};
  }
  return {};
}

// Uses of one sort on one day, with what is known of them.
void add_uses(Random& random, LeakDay& day, std::int64_t uses, double cold_share,
              double coupon_share, double late_share) {
  const auto known = binomial(random, uses, 0.96);
  const auto cold = binomial(random, known, cold_share);
  const auto warm = known - cold;
  const auto kept = binomial(random, warm, 0.95);
  const auto add = [](Share& share, std::int64_t hits, std::int64_t trials) {
    share.hits += hits;
    share.trials += trials;
  };
  day.uses += uses;
  add(day.cold, cold, known);
  add(day.coupon_site, binomial(random, kept, coupon_share), kept);
  add(day.unusual_country, binomial(random, kept, 0.04), kept);
  add(day.late_click, binomial(random, warm, late_share), warm);
}

SimulatedCode live(Random& random, Life life, const std::vector<double>& tide) {
  SimulatedCode code{.life = life, .days = std::vector<LeakDay>(days_in_all)};
  code.leaked.assign(days_in_all, 0);
  code.expected_uses.assign(days_in_all, 0);
  code.expected_clicks.assign(days_in_all, 0);
  code.cold_share.assign(days_in_all, 0);
  Manner manner = manner_of(random, life);
  // A fifth of the influencers pauses, then comes back.
  const double pause_from = between(random, 0, 5 * days_in_all);
  double next_post = between(random, 0, manner.days_between);
  std::optional<double> posted;
  double burst = 0;
  double cold_share = manner.cold_share;
  for (std::size_t d = 0; d < days_in_all; ++d) {
    LeakDay& day = code.days[d];
    if (life == Life::turns_to_podcast && d == SimulatedBrand::history_days + 20) {
      const double clicks_a_use = manner.clicks_a_use;
      manner = manner_of(random, Life::podcast);
      manner.clicks_a_use = clicks_a_use;
    }
    const auto today = static_cast<double>(d);
    const bool pauses = today > pause_from && today < pause_from + 40;
    if (today >= next_post && !pauses) {
      posted = today;
      next_post = today + std::max(1.0, manner.days_between * between(random, 0.4, 1.8));
      // Most posts bring little, a few much.
      const double size = std::pow(between(random, 0, 1), 2.5);
      burst += manner.burst_min + size * (manner.burst_max - manner.burst_min);
      // A story without a link today, a link in the profile tomorrow.
      cold_share = beta(random, manner.cold_share, 18);
    }
    const double fading = burst / manner.fading_days;
    burst -= fading;
    const double noise = std::gamma_distribution<>(6, 1.0 / 6)(random);
    const double expected = (manner.usual + fading) * noise;
    const auto uses = poisson(random, expected * tide[d]);
    code.expected_uses[d] = (manner.usual + fading) * tide[d];
    code.expected_clicks[d] = (manner.usual + fading) * std::sqrt(tide[d]) *
                              (1 - manner.cold_share) * manner.clicks_a_use;
    code.cold_share[d] = cold_share;
    // A sales day is half more clicks, half more of them that buy. How well clicks tell of uses
    // differs from day to day.
    day.clicks = static_cast<double>(
        poisson(random, expected * std::sqrt(tide[d]) * (1 - manner.cold_share) *
                            manner.clicks_a_use * std::gamma_distribution<>(8, 1.0 / 8)(random)));
    add_uses(random, day, uses, beta(random, cold_share, 40), 0.01, 0.03);
    if (posted && life != Life::unrecorded_posts)
      day.days_since_post = static_cast<std::int64_t>(today - *posted);
  }
  return code;
}

void leak(Random& random, SimulatedCode& code, Leak kind) {
  code.leak = kind;
  code.leak_from =
      SimulatedBrand::history_days +
      static_cast<std::size_t>(between(random, 0, SimulatedBrand::period_days * 2.0 / 3));
  code.leak_rate = kind == Leak::slow ? between(random, 0.3, 1) : between(random, 1.5, 8);
  const LeakManner manner = manner_of(kind);
  for (std::size_t d = code.leak_from; d < days_in_all; ++d) {
    const auto uses = poisson(random, code.leak_rate * grown_after(kind, d - code.leak_from));
    code.leaked[d] = uses;
    add_uses(random, code.days[d], uses, manner.cold_share, manner.coupon_share, manner.late_share);
  }
}

LeakDay sum_of(const std::vector<LeakDay>& days) {
  LeakDay sum;
  const auto add = [](Share& to, const Share& share) {
    to.hits += share.hits;
    to.trials += share.trials;
  };
  for (const LeakDay& day : days) {
    sum.uses += day.uses;
    add(sum.cold, day.cold);
    add(sum.coupon_site, day.coupon_site);
    add(sum.unusual_country, day.unusual_country);
    add(sum.late_click, day.late_click);
  }
  return sum;
}

}  // namespace

std::string_view name_of(Life life) {
  switch (life) {
    case Life::links:
      return "links";
    case Life::podcast:
      return "podcast";
    case Life::unrecorded_posts:
      return "unrecorded posts";
    case Life::tiny:
      return "tiny";
    case Life::turns_to_podcast:
      return "turns to a podcast";
  }
  return "";
}

std::string_view name_of(Leak leak) {
  switch (leak) {
    case Leak::coupon_site:
      return "coupon site";
    case Leak::extension:
      return "extension";
    case Leak::extension_with_click:
      return "extension that clicks";
    case Leak::slow:
      return "slow";
  }
  return "";
}

LeakManner manner_of(Leak leak) {
  switch (leak) {
    case Leak::coupon_site:
      return {0.85, 0.8, 0.1};
    case Leak::extension:
    case Leak::slow:
      return {0.97, 0.01, 0.03};
    case Leak::extension_with_click:
      return {0.2, 0.01, 0.95};
  }
  return {};
}

double grown_after(Leak leak, std::size_t days) {
  return leak == Leak::coupon_site ? std::min(1.0, (static_cast<double>(days) + 2) / 8) : 1;
}

SimulatedBrand simulate_brand(Random& random, std::size_t codes, std::size_t leaking, Life first) {
  SimulatedBrand brand;
  const auto tide = tides(random);
  for (std::size_t i = 0; i < codes; ++i) {
    const Life life = i == 0 ? first : usual_lives[i % std::size(usual_lives)];
    brand.codes.push_back(live(random, life, tide));
  }
  std::vector<std::size_t> order(codes);
  for (std::size_t i = 0; i < codes; ++i)
    order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 0; i < leaking; ++i)
    leak(random, brand.codes[order[i]], all_leaks[i % std::size(all_leaks)]);
  for (std::size_t d = 0; d < days_in_all; ++d) {
    std::int64_t all = 0;
    for (const SimulatedCode& code : brand.codes)
      all += code.days[d].uses;
    for (SimulatedCode& code : brand.codes)
      code.days[d].others_uses = static_cast<double>(all - code.days[d].uses);
  }
  return brand;
}

LeakPrior SimulatedBrand::prior_for(std::size_t code) const {
  std::vector<LeakDay> others;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (i != code) others.push_back(sum_of(codes[i].days));
  }
  return fit_prior(others, days_in_all);
}

Watched watch(const SimulatedBrand& brand, std::size_t index, double level) {
  const SimulatedCode& code = brand.codes[index];
  Watched watched;
  const auto trace = trace_leak(code.days, SimulatedBrand::history_days, brand.prior_for(index),
                                SimulatedBrand::period_days);
  std::int64_t known = 0;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const std::size_t day = SimulatedBrand::history_days + i;
    known += code.days[day].cold.trials;
    watched.leaked_in_all += code.leaked[day];
    watched.p_at_end = p_value_of(trace[i]);
    const bool is_alarm = watched.p_at_end <= level && known >= leak_uses_min;
    if (watched.alarm || !is_alarm) continue;
    watched.alarm = day;
    watched.leaked_at_alarm = watched.leaked_in_all;
  }
  return watched;
}

}  // namespace fairlead::codes
