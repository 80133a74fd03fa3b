#include "core/rate.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

__extension__ using Wide = __int128;

TEST(Rate, IsZeroToOneMillion) {
  EXPECT_EQ(Rate::parse(0).value().ppm, 0);
  EXPECT_EQ(Rate::parse(1'000'000).value().ppm, ppm_one);
  EXPECT_EQ(Rate::parse(-1).error().code, Errc::invalid);
  EXPECT_EQ(Rate::parse(1'000'001).error().code, Errc::invalid);
}

TEST(Rate, SharesAreThoseOfTheTable) {
  for (const auto& row : test::golden_lines("core/rate_share.txt", 3)) {
    SCOPED_TRACE(row.where);
    EXPECT_EQ(share(std::stoll(row.fields[0]), Rate{std::stoll(row.fields[1])}),
              std::stoll(row.fields[2]));
  }
}

TEST(Rate, AShareAndItsReversalCancelAndLieWithinHalfAUnit) {
  test::Random random;
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t amount = random.any_integer();
    const Rate rate{random.between(0, ppm_one)};
    const std::int64_t part = share(amount, rate);
    const Wide twice_off = 2 * (Wide{part} * ppm_one - Wide{amount} * rate.ppm);
    ASSERT_TRUE(twice_off >= -ppm_one && twice_off <= ppm_one) << amount << " · " << rate.ppm;
    if (amount == std::numeric_limits<std::int64_t>::min()) continue;
    ASSERT_EQ(share(-amount, rate), -part) << amount << " · " << rate.ppm;
  }
}

TEST(MultiplyDivide, GivesTheResultsOfTheTable) {
  for (const auto& row : test::golden_lines("core/multiply_divide.txt", 4)) {
    SCOPED_TRACE(row.where);
    const auto result = multiply_divide(std::stoll(row.fields[0]), std::stoll(row.fields[1]),
                                        std::stoll(row.fields[2]));
    EXPECT_EQ(result ? std::to_string(*result) : std::string(name_of(result.error().code)),
              row.fields[3]);
  }
}

TEST(MultiplyDivideDeathTest, ADivisorBelowOneIsABrokenPromise) {
  EXPECT_DEATH((void)multiply_divide(1, 1, 0), "CHECK failed");
  EXPECT_DEATH((void)multiply_divide(1, 1, -3), "CHECK failed");
}

}  // namespace
}  // namespace fairlead::core
