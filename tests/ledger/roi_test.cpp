#include "ledger/roi.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "tests/support/golden.hpp"

namespace fairlead::ledger {
namespace {

std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "null";
}

TEST(Roi, FollowsTheGoldenLines) {
  for (const test::GoldenLine& line : test::golden_lines("ledger/roi.txt", 2)) {
    const auto in = test::integers_of(line.fields[0]);
    ASSERT_EQ(in.size(), 9u) << line.where;
    const RoiSums sums{.clicks_valid = in[0],
                       .orders = in[1],
                       .click_orders = in[2],
                       .net_revenue_minor = in[3],
                       .commission_minor = in[4],
                       .fee_minor = in[5],
                       .gift_minor = in[6],
                       .other_cost_minor = in[7]};
    const Roi roi = roi_of(sums, core::Rate{in[8]});
    std::ostringstream out;
    out << roi.cost_minor << ' ' << roi.profit_minor << ' ' << text_of(roi.roi_ppm) << ' '
        << text_of(roi.roas_ppm) << ' ' << text_of(roi.conversion_rate_ppm) << ' '
        << text_of(roi.aov_minor) << ' ' << text_of(roi.epc_minor) << ' ' << text_of(roi.cpa_minor);
    EXPECT_EQ(out.str(), line.fields[1]) << line.where;
  }
}

TEST(Roi, IsRoasLessOneWithoutAMargin) {
  const Roi roi =
      roi_of({.net_revenue_minor = 171'000, .commission_minor = 34'600}, core::Rate{1'000'000});
  EXPECT_EQ(*roi.roas_ppm - *roi.roi_ppm, 1'000'000);
}

TEST(Roi, SaturatesInsteadOfWrappingAround) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Roi roi = roi_of({.commission_minor = most, .fee_minor = most}, core::Rate{1'000'000});
  EXPECT_EQ(roi.cost_minor, most);
  EXPECT_EQ(roi.profit_minor, -most);
  EXPECT_EQ(roi.cpa_minor, std::nullopt);
}

TEST(Wilson, FollowsTheGoldenLines) {
  for (const test::GoldenLine& line : test::golden_lines("ledger/wilson.txt", 4)) {
    const Interval interval =
        wilson_interval_ppm(std::stoll(line.fields[0]), std::stoll(line.fields[1]));
    EXPECT_EQ(text_of(interval.low), line.fields[2]) << line.where;
    EXPECT_EQ(text_of(interval.high), line.fields[3]) << line.where;
  }
}

TEST(Wilson, HoldsTheRateItIsAbout) {
  for (std::int64_t n = 1; n < 300; ++n)
    for (std::int64_t k = 0; k <= n; ++k) {
      const Interval interval = wilson_interval_ppm(k, n);
      const std::int64_t rate = *ratio(k, n, 1'000'000);
      ASSERT_LE(*interval.low, rate) << k << "/" << n;
      ASSERT_GE(*interval.high, rate) << k << "/" << n;
    }
}

}  // namespace
}  // namespace fairlead::ledger
