// Differences between two arms against published and hand-made numbers, and what is said of a run.
#include "attribution/incrementality.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "attribution/incrementality/arm_sizes.hpp"
#include "attribution/incrementality/means.hpp"
#include "attribution/incrementality/units.hpp"
#include "tests/support/random.hpp"

namespace fairlead::attribution {
namespace {

using namespace incrementality;

// Newcombe (1998), table II, method 10; the Wilson limits are those of its companion paper.
TEST(Rates, DifferencesAreThePublishedOnes) {
  struct Case {
    Count one, two;
    double low, high;
  };
  for (const Case& each :
       {Case{{56, 70}, {48, 80}, .0524, .3339}, Case{{9, 10}, {3, 10}, .1705, .8090},
        Case{{5, 56}, {0, 29}, -.0381, .1926}}) {
    const Estimate estimate = difference_of_rates(each.one, each.two);
    EXPECT_NEAR(estimate.range.low, each.low, 5e-5);
    EXPECT_NEAR(estimate.range.high, each.high, 5e-5);
  }
  EXPECT_NEAR(wilson({81, 263}).low, .2553, 5e-5);
  EXPECT_NEAR(wilson({15, 148}).high, .1605, 5e-5);
  EXPECT_DOUBLE_EQ(wilson({0, 20}).low, 0);
}

TEST(Rates, LiftTestAndSizeOfAPlainExperiment) {
  const Count treated{120, 4'000};
  const Count held_out{80, 4'000};
  const Lift lift = lift_of_rates(treated, held_out).value();
  EXPECT_NEAR(lift.value, .5, 1e-12);
  EXPECT_NEAR(lift.range.low, .1343, 5e-5);
  EXPECT_NEAR(lift.range.high, .9837, 5e-5);
  // A pooled z of 2.8645.
  EXPECT_NEAR(difference_of_rates(treated, held_out).p_value, std::erfc(2.8645 / std::sqrt(2)),
              1e-6);
  EXPECT_EQ(visitors_needed(.024, .020), 21'109);
  EXPECT_EQ(lift_of_rates({3, 10}, {0, 10}), std::nullopt);
  EXPECT_DOUBLE_EQ(difference_of_rates({0, 10}, {0, 20}).p_value, 1);
}

// Of equal sizes the pooled error is Welch's own.
TEST(Means, WelchsTestByHand) {
  Sums one{.of = 5};
  for (const double amount : {3, 4, 5, 6, 7})
    one.add(amount);
  Sums two{.of = 5};
  for (const double amount : {1, 2, 3, 4, 9})
    two.add(amount);
  EXPECT_DOUBLE_EQ(one.variance(), 2.5);
  EXPECT_NEAR(two.variance(), 9.7, 1e-12);
  const Estimate estimate = difference_of_means(one, two);
  EXPECT_NEAR(estimate.value, 1.2, 1e-12);
  // se² = 2.5/5 + 9.7/5 = 2.44, df = 2.44² / (0.5²/4 + 1.94²/4) = 5.9334
  EXPECT_NEAR(estimate.standard_error, std::sqrt(2.44), 1e-12);
  const double reach = estimate.range.high - estimate.value;
  EXPECT_NEAR(reach / estimate.standard_error, 2.453582, 1e-6);  // t of 0.975 at that df
  EXPECT_NEAR(estimate.range.low, estimate.value - reach, 1e-12);
  // A large arm without spread is as sure as it looks; a small one is not.
  Sums flat{.of = 10};
  for (int i = 0; i < 10; ++i)
    flat.add(5);
  EXPECT_NEAR(difference_of_means(two, flat).standard_error, std::sqrt(9.7 / 5), 1e-9);
  EXPECT_NEAR(difference_of_means(flat, two).standard_error, std::sqrt(9.7 / 5), 1e-9);
  Sums small{.of = 2};
  small.add(5);
  small.add(5);
  EXPECT_NEAR(difference_of_means(two, small).standard_error,
              std::sqrt(9.7 * 4 / 5 * (1.0 / 5 + 1.0 / 2)), 1e-9);
  const Sums nothing{.of = 10};
  EXPECT_DOUBLE_EQ(difference_of_means(nothing, nothing).p_value, 1);
}

std::vector<Unit> units_of(std::initializer_list<double> treated,
                           std::initializer_list<double> held_out, double exposure = 1) {
  std::vector<Unit> units;
  for (const double outcome : treated)
    units.push_back({exposure, outcome, false});
  for (const double outcome : held_out)
    units.push_back({exposure, outcome, true});
  return units;
}

TEST(Units, CountsEveryWayToDrawThem) {
  EXPECT_EQ(ways_to_draw(8, 4), 70);
  EXPECT_EQ(ways_to_draw(8, 0), 1);
  EXPECT_EQ(ways_to_draw(0, 0), 1);
  EXPECT_EQ(ways_to_draw(250, 125), 1'000'000'000'000'000'000);
  // 35 ways: no p-value of 5 % exists.
  EXPECT_EQ(difference_over_units(units_of({9, 9, 9, 9}, {1, 1, 1}), 1), std::nullopt);
}

// Of 70 draws only the one that happened separates the units so far: 2/70. Moving the treated ones
// by an effect moves the interval by it.
TEST(Units, TellsWhatTheDrawItselfWouldShow) {
  const auto units = units_of({11, 12, 13, 14}, {1, 2, 3, 4});
  const Estimate estimate = difference_over_units(units, 1).value();
  EXPECT_DOUBLE_EQ(estimate.value, 10);
  EXPECT_NEAR(estimate.p_value, 2.0 / 70, 1e-12);
  EXPECT_GT(estimate.range.low, 0);
  EXPECT_LT(estimate.range.low, 10);
  EXPECT_GT(estimate.range.high, 10);
  const Estimate moved = difference_over_units(units_of({1, 2, 3, 4}, {1, 2, 3, 4}), 1).value();
  EXPECT_NEAR(moved.range.low, estimate.range.low - 10, 1e-9);
  EXPECT_NEAR(moved.range.high, estimate.range.high - 10, 1e-9);
  EXPECT_GT(moved.p_value, 0.9);
}

// The limits are where the test itself changes its mind, searched for by trying effects.
TEST(Units, IntervalIsTheInversionOfTheTest) {
  test::Random random;
  for (int round = 0; round < 20; ++round) {
    std::vector<Unit> units;
    for (int i = 0; i < 9; ++i)
      units.push_back({static_cast<double>(random.between(1, 50)),
                       static_cast<double>(random.between(0, 40)), i < 4});
    const Estimate estimate = difference_over_units(units, 1).value();
    const auto p_under = [&](double effect) {
      auto without = units;
      for (Unit& unit : without)
        if (!unit.is_held_out) unit.outcome -= effect * unit.exposure;
      return difference_over_units(without, 1).value().p_value;
    };
    const double step = 1e-6 * (estimate.range.high - estimate.range.low);
    EXPECT_GT(p_under(estimate.range.low + step), 0.05);
    EXPECT_LE(p_under(estimate.range.low - step), 0.05);
    EXPECT_GT(p_under(estimate.range.high - step), 0.05);
    EXPECT_LE(p_under(estimate.range.high + step), 0.05);
  }
}

TEST(Units, LeavesOutThoseWithoutClicksAndRepeatsItself) {
  auto units = units_of({11, 12, 13, 14, 15, 9, 8, 17}, {1, 2, 3, 4, 14, 13, 12, 5}, 7);
  const Estimate all = difference_over_units(units, 5, 999).value();
  units.push_back({0, 0, true});
  const Estimate again = difference_over_units(units, 5, 999).value();
  EXPECT_DOUBLE_EQ(all.p_value, again.p_value);
  EXPECT_DOUBLE_EQ(all.range.low, again.range.low);
  // 12,870 ways, drawn and counted: the same but for chance.
  const Estimate counted = difference_over_units(units, 5, 20'000).value();
  EXPECT_NEAR(all.p_value, counted.p_value, 0.03);
}

TEST(ArmSizes, AreWrongOnlyFarFromTheShare) {
  EXPECT_NEAR(sizes_p_value(5'050, 4'950, 500'000), std::erfc(1 / std::sqrt(2)), 1e-9);  // z = 1
  EXPECT_LT(sizes_p_value(5'200, 4'800, 500'000), mismatch_p_max);
  EXPECT_GT(sizes_p_value(9'000, 1'000, 100'000), 0.99);
  EXPECT_DOUBLE_EQ(sizes_p_value(0, 0, 500'000), 1);
  EXPECT_NEAR(units_p_value(10, 0, 500'000), 2.0 / 1'024, 1e-12);
  EXPECT_DOUBLE_EQ(units_p_value(5, 5, 500'000), 1);
}

RunFacts visitors(std::int64_t treated, std::int64_t treated_orders, std::int64_t held_out,
                  std::int64_t held_out_orders, std::int64_t amount = 5'000) {
  RunFacts facts{.kind = RunKind::visitor, .held_out_ppm = 500'000};
  facts.clicks = {{"", false, treated + 7, treated}, {"", true, held_out + 3, held_out}};
  for (std::int64_t i = 0; i < treated_orders; ++i)
    facts.orders.push_back({"", false, 1'000 + i, "EUR", amount});
  for (std::int64_t i = 0; i < held_out_orders; ++i)
    facts.orders.push_back({"", true, 1'000'000 + i, "EUR", amount});
  return facts;
}

TEST(Run, OfVisitorsTellsOrdersAndRevenueOfTheTreated) {
  const RunReport report = measure(visitors(4'000, 120, 4'000, 80));
  EXPECT_FALSE(report.is_size_wrong);
  EXPECT_EQ(report.missing, std::nullopt);
  ASSERT_TRUE(report.orders);
  EXPECT_EQ(report.orders->method, Method::newcombe);
  EXPECT_NEAR(report.orders->incremental, 40, 1e-9);
  EXPECT_NEAR(report.orders->lift->value, .5, 1e-9);
  EXPECT_GT(report.orders->range.low, 0);
  EXPECT_LT(report.orders->p_value, 0.005);
  const Increment& money = report.revenue.at("EUR");
  EXPECT_NEAR(money.incremental, 200'000, 1e-6);
  EXPECT_EQ(report.treated.net_revenue_minor.at("EUR"), 600'000);
  EXPECT_EQ(report.treated.clicks, 4'007);
  // All orders are alike, so money says what orders say.
  EXPECT_NEAR(money.range.low / 5'000, report.orders->range.low, 1.5);
}

TEST(Run, CountsSecondOrdersByMeansAndStrangersNotAtAll) {
  RunFacts facts = visitors(4'000, 120, 4'000, 80);
  facts.orders.push_back({"", false, 1'000, "EUR", 5'000});  // the first buyer's second
  facts.orders.push_back({"", false, 0, "EUR", 5'000});      // nobody who may be known
  const RunReport report = measure(facts);
  EXPECT_EQ(report.treated.orders, 121);
  EXPECT_EQ(report.treated.buyers, 120);
  EXPECT_EQ(report.orders->method, Method::welch);
  EXPECT_NEAR(report.orders->incremental, 41, 1e-9);
}

TEST(Run, SaysWhatIsMissingInsteadOfANumber) {
  const RunReport few = measure(visitors(4'000, 12, 4'000, 7));
  ASSERT_TRUE(few.missing);
  EXPECT_EQ(few.missing->orders, 19);
  EXPECT_EQ(few.missing->visitors, 4'000);
  EXPECT_EQ(few.orders, std::nullopt);
  EXPECT_TRUE(few.revenue.empty());
  EXPECT_TRUE(measure(visitors(99, 20, 500, 20)).missing);
  const RunReport enough = measure(visitors(100, 20, 100, 20));
  EXPECT_FALSE(enough.missing);
  EXPECT_TRUE(enough.revenue.empty()) << "40 orders are too few for money";
  EXPECT_TRUE(measure({}).missing);
}

TEST(Run, SeesThatAnArmIsTooSmall) {
  EXPECT_TRUE(measure(visitors(4'000, 50, 3'600, 50)).is_size_wrong);
  EXPECT_FALSE(measure(visitors(4'000, 50, 3'900, 50)).is_size_wrong);
}

TEST(Run, OfUnitsComparesUnits) {
  RunFacts facts{.kind = RunKind::time, .held_out_ppm = 500'000, .seed = 3};
  for (int window = 0; window < 12; ++window) {
    const bool is_held_out = window % 2 == 1;
    facts.clicks.push_back({std::to_string(window), is_held_out, 100, 90});
    const int orders = 10 + window % 3 + (is_held_out ? 0 : 5);
    for (int i = 0; i < orders; ++i)
      facts.orders.push_back({std::to_string(window), is_held_out, 0, "EUR", 5'000});
  }
  const RunReport report = measure(facts);
  ASSERT_TRUE(report.orders);
  EXPECT_EQ(report.orders->method, Method::draws);
  EXPECT_NEAR(report.orders->incremental, 30, 1e-9);
  EXPECT_LT(report.orders->p_value, 0.01);
  EXPECT_NEAR(report.revenue.at("EUR").incremental, 150'000, 1e-6);
  EXPECT_EQ(report.treated.units, 6);
  EXPECT_EQ(report.mixed, 0);
  facts.clicks.push_back({"0", true, 1, 1});
  EXPECT_TRUE(measure(facts).is_size_wrong) << "a window in both arms";
}

}  // namespace
}  // namespace fairlead::attribution
