#include <gtest/gtest.h>

#include "app/demo_events.hpp"

namespace fairlead::app {
namespace {

const core::Instant start = *core::parse_instant("2026-01-01T00:00:00Z");

TEST(Demo, TheSameStartTellsTheSameStory) {
  const DemoEvents once = make_demo_events(demo_cast()[0], 0, start);
  const DemoEvents again = make_demo_events(demo_cast()[0], 0, start);
  ASSERT_EQ(once.clicks.size(), again.clicks.size());
  ASSERT_EQ(once.orders.size(), again.orders.size());
  for (std::size_t i = 0; i < once.clicks.size(); ++i) {
    ASSERT_EQ(once.clicks[i].at, again.clicks[i].at);
    ASSERT_EQ(once.clicks[i].verdict, again.clicks[i].verdict);
  }
  for (std::size_t i = 0; i < once.orders.size(); ++i)
    ASSERT_EQ(once.orders[i].items.front().unit_price_minor,
              again.orders[i].items.front().unit_price_minor);
}

TEST(Demo, IsLively) {
  std::size_t clicks = 0;
  std::size_t orders = 0;
  std::size_t refunds = 0;
  for (std::size_t brand = 0; brand < demo_cast().size(); ++brand) {
    const DemoEvents events = make_demo_events(demo_cast()[brand], brand, start);
    clicks += events.clicks.size();
    orders += events.orders.size();
    for (const DemoOrder& order : events.orders)
      refunds += order.refunded_ppm > 0 ? 1 : 0;
  }
  EXPECT_GT(clicks, 10'000u);
  EXPECT_GT(orders, 200u);
  EXPECT_GT(refunds, 10u);
}

TEST(Demo, StaysWithinItsSixMonthsAndInOrder) {
  for (std::size_t brand = 0; brand < demo_cast().size(); ++brand) {
    const DemoEvents events = make_demo_events(demo_cast()[brand], brand, start);
    const core::Instant end = start.plus_days(demo_days);
    core::Instant last = start;
    for (const DemoOrder& order : events.orders) {
      EXPECT_LE(last, order.at);
      EXPECT_LT(order.at, end);
      if (order.refunded_ppm > 0) {
        EXPECT_LT(order.refunded_at, end);
      }
      if (order.click) {
        EXPECT_LT(events.clicks[*order.click].at, order.at);
      }
      last = order.at;
    }
  }
}

TEST(Demo, HasNanoAndMicroInfluencersOnThreePlatforms) {
  std::size_t nano = 0;
  std::size_t micro = 0;
  std::set<std::string_view> platforms;
  for (const CastBrand& brand : demo_cast())
    for (const CastInfluencer& one : brand.influencers) {
      EXPECT_GE(one.followers, 1'000);
      EXPECT_LE(one.followers, 100'000);
      one.followers < 5'000 ? ++nano : ++micro;
      platforms.insert(one.platform);
    }
  EXPECT_GE(nano, 3u);
  EXPECT_GE(micro, 3u);
  EXPECT_EQ(platforms, (std::set<std::string_view>{"instagram", "tiktok", "youtube"}));
}

}  // namespace
}  // namespace fairlead::app
