// Models of all journeys together: published cases, what must hold for any journeys, and slower
// ways to the same numbers.
#include "attribution/report_models.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <set>
#include <type_traits>

#include "tests/attribution/report_journeys.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {
namespace {

using test_journeys::PathCount;
using test_journeys::paths_of;
using test_journeys::random_journeys;
using test_journeys::sum_of;

// Nobody can be paid by them: an order's weights cannot come from one.
static_assert(!std::is_convertible_v<ReportModel, Model>);
static_assert(!std::is_convertible_v<Estimate, Weights>);

Estimate estimate_of(const std::string& model, const JourneyPaths& paths, int order = 1) {
  const auto tallies = tallies_of(paths);
  for (const ReportModel& each : report_models())
    if (each.name == model) return each.prepare(paths, order)(tallies).value();
  return rule_totals(find_model(model), paths);
}

RemovalEffects effects_of(const JourneyPaths& paths, int order, Solver solver = Solver::cheaper) {
  return removal_effects(paths, order, tallies_of(paths), solver).value();
}

std::map<std::string, double> by_name(const test_journeys::NamedJourneys& journeys,
                                      const std::vector<double>& numbers) {
  std::map<std::string, double> named;
  for (const auto& [name, number] : journeys.names)
    named[name] = numbers.at(number);
  return named;
}

// What the golden line's second field asks for.
std::map<std::string, double> answer(const test_journeys::NamedJourneys& journeys,
                                     const std::string& what) {
  const JourneyPaths paths = paths_of(journeys.counts);
  const auto words = test::words_of(what);
  const int order = words.size() > 1 ? std::stoi(words[1]) : 1;
  if (words[0] == "rate") return {{"", effects_of(paths, order).conversion_rate}};
  if (words[0] == "states") return {{"", static_cast<double>(effects_of(paths, order).states)}};
  if (words[0] == "removal") return by_name(journeys, effects_of(paths, order).conversion);
  if (words[0] == "removal_value") return by_name(journeys, effects_of(paths, order).value);
  if (words[0] == "ordered") {
    std::map<std::string, double> places;
    for (const auto& share : ordered_shapley(paths, 10))
      for (const auto& [name, number] : journeys.names)
        if (number == share.influencer)
          places[name + "@" + std::to_string(share.place)] = share.conversions;
    return places;
  }
  const auto value = words[0].find("_value");
  const Estimate estimate = estimate_of(words[0].substr(0, value), paths, order);
  return by_name(journeys, value == std::string::npos ? estimate.conversions : estimate.value);
}

double number_of(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return std::stod(text);
  return std::stod(text.substr(0, slash)) / std::stod(text.substr(slash + 1));
}

TEST(ReportModels, FollowThePublishedCases) {
  const auto all = test_journeys::golden_journeys();
  std::set<std::string> with_case;
  for (const auto& [where, fields] : test::golden_lines("attribution/report_models.txt", 3)) {
    SCOPED_TRACE(where);
    auto found = answer(all.at(fields[0]), fields[1]);
    with_case.insert(test::words_of(fields[1])[0]);
    for (const auto& word : test::words_of(fields[2])) {
      const auto equals = word.find('=');
      const std::string name = equals == std::string::npos ? "" : word.substr(0, equals);
      const double expected = number_of(name.empty() ? word : word.substr(equals + 1));
      EXPECT_NEAR(found[name], expected, 1e-9 * std::max(1.0, expected)) << name;
      found.erase(name);
    }
    for (const auto& [name, number] : found)
      EXPECT_EQ(number, 0) << name << " is not in the line";
  }
  for (const ReportModel& model : report_models())
    EXPECT_TRUE(with_case.contains(std::string(model.name)))
        << model.name << " has no line in tests/golden/attribution/report_models.txt";
}

TEST(ReportModels, AreNotAmongThoseThatPay) {
  for (const ReportModel& model : report_models())
    EXPECT_NE(find_model(model.name).name, model.name);
}

TEST(ReportModels, SayNothingOfNoConversions) {
  const JourneyPaths paths = paths_of({{{0, 1}, 0, 0, 7}});
  const auto tallies = tallies_of(paths);
  for (const ReportModel& model : report_models())
    EXPECT_FALSE(model.prepare(paths, 1)(tallies).has_value()) << model.name;
}

TEST(ReportModels, WantEnoughJourneys) {
  EXPECT_FALSE(not_enough_data({100, 30}));
  for (const JourneyCounts few : {JourneyCounts{99, 30}, {100, 29}, {0, 0}}) {
    const auto missing = not_enough_data(few);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->have, few);
    EXPECT_EQ(missing->need, (JourneyCounts{100, 30}));
  }
  // A second touch of the same influencer is not a second influencer; nulls are no conversions.
  const JourneyPaths paths = paths_of({{{0, 0}, 5, 0, 9}, {{0, 1, 0}, 3, 0, 0}, {{1}, 2, 0, 0}});
  EXPECT_EQ(count_journeys(paths), (JourneyCounts{10, 3}));
}

constexpr int walks = 40'000;

// A walk over the chain by dice: another way to P and the removal effects.
RemovalEffects by_dice(const std::vector<PathCount>& counts, std::size_t influencers, int order,
                       std::mt19937& random) {
  using State = std::vector<Step>;
  std::map<State, std::vector<std::pair<State, std::int64_t>>> steps;  // {}: start
  const State conversion{UINT32_MAX}, null{UINT32_MAX - 1};
  for (const PathCount& count : counts) {
    State previous;
    const auto width = std::min(count.steps.size(), static_cast<std::size_t>(order));
    for (std::size_t i = 0; i + width <= count.steps.size(); ++i) {
      const State state(&count.steps[i], &count.steps[i] + width);
      if (state == previous) continue;
      steps[previous].push_back({state, count.conversions + count.nulls});
      previous = state;
    }
    steps[previous].push_back({conversion, count.conversions});
    steps[previous].push_back({null, count.nulls});
  }
  RemovalEffects effects{.conversion = std::vector<double>(influencers)};
  for (int walk = 0; walk < walks; ++walk) {
    State state;
    std::set<Step> met;
    while (state != conversion && state != null) {
      met.insert(state.begin(), state.end());
      const auto& ways = steps.at(state);
      std::int64_t all = 0;
      for (const auto& way : ways)
        all += way.second;
      auto left = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(all));
      for (const auto& way : ways) {
        left -= way.second;
        if (left >= 0) continue;
        state = way.first;
        break;
      }
    }
    if (state == null) continue;
    effects.conversion_rate += 1;
    for (const Step step : met)
      effects.conversion[step] += 1;
  }
  for (double& effect : effects.conversion)
    effect /= effects.conversion_rate;
  effects.conversion_rate /= walks;
  return effects;
}

TEST(Markov, AgreesWithWalksByDice) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 5; ++round) {
    const int order = 1 + round % 3;
    const auto counts = random_journeys(random, 4, 6, true);
    const JourneyPaths paths = paths_of(counts);
    const auto exact = effects_of(paths, order);
    const auto diced = by_dice(counts, paths.influencers(), order, random);
    EXPECT_NEAR(exact.conversion_rate, diced.conversion_rate, 0.015);
    // Five standard errors of a share of the walks that converted.
    const double slack = 2.5 / std::sqrt(walks * exact.conversion_rate) + 1e-9;
    for (std::size_t i = 0; i < exact.conversion.size(); ++i)
      EXPECT_NEAR(exact.conversion[i], diced.conversion[i], slack) << "order " << order;
  }
}

TEST(Markov, GivesTheSameWhicheverWayItIsSolved) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 60; ++round) {
    const JourneyPaths paths = paths_of(random_journeys(random, 8, 9, round % 2 == 0));
    const int order = 1 + round % markov_order_max;
    const auto dense = effects_of(paths, order, Solver::dense);
    const auto iterative = effects_of(paths, order, Solver::iterative);
    EXPECT_NEAR(dense.conversion_rate, iterative.conversion_rate, 1e-10);
    for (std::size_t i = 0; i < dense.conversion.size(); ++i) {
      EXPECT_NEAR(dense.conversion[i], iterative.conversion[i], 1e-9);
      EXPECT_NEAR(dense.value[i], iterative.value[i], 1e-9);
    }
  }
}

TEST(Markov, KeepsItsIdentities) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 200; ++round) {
    const auto counts = random_journeys(random, 6, 7, round % 3 != 0);
    const JourneyPaths paths = paths_of(counts);
    double conversions = 0, journeys = 0, value = 0;
    std::vector<double> containing(paths.influencers());
    for (const PathCount& count : counts) {
      conversions += static_cast<double>(count.conversions);
      journeys += static_cast<double>(count.conversions + count.nulls);
      value += static_cast<double>(count.value);
      for (const Step step : std::set<Step>(count.steps.begin(), count.steps.end()))
        containing[step] += static_cast<double>(count.conversions);
    }
    for (int order = 1; order <= markov_order_max; ++order) {
      const auto effects = effects_of(paths, order);
      EXPECT_NEAR(effects.conversion_rate, conversions / journeys, 1e-10);
      EXPECT_GE(sum_of(effects.conversion), 1 - 1e-10);
      EXPECT_LE(sum_of(effects.conversion), static_cast<double>(paths.influencers()) + 1e-10);
      const auto estimate = estimate_of("markov", paths, order);
      EXPECT_NEAR(sum_of(estimate.conversions), conversions, 1e-9 * conversions);
      EXPECT_NEAR(sum_of(estimate.value), value, 1e-9 * value);
      for (const double credit : estimate.conversions)
        EXPECT_GE(credit, 0);
    }
  }
}

TEST(Markov, IsTheShareOfPathsOnceTheOrderIsThatOfTheLongest) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 100; ++round) {
    const auto counts = random_journeys(random, 5, markov_order_max, true);
    const JourneyPaths paths = paths_of(counts);
    const auto effects = effects_of(paths, markov_order_max);
    std::vector<double> containing(paths.influencers());
    double conversions = 0;
    for (const PathCount& count : counts) {
      conversions += static_cast<double>(count.conversions);
      for (const Step step : std::set<Step>(count.steps.begin(), count.steps.end()))
        containing[step] += static_cast<double>(count.conversions);
    }
    for (std::size_t i = 0; i < containing.size(); ++i)
      EXPECT_NEAR(effects.conversion[i], containing[i] / conversions, 1e-9);
  }
}

TEST(ReportModels, AgreeWithLastClickOnOneTouch) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 50; ++round) {
    const JourneyPaths paths = paths_of(random_journeys(random, 6, 1, round % 2 == 0));
    const auto last = estimate_of("last_click", paths);
    for (const ReportModel& model : report_models()) {
      const auto estimate = estimate_of(std::string(model.name), paths);
      for (std::size_t i = 0; i < paths.influencers(); ++i)
        EXPECT_NEAR(estimate.conversions[i], last.conversions[i], 1e-9) << model.name;
    }
  }
}

// Scaling, renaming, shuffling and repeating in a row.
TEST(ReportModels, MindOnlyWhatMatters) {
  std::mt19937 random(test::random_seed());
  for (int round = 0; round < 60; ++round) {
    const auto counts = random_journeys(random, 6, 7, true);
    const JourneyPaths paths = paths_of(counts);
    std::vector<Step> names(paths.influencers());
    std::iota(names.begin(), names.end(), Step{0});
    std::shuffle(names.begin(), names.end(), random);
    auto other = counts;
    for (PathCount& count : other) {
      count.conversions *= 3;
      count.nulls *= 3;
      count.value *= 3;
      std::vector<Step> longer;
      for (const Step step : count.steps) {
        longer.push_back(names[step]);
        if (random() % 3 == 0) longer.push_back(names[step]);
      }
      count.steps = longer;
    }
    std::shuffle(other.begin(), other.end(), random);
    const JourneyPaths changed = paths_of(other);
    for (const ReportModel& model : report_models()) {
      const auto before = estimate_of(std::string(model.name), paths);
      auto after = estimate_of(std::string(model.name), changed);
      after.conversions.resize(names.size());  // the highest name may be of nobody
      for (std::size_t i = 0; i < names.size(); ++i) {
        const double expected = 3 * before.conversions[i];
        EXPECT_NEAR(after.conversions[names[i]], expected, 1e-9 * (1 + expected)) << model.name;
      }
    }
  }
}

// By the definition: the mean over all sets that an influencer can join.
std::vector<double> shapley_by_sets(std::size_t players, const std::vector<double>& worth) {
  std::vector<double> factorial(players + 1, 1);
  for (std::size_t i = 1; i <= players; ++i)
    factorial[i] = factorial[i - 1] * static_cast<double>(i);
  std::vector<double> values(players);
  for (std::uint32_t set = 0; set < worth.size(); ++set) {
    const auto size = static_cast<std::size_t>(std::popcount(set));
    for (std::size_t i = 0; i < players; ++i) {
      if ((set >> i & 1U) != 0) continue;
      values[i] += factorial[size] * factorial[players - size - 1] / factorial[players] *
                   (worth[set | 1U << i] - worth[set]);
    }
  }
  return values;
}

TEST(Shapley, OracleFollowsAPublishedWorthTable) {
  // Organic search, Facebook, direct: DP6/Marketing-Attribution-Models README (Apache-2.0).
  const auto values = shapley_by_sets(3, {0, 7, 6, 15, 4, 7, 9, 19});
  EXPECT_NEAR(values[0], 23.0 / 3, 1e-12);
  EXPECT_NEAR(values[1], 49.0 / 6, 1e-12);
  EXPECT_NEAR(values[2], 19.0 / 6, 1e-12);
}

TEST(Shapley, IsTheSumOverAllSetsAndOverPlaces) {
  std::mt19937 random(test::random_seed());
  for (Step players = 1; players <= 10; ++players) {
    auto counts = random_journeys(random, players, 12, true);
    for (Step i = 0; i < players; ++i)
      counts.push_back({{i}, 0, 0, 1});
    std::vector<double> worth(std::size_t{1} << players);
    for (std::uint32_t set = 0; set < worth.size(); ++set)
      for (const PathCount& count : counts) {
        const bool is_within = std::all_of(count.steps.begin(), count.steps.end(),
                                           [&](Step step) { return (set >> step & 1U) != 0; });
        if (is_within) worth[set] += static_cast<double>(count.conversions);
      }
    const auto expected = shapley_by_sets(players, worth);
    const JourneyPaths paths = paths_of(counts);
    const auto estimate = estimate_of("shapley", paths);
    std::vector<double> over_places(players), value_over_places(players);
    for (const PlaceShare& share : ordered_shapley(paths, 5)) {
      EXPECT_TRUE(share.place >= 1 && share.place <= 5);
      over_places[share.influencer] += share.conversions;
      value_over_places[share.influencer] += share.value;
    }
    for (Step i = 0; i < players; ++i) {
      EXPECT_NEAR(estimate.conversions[i], expected[i], 1e-9 * (1 + worth.back()));
      EXPECT_NEAR(over_places[i], expected[i], 1e-9 * (1 + worth.back()));
      EXPECT_NEAR(value_over_places[i], estimate.value[i], 1e-9 * (1 + estimate.value[i]));
    }
  }
}

TEST(Shapley, AddsUpOverSetsOfOrders) {
  std::mt19937 random(test::random_seed());
  auto first = random_journeys(random, 7, 8, false);
  const auto second = random_journeys(random, 7, 8, false);
  first.push_back({{6}, 1, 10, 0});
  const auto a = estimate_of("shapley", paths_of(first));
  auto b = estimate_of("shapley", paths_of(second));
  b.conversions.resize(7);
  first.insert(first.end(), second.begin(), second.end());
  const auto both = estimate_of("shapley", paths_of(first));
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_NEAR(both.conversions[i], a.conversions[i] + b.conversions[i], 1e-9);
}

// A journey's time shares, and every rule, hand out exactly what there is.
TEST(RuleTotals, SumToTheConversionsAndTheirValue) {
  std::mt19937 random(test::random_seed());
  JourneyPaths paths;
  double conversions = 0, value = 0;
  for (int order = 0; order < 500; ++order) {
    std::vector<Step> steps(1 + random() % 6);
    std::vector<Visit> visits(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      steps[i] = static_cast<Step>(random() % 5);
      visits[i].at = core::Instant{}.plus_days(static_cast<std::int64_t>(i * (random() % 9)));
    }
    std::sort(visits.begin(), visits.end(),
              [](const Visit& a, const Visit& b) { return a.at < b.at; });
    PathRow& row = paths.row(steps, static_cast<std::uint32_t>(random() % steps.size()));
    const auto worth = static_cast<std::int64_t>(random() % 10'000);
    ++row.conversions;
    row.value += worth;
    conversions += 1;
    value += static_cast<double>(worth);
    add_time_shares({visits, visits.back().at}, static_cast<double>(worth), paths.time_shares(row));
  }
  for (const Model& model : models()) {
    const auto totals = rule_totals(model, paths);
    EXPECT_NEAR(sum_of(totals.conversions), conversions, 1e-7) << model.name;
    EXPECT_NEAR(sum_of(totals.value), value, 1e-4) << model.name;
  }
}

// Rows stay apart by path and by the click that gave the code, also when the table has grown.
TEST(JourneyPaths, CountEqualPathsTogether) {
  JourneyPaths paths;
  for (int round = 0; round < 2; ++round)
    for (Step a = 0; a < 40; ++a)
      for (Step b = 0; b < 40; ++b) {
        const Step steps[] = {a, b, a};
        ++paths.row(steps, 0).conversions;
        ++paths.row(steps, 1).nulls;
        ++paths.row(steps, 2).conversions;  // the last touch: as without
      }
  ASSERT_EQ(paths.rows().size(), 3'200U);
  for (const PathRow& row : paths.rows()) {
    EXPECT_EQ(row.conversions, row.key == 0 ? 4 : 0);
    EXPECT_EQ(row.nulls, row.key == 0 ? 0 : 2);
    EXPECT_EQ(paths.steps(row).front(), paths.steps(row).back());
  }
  EXPECT_EQ(paths.influencers(), 40U);
}

}  // namespace
}  // namespace fairlead::attribution
