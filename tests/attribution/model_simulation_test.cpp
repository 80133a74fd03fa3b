// Campaigns whose truth is known, so that it can be seen what each model makes of them and where it
// is wrong. The figures in docs/measurement.md are printed here.
//
// Every shopper buys with a chance of its own. An influencer adds to the chance of those it reaches
// first; a coupon influencer is met by shoppers on their way to the till and adds next to nothing.
// What an influencer brought is what would be missing without it, known because the same shoppers
// are asked again without it, with the same dice.
#include <gtest/gtest.h>

#include <cstdio>

#include "attribution/models/bootstrap.hpp"
#include "tests/attribution/report_journeys.hpp"

namespace fairlead::attribution {
namespace {

enum : Step { podcaster, reviewer, coupon, influencer_count };

struct Shopper {
  double dice_buy;
  double dice_coupon;
  bool met_podcaster, met_reviewer;
};

// How a world works: what meeting somebody adds to the chance to buy, and what a shopper who wants
// to buy does on the way.
struct World {
  double base = 0.01;  // buys without anybody, and unseen
  double by_podcaster = 0.05;
  double by_reviewer = 0.03;
  double searches_coupon = 0.5;  // of those who have decided to buy
  double looks_at_coupon = 0.0;  // of those who have not, and so are on a journey without an order
  double by_coupon = 0.0;        // added to the chance of those who have not decided
};

struct Outcome {
  std::vector<Step> journey;
  bool buys = false;
};

Outcome walk(const World& world, const Shopper& shopper, Step without) {
  Outcome outcome;
  double chance = world.base;
  if (shopper.met_podcaster && without != podcaster) {
    chance += world.by_podcaster;
    outcome.journey.push_back(podcaster);
  }
  if (shopper.met_reviewer && without != reviewer) {
    chance += world.by_reviewer;
    outcome.journey.push_back(reviewer);
  }
  outcome.buys = shopper.dice_buy < chance;
  if (without == coupon) return outcome;
  const bool meets_coupon =
      shopper.dice_coupon < (outcome.buys ? world.searches_coupon : world.looks_at_coupon);
  if (meets_coupon) {
    outcome.journey.push_back(coupon);
    outcome.buys = shopper.dice_buy < chance + world.by_coupon;
  }
  return outcome;
}

struct Simulated {
  JourneyPaths with_nulls;
  JourneyPaths without_nulls;
  std::vector<double> truth =
      std::vector<double>(influencer_count);  // orders that would be missing
  double orders = 0;                          // with a journey
};

Simulated simulate(const World& world, std::uint32_t seed, int shoppers) {
  std::mt19937_64 random(seed);
  const auto dice = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Simulated result;
  for (int i = 0; i < shoppers; ++i) {
    const Shopper shopper{dice(), dice(), dice() < 0.3, dice() < 0.3};
    const Outcome outcome = walk(world, shopper, influencer_count);
    for (Step each = 0; each < influencer_count; ++each)
      result.truth[each] += (outcome.buys ? 1 : 0) - (walk(world, shopper, each).buys ? 1 : 0);
    if (outcome.journey.empty()) continue;
    PathRow& row = result.with_nulls.row(outcome.journey);
    ++(outcome.buys ? row.conversions : row.nulls);
    if (!outcome.buys) continue;
    ++result.without_nulls.row(outcome.journey).conversions;
    ++result.orders;
  }
  return result;
}

using Shares = std::vector<double>;

Shares shares_of(const Estimate& estimate) {
  Shares shares = estimate.conversions;
  shares.resize(influencer_count);  // the last may be on no journey
  const double sum = test_journeys::sum_of(shares);
  for (double& share : shares)
    share /= sum;
  return shares;
}

Shares report_shares(Estimator (*prepare)(const JourneyPaths&, int), const JourneyPaths& paths,
                     int order = 1) {
  return shares_of(prepare(paths, order)(tallies_of(paths)).value());
}

Shares truth_of(const Simulated& simulated) {
  return shares_of({simulated.truth, {}});
}

void print(const char* model, const Shares& shares) {
  std::printf("  %-28s podcaster %5.1f %%  reviewer %5.1f %%  coupon %5.1f %%\n", model,
              100 * shares[podcaster], 100 * shares[reviewer], 100 * shares[coupon]);
}

void print_all(const char* title, const Simulated& simulated) {
  std::printf("%s: %.0f orders with a journey\n", title, simulated.orders);
  print("truth", truth_of(simulated));
  for (const char* rule : {"last_click", "first_click", "linear", "position"})
    print(rule, shares_of(rule_totals(find_model(rule), simulated.without_nulls)));
  print("shapley", report_shares(prepare_shapley, simulated.without_nulls));
  print("markov, no nulls", report_shares(prepare_markov, simulated.without_nulls));
  print("markov, with nulls", report_shares(prepare_markov, simulated.with_nulls));
  print("markov 2, with nulls", report_shares(prepare_markov, simulated.with_nulls, 2));
}

constexpr std::uint32_t seed = 20'261'128;
constexpr int shoppers = 400'000;

// A coupon influencer who stands at the till: half of those who buy anyway look for a code.
TEST(Simulation, LastClickOverpaysACouponInfluencer) {
  const auto simulated = simulate({}, seed, shoppers);
  print_all("coupon at the till", simulated);
  const auto last = shares_of(rule_totals(find_model("last_click"), simulated.without_nulls));
  const auto first = shares_of(rule_totals(find_model("first_click"), simulated.without_nulls));
  EXPECT_EQ(simulated.truth[coupon], 0);
  EXPECT_NEAR(last[coupon], 0.53, 0.02);
  EXPECT_LT(first[coupon], 0.1);
  // No model of journeys sees it either: the coupon is on half of those with an order.
  EXPECT_NEAR(report_shares(prepare_shapley, simulated.without_nulls)[coupon], 0.29, 0.02);
  EXPECT_NEAR(report_shares(prepare_markov, simulated.without_nulls)[coupon], 0.31, 0.02);
}

// As many of those who do not buy look at the coupon site: it plainly adds nothing, and only
// journeys without an order show that. A removal effect still asks who was there when somebody
// bought, so they do not help it.
TEST(Simulation, NullsDoNotTellMarkovWhoOnlyStoodByTheWay) {
  const auto simulated = simulate({.searches_coupon = 0.3, .looks_at_coupon = 0.3}, seed, shoppers);
  print_all("coupon seen by everybody", simulated);
  EXPECT_EQ(simulated.truth[coupon], 0);
  const auto blind = report_shares(prepare_markov, simulated.without_nulls);
  const auto seeing = report_shares(prepare_markov, simulated.with_nulls);
  EXPECT_NEAR(blind[coupon], 0.215, 0.02);
  EXPECT_NEAR(seeing[coupon], 0.253, 0.02);
}

// Nobody stands at the till: every touch is of somebody who convinced. Order 1 forgets who came
// before, which costs the one who is first.
TEST(Simulation, ModelsAreNearTheTruthWhenTouchesConvince) {
  const auto simulated = simulate({.base = 0.0, .searches_coupon = 0.0}, seed, shoppers);
  print_all("no coupon", simulated);
  const auto truth = truth_of(simulated);
  EXPECT_NEAR(truth[podcaster], 0.625, 0.01);
  for (const auto& shares : {report_shares(prepare_shapley, simulated.without_nulls),
                             report_shares(prepare_markov, simulated.without_nulls),
                             shares_of(rule_totals(find_model("linear"), simulated.without_nulls))})
    EXPECT_NEAR(shares[podcaster], truth[podcaster], 0.08);
  EXPECT_NEAR(report_shares(prepare_markov, simulated.with_nulls)[podcaster], 0.52, 0.02);
  // Last click misses it by a fifth of all orders.
  const auto last = shares_of(rule_totals(find_model("last_click"), simulated.without_nulls));
  EXPECT_NEAR(truth[podcaster] - last[podcaster], 0.19, 0.02);
}

}  // namespace
}  // namespace fairlead::attribution
