// The evidence for a leak: what it must do on days made by hand, and its error rates on simulated
// brands whose truth is known.
#include "codes/leak_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "codes/leak_verdict.hpp"
#include "core/discoveries.hpp"
#include "tests/codes/leak_oracle.hpp"
#include "tests/codes/leak_simulation.hpp"

namespace fairlead::codes {
namespace {

// So many days alike.
std::vector<LeakDay> days_of(std::size_t count, std::int64_t warm, std::int64_t cold) {
  LeakDay day;
  day.uses = warm + cold;
  day.cold = {cold, warm + cold};
  day.late_click = {0, warm};
  day.coupon_site = {0, warm};
  day.others_uses = 20;
  return std::vector<LeakDay>(count, day);
}

void append(std::vector<LeakDay>& days, const std::vector<LeakDay>& more) {
  days.insert(days.end(), more.begin(), more.end());
}

double e_value(const std::vector<LeakDay>& days, std::size_t first = 90) {
  return weigh_leak(days, first, {}, 90).e_value;
}

TEST(LeakTest, NothingIsSaidOfAnEmptyPeriod) {
  const auto days = days_of(90, 3, 1);
  const auto evidence = weigh_leak(days, 90, {}, 90);
  EXPECT_EQ(evidence.e_value, 1);
  EXPECT_EQ(evidence.since, 90u);
  EXPECT_EQ(weigh_leak({}, 0, {}, 90).e_value, 1);
}

TEST(LeakTest, TheSameAsBeforeIsNoEvidence) {
  auto days = days_of(180, 3, 1);
  EXPECT_LT(e_value(days), 1);
}

TEST(LeakTest, ACodeThatIsAlwaysColdIsNotALeak) {
  auto days = days_of(180, 0, 4);
  EXPECT_LT(e_value(days), 2);
}

TEST(LeakTest, ColdUsesOnTopAreEvidenceAndTheDayIsNamed) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(14, 3, 6));
  const auto evidence = weigh_leak(days, 90, {}, 90);
  EXPECT_GT(evidence.e_value, 1000);
  EXPECT_EQ(evidence.signal_e_values[0] > 100, true);
  EXPECT_GE(evidence.since, 98u);
  EXPECT_LE(evidence.since, 102u);
  EXPECT_LE(evidence.since_first, evidence.since);
  EXPECT_GE(evidence.since_last, evidence.since);
  EXPECT_NEAR(evidence.cold_share_expected, 0.25, 0.05);
}

TEST(LeakTest, MoreWarmUsesAreSuccess) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(20, 12, 4));
  EXPECT_LT(e_value(days), 20);
}

// However great, one day's number of uses cannot speak for more than itself.
TEST(LeakTest, OneGreatDayOfTheUsualMixtureIsNoLeak) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(1, 300, 100));
  EXPECT_LT(e_value(days), 1 / 0.05);
}

TEST(LeakTest, OneGreatColdDayIsNoLeakYet) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(1, 0, 400));
  EXPECT_LT(e_value(days), 1 / 0.05);
  append(days, days_of(2, 0, 400));
  EXPECT_GT(e_value(days), 1 / 0.01);
}

// Success without a link: nothing but the cold share can tell it from a leak, and it is as ever.
TEST(LeakTest, APodcastWithTwiceTheListenersIsNoLeak) {
  auto days = days_of(120, 1, 4);
  append(days, days_of(20, 2, 8));
  EXPECT_LT(e_value(days), 1 / 0.05);
}

// A history whose uses follow the clicks; then more than twice as many, for a month.
TEST(LeakTest, ClicksSayWhetherMoreUsesAreSuccess) {
  std::vector<LeakDay> days;
  for (int i = 0; i < 60; ++i) {
    append(days, days_of(1, 2, 6));
    days.back().clicks = 64;
    append(days, days_of(1, 0, 2));
    days.back().clicks = 16;
  }
  append(days, days_of(30, 2, 11));
  for (std::size_t day = 120; day < days.size(); ++day)
    days[day].clicks = 40;
  EXPECT_GT(e_value(days), 1 / 0.01);
  for (std::size_t day = 120; day < days.size(); ++day)
    days[day].clicks = 104;
  EXPECT_LT(e_value(days), 1 / 0.05);
}

TEST(LeakTest, CouponSitesAreEvidenceByThemselves) {
  auto days = days_of(90, 3, 1);
  append(days, days_of(20, 3, 1));
  for (std::size_t d = 100; d < 110; ++d)
    days[d].coupon_site.hits = 3;
  const auto evidence = weigh_leak(days, 90, {}, 90);
  EXPECT_GT(evidence.e_value, 100);
  EXPECT_GT(evidence.signal_e_values[2], evidence.signal_e_values[0]);
}

TEST(LeakTest, TraceEndsWithTheEvidenceOfItsLastDay) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(10, 1, 5));
  const auto trace = trace_leak(days, 90, {}, 90);
  ASSERT_EQ(trace.size(), 20u);
  EXPECT_NEAR(trace.back() / e_value(days), 1, 1e-9);
  days.resize(103);
  EXPECT_NEAR(trace[12] / e_value(days), 1, 1e-9);
}

// A start that is to come counts as one that has said nothing, so the same days weigh the less the
// longer the period is that the error is stated for.
TEST(LeakTest, ALongerPeriodAsksForMoreEvidence) {
  auto days = days_of(100, 3, 1);
  append(days, days_of(10, 1, 8));
  EXPECT_GT(weigh_leak(days, 90, {}, 20).e_value, 3 * weigh_leak(days, 90, {}, 90).e_value);
}

TEST(LeakTest, PriorFollowsTheBrandsOtherCodes) {
  const std::vector<Share> shares{{30, 100}, {40, 100}, {35, 100}, {1, 2}};
  const Beta beta = fit_beta(shares, {1, 1});
  EXPECT_NEAR(beta.a / (beta.a + beta.b), 0.35, 0.01);
  EXPECT_EQ(fit_beta(std::span(shares).first(2), {3, 4}).b, 4);  // two say nothing of a third
}

// The bound itself, with nothing estimated: each use is cold with the probability that the history
// is made of, over and over; the share of lives in which the evidence ever reached 1/α stays below
// α. The seed is fixed because the claim is about a rate.
TEST(LeakTest, ChanceOfEverReachingTheLevelIsBounded) {
  std::mt19937_64 random(20'261'128);
  std::bernoulli_distribution is_cold(0.3);
  std::poisson_distribution<std::int64_t> uses(4);
  constexpr int lives = 120;
  int alarms = 0;
  for (int life = 0; life < lives; ++life) {
    std::vector<LeakDay> days(130);
    for (LeakDay& day : days) {
      day.uses = uses(random);
      day.cold.trials = day.uses;
      for (std::int64_t use = 0; use < day.uses; ++use)
        day.cold.hits += is_cold(random) ? 1 : 0;
    }
    const auto trace = trace_leak(days, 90, {}, 40);
    alarms += *std::max_element(trace.begin(), trace.end()) >= 10 ? 1 : 0;
  }
  EXPECT_LE(alarms, lives / 10);
}

struct Rates {
  std::int64_t codes = 0;
  std::int64_t alarms = 0;  // of leaks: within 50 leaked uses, or in the period where it has fewer
  double share() const {
    return codes == 0 ? 0 : static_cast<double>(alarms) / static_cast<double>(codes);
  }
};

std::uint32_t seed_of_simulation() {
  const char* given = std::getenv("FAIRLEAD_SEED");
  const auto seed = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 2026U;
  std::printf("seed: FAIRLEAD_SEED=%u\n", seed);
  return seed;
}

void count(const SimulatedCode& code, const Watched& watched, Rates& rates) {
  ++rates.codes;
  const bool is_found =
      watched.alarm &&
      (!code.leak || (*watched.alarm >= code.leak_from && watched.leaked_at_alarm <= 50));
  rates.alarms += is_found ? 1 : 0;
}

// A short version of the table of docs/measurement.md. Thresholds are wide enough for the few codes
// and narrow enough that a broken statistic fails: one that is blind finds none, one that cries
// wolf has alarms in a tenth of the codes.
TEST(LeakSimulation, LeaksAreFoundAndInnocentCodesAreNot) {
  std::mt19937_64 random(seed_of_simulation());
  Rates leaks;
  Rates innocent;
  for (int i = 0; i < 6; ++i) {
    const auto brand = simulate_brand(random, 20, 3);  // no slow ones: docs say how those fare
    for (std::size_t code = 0; code < brand.codes.size(); ++code) {
      const auto& one = brand.codes[code];
      count(one, watch(brand, code, LeakLevels{}.p_max), one.leak ? leaks : innocent);
    }
  }
  EXPECT_EQ(leaks.codes, 18);
  EXPECT_GE(leaks.alarms, 14) << "of 18";
  EXPECT_LE(innocent.alarms, 3) << "of 102";
}

// The whole table, as Markdown. FAIRLEAD_LEAK_BRANDS brands of 30 codes, 4 of them leaking.
TEST(LeakSimulation, DISABLED_Table) {
  const char* given = std::getenv("FAIRLEAD_LEAK_BRANDS");
  const int brands = given != nullptr ? std::atoi(given) : 20;
  std::mt19937_64 random(seed_of_simulation());
  constexpr double levels[] = {0.05, 0.02, 0.01, 0.005, 0.002};
  std::map<std::string, std::array<Rates, std::size(levels)>> rows;
  std::int64_t called = 0, wrongly = 0, leaking = 0;
  for (int i = 0; i < brands; ++i) {
    const auto brand = simulate_brand(random, 30, 4);
    std::vector<double> p_values;
    for (std::size_t code = 0; code < brand.codes.size(); ++code) {
      const auto& one = brand.codes[code];
      for (std::size_t level = 0; level < std::size(levels); ++level) {
        const auto watched = watch(brand, code, levels[level]);
        if (level == 0) p_values.push_back(watched.p_at_end);
        std::vector<std::string> names{one.leak ? "leak: all" : "no leak: all"};
        const std::string life(name_of(one.life));
        names.push_back(one.leak ? "leak: " + std::string(name_of(*one.leak)) : "no leak: " + life);
        if (one.leak)
          names.push_back(names.back() +
                          (one.life == Life::podcast ? ", podcast" : ", other codes"));
        for (const auto& name : names)
          count(one, watched, rows[name][level]);
      }
    }
    const auto q_values = core::adjust_for_discoveries(p_values);
    for (std::size_t code = 0; code < brand.codes.size(); ++code) {
      const bool is_leak = brand.codes[code].leak.has_value();
      leaking += is_leak ? 1 : 0;
      if (q_values[code] > LeakLevels{}.q_max || p_values[code] > LeakLevels{}.p_max) continue;
      ++called;
      wrongly += is_leak ? 0 : 1;
    }
    const auto turning = simulate_brand(random, 30, 0, Life::turns_to_podcast);
    for (std::size_t level = 0; level < std::size(levels); ++level)
      count(turning.codes[0], watch(turning, 0, levels[level]),
            rows["no leak, apart: turns to a podcast"][level]);
  }
  std::printf(
      "| codes | number | p <= 0.05 | 0.02 | 0.01 | 0.005 | 0.002 "
      "|\n|---|---|---|---|---|---|---|\n");
  for (const auto& [name, rates] : rows) {
    std::printf("| %s | %lld |", name.c_str(), static_cast<long long>(rates[0].codes));
    for (const Rates& rate : rates)
      std::printf(" %.1f %% |", 100 * rate.share());
    std::printf("\n");
  }
  std::printf(
      "likely_leak at the end of the period: %lld codes, %lld of them innocent; %lld leaked\n",
      static_cast<long long>(called), static_cast<long long>(wrongly),
      static_cast<long long>(leaking));
}

// What the leaks of the same table could tell at most, by the oracle's test of the same error.
TEST(LeakSimulation, DISABLED_Bound) {
  const char* given = std::getenv("FAIRLEAD_LEAK_BRANDS");
  const int brands = given != nullptr ? std::atoi(given) : 20;
  std::mt19937_64 random(seed_of_simulation());
  std::mt19937_64 supposed(5);
  const auto chance = [&] { return std::uniform_real_distribution<>(0, 1)(supposed); };
  std::vector<double> innocent;
  std::map<std::string, std::vector<double>> leaks;
  for (int i = 0; i < brands; ++i) {
    const auto brand = simulate_brand(random, 30, 4);
    simulate_brand(random, 30, 0, Life::turns_to_podcast);  // as in the table
    int weighed = 0;
    for (const auto& code : brand.codes) {
      if (code.leak) {
        const auto trace = trace_oracle_of_any_day(code, *code.leak, code.leak_rate);
        double most = -1e9;
        std::int64_t leaked = 0;
        for (std::size_t day = code.leak_from; day < code.days.size(); ++day) {
          leaked += code.leaked[day];
          if (leaked > 50) break;
          most = std::max(most, trace[day - SimulatedBrand::history_days]);
        }
        const std::string name(name_of(*code.leak));
        for (const auto& row : {std::string("all"), name,
                                name + (code.life == Life::podcast ? ", podcast" : ", other")})
          leaks[row].push_back(most);
      } else if (weighed++ < 12) {
        const Leak kind = all_leaks[static_cast<std::size_t>(chance() * std::size(all_leaks))];
        const double rate = kind == Leak::slow ? 0.3 + 0.7 * chance() : 1.5 + 6.5 * chance();
        const auto trace = trace_oracle_of_any_day(code, kind, rate);
        innocent.push_back(*std::max_element(trace.begin(), trace.end()));
      }
    }
  }
  std::sort(innocent.begin(), innocent.end());
  const double level = innocent[innocent.size() * 99 / 100];  // of 1 % false alarms
  for (const auto& [name, most] : leaks) {
    const auto found =
        std::count_if(most.begin(), most.end(), [&](double one) { return one >= level; });
    std::printf("| %s | %zu | %.1f %% |\n", name.c_str(), most.size(),
                100.0 * static_cast<double>(found) / static_cast<double>(most.size()));
  }
}

}  // namespace
}  // namespace fairlead::codes
