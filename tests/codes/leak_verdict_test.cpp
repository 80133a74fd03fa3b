// What is said on the evidence, worked out by hand.
#include "codes/leak_verdict.hpp"

#include <gtest/gtest.h>

#include "codes/leaks.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::codes {
namespace {

TEST(LeakVerdict, IsAsTheLevelsSay) {
  for (const auto& line : test::golden_lines("codes/leak_verdicts.txt", 4)) {
    EXPECT_EQ(name_of(judge_leak(std::stod(line.fields[0]), std::stod(line.fields[1]),
                                 std::stoll(line.fields[2]))),
              line.fields[3])
        << line.where;
  }
}

TEST(LeakVerdict, PValueOfEvidenceIsItsInverseAndNeverAboveOne) {
  EXPECT_EQ(p_value_of(0), 1);
  EXPECT_EQ(p_value_of(0.5), 1);
  EXPECT_EQ(p_value_of(1), 1);
  EXPECT_DOUBLE_EQ(p_value_of(250), 0.004);
}

// The example of Benjamini and Hochberg (JRSS B 57, 1995), section 4: 15 p-values; the four
// smallest are discoveries at 0.05.
TEST(LeakVerdict, DiscoveriesAreThoseOfBenjaminiAndHochberg) {
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0};
  const auto q = adjust_for_discoveries(p);
  std::size_t found = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (q[i] <= 0.05) ++found;
    EXPECT_GE(q[i], p[i]);
  }
  EXPECT_EQ(found, 4u);
  EXPECT_NEAR(q[0], 0.0015, 1e-12);
  EXPECT_NEAR(q[3], 0.035625, 1e-12);
  EXPECT_NEAR(q[14], 1, 1e-12);
}

TEST(LeakVerdict, AdjustmentKeepsTheOrderGivenAndIsNeverLessForALargerP) {
  const auto q = adjust_for_discoveries(std::vector<double>{0.04, 0.001, 0.03});
  EXPECT_NEAR(q[0], 0.04, 1e-12);
  EXPECT_NEAR(q[1], 0.003, 1e-12);
  EXPECT_NEAR(q[2], 0.04, 1e-12);
  EXPECT_TRUE(adjust_for_discoveries({}).empty());
}

// By hand: 8 of 10 has Wilson's interval 0.4902 to 0.9433 (tests/golden/ledger/wilson.txt has the
// same formula in parts per million).
TEST(LeakVerdict, IntervalOfAShareIsWilsons) {
  EXPECT_NEAR(interval_of({8, 10}).low, 0.4902, 5e-5);
  EXPECT_NEAR(interval_of({8, 10}).high, 0.9433, 5e-5);
  EXPECT_EQ(interval_of({0, 0}).low, 0);
  EXPECT_EQ(interval_of({0, 0}).high, 1);
  EXPECT_EQ(interval_of({0, 10}).low, 0);
  EXPECT_NEAR(interval_of({10, 10}).high, 1, 1e-12);
}

TEST(LeakVerdict, LeakedUsesAreTheColdOnesThatTheWarmOnesDoNotExplain) {
  // At 20 % cold, 40 warm uses bring 10 cold ones; of 60 cold uses 50 are the leak's.
  const auto leaked = estimate_leaked({60, 100}, {20, 100}, 0.2);
  EXPECT_NEAR(leaked.estimate, 50, 1e-9);
  EXPECT_LT(leaked.interval.low, 40);
  EXPECT_GT(leaked.interval.high, 60 - 1e-9);
  EXPECT_EQ(estimate_leaked({5, 100}, {20, 100}, 0.2).estimate, 0);
  EXPECT_EQ(estimate_leaked({7, 7}, {0, 0}, 0.2).estimate, 7);
  EXPECT_EQ(estimate_leaked({0, 0}, {0, 0}, 1).estimate, 0);
}

TEST(LeakVerdict, CouponHostsAreFoundWithWhatStandsBeforeThem) {
  EXPECT_TRUE(is_coupon_host("retailmenot.com", {}));
  EXPECT_TRUE(is_coupon_host("www.retailmenot.com", {}));
  EXPECT_FALSE(is_coupon_host("notretailmenot.com", {}));
  EXPECT_FALSE(is_coupon_host("com", {}));
  EXPECT_FALSE(is_coupon_host("", {}));
  EXPECT_FALSE(is_coupon_host("deals.example", {}));
  EXPECT_TRUE(is_coupon_host("m.deals.example", {"deals.example"}));
}

}  // namespace
}  // namespace fairlead::codes
