// All models side by side: how numbers are handed out, and what intervals may cost.
#include "attribution/compare_models.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "attribution/journeys.hpp"
#include "tests/attribution/report_journeys.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {
namespace {

TEST(Apportion, HandsOutTheRemainderToTheLargestThenTheFirst) {
  EXPECT_EQ(apportion({1.0 / 3, 1.0 / 3, 1.0 / 3}, 100), (std::vector<std::int64_t>{34, 33, 33}));
  EXPECT_EQ(apportion({0.2, 0.7, 0.1}, 5), (std::vector<std::int64_t>{1, 4, 0}));
  EXPECT_EQ(apportion({0, 0}, 0), (std::vector<std::int64_t>{0, 0}));
  EXPECT_TRUE(apportion({}, 0).empty());
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 1'000; ++round) {
    std::vector<double> estimates(1 + random() % 20);
    for (double& estimate : estimates)
      estimate = static_cast<double>(random()) / 7;
    const std::int64_t total = (static_cast<std::int64_t>(random()) << (round % 28)) + round;
    const auto parts = apportion(estimates, total);
    EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), total);
  }
}

TEST(Replicates, AreAsManyAsTheRowsAllow) {
  EXPECT_EQ(replicates_of(0, 2'000'000), 2'000U);
  EXPECT_EQ(replicates_of(1'000, 2'000'000), 2'000U);
  EXPECT_EQ(replicates_of(4'000, 2'000'000), 500U);
  EXPECT_EQ(replicates_of(1'000'000, 2'000'000), 200U);
}

std::shared_ptr<JourneyPart> random_part(std::mt19937& random, Step influencers,
                                         std::uint64_t number) {
  auto part = std::make_shared<JourneyPart>();
  part->number = number;
  for (Step i = 0; i < influencers; ++i)
    part->touched.push_back({core::InfluencerId{100 + i}, core::CampaignId{1}});
  Journeys& journeys = part->of_currencies.emplace_back();
  journeys.currency = "EUR";
  for (int i = 0; i < 3'000; ++i) {
    Step steps[6];
    for (Step& step : steps)
      step = static_cast<Step>(random() % influencers);
    PathRow& row = journeys.paths.row(std::span(steps).first(1 + random() % 6));
    ++row.conversions;
    row.value += 100;
    row.value_squares += 10'000;
    ++journeys.orders;
  }
  return part;
}

// A chain of many states is solved once, for the estimate, and not once for every replicate.
TEST(CompareModels, GiveNoIntervalsThatWouldTakeMinutes) {
  std::mt19937 random(test::random_seed());
  const auto part = random_part(random, 40, 1);
  const auto comparison =
      compare_models({part.get()}, {.markov_order = 3, .model = "markov"}).at(0);
  EXPECT_EQ(comparison.replicates, 0U);
  const auto& credit = comparison.influencers.at(0).models.at(model_names().size() - 2);
  ASSERT_TRUE(credit);
  EXPECT_GT(credit->orders_ppm, 0);
  EXPECT_FALSE(credit->orders_range);
}

TEST(JourneyDays, RememberWhatWasComparedAndForgetWhatChanged) {
  std::mt19937 random(test::random_seed());
  JourneyDays days;
  const std::vector<std::shared_ptr<const JourneyPart>> parts{random_part(random, 3, 1)};
  const std::vector<std::shared_ptr<const JourneyPart>> others{random_part(random, 3, 2)};
  const auto first = days.compare(parts, {});
  EXPECT_EQ(days.compare(parts, {}), first);
  EXPECT_NE(days.compare(parts, {.model = "linear"}), first);
  EXPECT_NE(days.compare(others, {}), first);

  const JourneyDays::Key key{core::BrandId{1}, {}, core::Instant{}.plus_days(1)};
  days.keep(key, 5, parts[0]);
  EXPECT_EQ(days.find(key, 5), parts[0]);
  EXPECT_EQ(days.find(key, 6), nullptr);
  days.keep(key, 6, others[0]);
  EXPECT_EQ(days.find(key, 5), nullptr);
  EXPECT_EQ(days.find(key, 6), others[0]);
  // Memory for one of them alone: the one asked for longest ago goes.
  JourneyDays small(parts[0]->of_currencies[0].paths.bytes() + 10'000);
  small.keep(key, 5, parts[0]);
  const JourneyDays::Key other{core::BrandId{2}, {}, core::Instant{}.plus_days(1)};
  small.keep(other, 5, parts[0]);
  EXPECT_EQ(small.find(key, 5), nullptr);
  EXPECT_NE(small.find(other, 5), nullptr);
}

}  // namespace
}  // namespace fairlead::attribution
