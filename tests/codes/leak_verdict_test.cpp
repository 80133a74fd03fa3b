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
