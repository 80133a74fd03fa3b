// Intervals by drawing journeys again: the numbers that are drawn, and what is made of them.
#include "attribution/models/bootstrap.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "attribution/models/counter_random.hpp"
#include "tests/attribution/report_journeys.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {
namespace {

using test_journeys::PathCount;
using test_journeys::paths_of;

// Known answers of Random123 1.09 (kat_vectors, philox4x32 10).
TEST(Philox, GivesTheKnownAnswers) {
  using Four = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Chi-square against the exact probabilities; the bounds are the 99.9999 % points.
TEST(Draws, FollowPoissonsDistribution) {
  for (const double mean : {0.3, 1.0, 9.5, 10.5, 40.0, 1'000.0}) {
    SCOPED_TRACE(mean);
    constexpr int draws = 200'000;
    std::map<int, double> seen;
    for (int i = 0; i < draws; ++i)
      ++seen[static_cast<int>(Draws(7, 11, static_cast<std::uint32_t>(i)).poisson(mean))];
    double chi_square = 0, rest_expected = draws, rest_seen = draws;
    int cells = 0;
    for (const auto& [count, number] : seen) {
      const double expected =
          draws * std::exp(count * std::log(mean) - mean - std::lgamma(count + 1.0));
      if (expected < 20) continue;
      chi_square += (number - expected) * (number - expected) / expected;
      rest_expected -= expected;
      rest_seen -= number;
      ++cells;
    }
    if (rest_expected > 20)
      chi_square += (rest_seen - rest_expected) * (rest_seen - rest_expected) / rest_expected;
    EXPECT_LT(chi_square, cells + 4.9 * std::sqrt(2.0 * cells) + 16);
    EXPECT_LT(std::abs(rest_seen - rest_expected), 5 * std::sqrt(std::abs(rest_expected)) + 5);
  }
}

TEST(Draws, HaveATableForSmallWholeMeans) {
  EXPECT_EQ(poisson_of(1, 0), 0);
  // e⁻¹ · 2³² = 1580030168.7
  EXPECT_EQ(poisson_of(1, 1'580'030'168), 0);
  EXPECT_EQ(poisson_of(1, 1'580'030'169), 1);
  EXPECT_EQ(poisson_of(10, 0), 0);
  for (std::int64_t mean = 1; mean <= poisson_table_mean_max; ++mean) {
    EXPECT_LT(poisson_of(mean, UINT32_MAX), 64);
    double sum = 0, squares = 0;
    constexpr std::uint32_t steps = 100'000;
    for (std::uint32_t i = 0; i < steps; ++i) {
      const double count = poisson_of(mean, i * (UINT32_MAX / steps));
      sum += count;
      squares += count * count;
    }
    EXPECT_NEAR(sum / steps, double(mean), 2e-3);
    EXPECT_NEAR(squares / steps - sum * sum / steps / steps, double(mean), 2e-2);
  }
}

TEST(Draws, AreNamedByRowAndReplicate) {
  EXPECT_EQ(Draws(1, 2, 3).uniform(), Draws(1, 2, 3).uniform());
  EXPECT_NE(Draws(1, 2, 3).uniform(), Draws(1, 2, 4).uniform());
  EXPECT_NE(Draws(1, 2, 3).uniform(), Draws(1, 3, 3).uniform());
  EXPECT_NE(Draws(1, 2, 3).uniform(), Draws(2, 2, 3).uniform());
  EXPECT_EQ(Draws(1, 2, 3).poisson(0), 0);
}

// All 256 ways to draw four of {0, 1000, 2000, 5000}: the percentile rule on an exact distribution.
TEST(Percentile, IsExactOnAllResamplesOfAMean) {
  const double data[] = {0, 1000, 2000, 5000};
  std::vector<double> means;
  for (int pick = 0; pick < 256; ++pick)
    means.push_back((data[pick & 3] + data[pick >> 2 & 3] + data[pick >> 4 & 3] + data[pick >> 6]) /
                    4);
  EXPECT_EQ(percentile(means, 25'000), 500);
  EXPECT_EQ(percentile(means, 50'000), 500);
  EXPECT_EQ(percentile(means, 500'000), 2000);
  EXPECT_EQ(percentile(means, 950'000), 3750);
  EXPECT_EQ(percentile(means, 975'000), 4000);
  const auto interval = percentile_interval(means);
  EXPECT_EQ(interval.low, 500);
  EXPECT_EQ(interval.high, 4000);
  double sum = 0, squares = 0;
  for (const double mean : means)
    sum += mean, squares += mean * mean;
  EXPECT_NEAR(std::sqrt(squares / 256 - sum * sum / 65'536), 935.4143466934853, 1e-9);
  EXPECT_EQ(percentile({4}, 25'000), 4);
}

// The mean of the same four numbers, each its own journey, drawn as the report draws: Poisson
// numbers of each instead of four in all. The standard error of the sum is √Σv².
TEST(Bootstrap, HasTheSpreadOfPoissonResampling) {
  const auto paths =
      paths_of({{{0, 1}, 1, 0, 0}, {{0, 2}, 1, 1000, 0}, {{0, 3}, 1, 2000, 0}, {{0}, 1, 5000, 0}});
  double sum = 0, squares = 0;
  constexpr std::uint32_t replicates = 40'000;
  for (std::uint32_t replicate = 0; replicate < replicates; ++replicate) {
    double value = 0;
    for (const Tally& tally : draw_tallies(paths, 20'261'128, replicate))
      value += tally.value;
    sum += value;
    squares += value * value;
  }
  const double mean = sum / replicates;
  EXPECT_NEAR(mean, 8'000, 140);
  EXPECT_NEAR(std::sqrt(squares / replicates - mean * mean), std::sqrt(30e6), 140);
}

// Equal journeys counted together, and the same one by one, have the same spread of value.
TEST(Bootstrap, DrawsARowOfManyAsItWouldEach) {
  JourneyPaths together, apart;
  for (Step i = 0; i < 50; ++i) {
    const std::int64_t value = 100 + (i % 7) * (i % 7) * 300;
    const Step same[] = {0};
    const Step own[] = {0, i + 1};
    for (PathRow* row : {&together.row(same), &apart.row(own)}) {
      ++row->conversions;
      row->value += value;
      row->value_squares += static_cast<double>(value) * static_cast<double>(value);
    }
  }
  double means[2] = {}, deviations[2] = {};
  int which = 0;
  for (const JourneyPaths* paths : {&together, &apart}) {
    double sum = 0, squares = 0;
    constexpr std::uint32_t replicates = 10'000;
    for (std::uint32_t replicate = 0; replicate < replicates; ++replicate) {
      double value = 0;
      for (const Tally& tally : draw_tallies(*paths, 5, replicate))
        value += tally.value;
      sum += value;
      squares += value * value;
    }
    means[which] = sum / replicates;
    deviations[which++] = std::sqrt(squares / replicates - sum * sum / replicates / replicates);
  }
  EXPECT_NEAR(means[0] / means[1], 1, 0.02);
  EXPECT_NEAR(deviations[0] / deviations[1], 1, 0.04);
}

TEST(Bootstrap, DoesNotMindTheOrderOfTheRows) {
  std::mt19937 random(test::random_seed());
  auto counts = test_journeys::random_journeys(random, 5, 5, true);
  const auto spread_of = [](const JourneyPaths& paths) {
    const Estimator estimators[] = {prepare_markov(paths, 1), prepare_shapley(paths, 1)};
    return bootstrap(paths, estimators, 200, 99);
  };
  const auto first = paths_of(counts);
  const auto before = spread_of(first);
  std::shuffle(counts.begin(), counts.end(), random);
  const auto second = paths_of(counts);
  const auto after = spread_of(second);
  for (std::size_t model = 0; model < 2; ++model)
    for (std::size_t i = 0; i < first.influencers(); ++i) {
      EXPECT_NEAR(before[model].conversions[i].low, after[model].conversions[i].low, 1e-9);
      EXPECT_NEAR(before[model].value[i].high, after[model].value[i].high, 1e-6);
    }
}

// 95 % intervals hold the truth about 95 times of 100: orders of a known process, drawn 400 times.
TEST(Bootstrap, IntervalsHoldTheTruthAsOftenAsTheySay) {
  std::mt19937 random(test::random_seed());
  // Shares of one order in the long run: 0.5 of A alone, 0.3 of A then B, 0.2 of B.
  constexpr double truth = 0.5 + 0.3 / 2;
  int held = 0;
  constexpr int rounds = 400, orders = 400;
  for (int round = 0; round < rounds; ++round) {
    std::vector<PathCount> counts{{{0}, 0, 0, 0}, {{0, 1}, 0, 0, 0}, {{1}, 0, 0, 0}};
    const int drawn = std::poisson_distribution<int>(orders)(random);
    for (int i = 0; i < drawn; ++i) {
      const auto dice = random() % 10;
      ++counts[dice < 5 ? 0 : dice < 8 ? 1 : 2].conversions;
    }
    const auto paths = paths_of(counts);
    const Estimator estimators[] = {prepare_shapley(paths, 1)};
    const auto interval = bootstrap(paths, estimators, 400, random())[0].conversions[0];
    if (interval.low <= truth * orders && truth * orders <= interval.high) ++held;
  }
  // 380 expected; four standard deviations are 17.
  EXPECT_GE(held, 360);
  EXPECT_LE(held, 397);
}

}  // namespace
}  // namespace fairlead::attribution
