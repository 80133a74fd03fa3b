#include "admin/closed_days.hpp"

#include <gtest/gtest.h>

namespace fairlead::admin {
namespace {

ClosedDays::Key days(std::int32_t first, std::int64_t changes = 0) {
  return {{7}, changes, {first}, {first + 1}};
}

std::shared_ptr<const ClosedDays::Sums> sums_of(std::size_t bytes) {
  auto sums = std::make_shared<ClosedDays::Sums>();
  sums->visitors.emplace_back(1, std::string(bytes, 'x'));
  return sums;
}

TEST(ClosedDays, AreFoundUnderTheirKeyAlone) {
  ClosedDays closed;
  const auto sums = sums_of(1);
  closed.keep(days(10), sums);
  EXPECT_EQ(closed.find(days(10)), sums);
  EXPECT_EQ(closed.find(days(11)), nullptr);
  EXPECT_EQ(closed.find(days(10, 1)), nullptr) << "a day before changed since";
  closed.keep(days(10), sums_of(2));
  EXPECT_EQ(closed.find(days(10)), sums) << "the first of two threads";
}

TEST(ClosedDays, AskedForLongestAgoGoFirst) {
  ClosedDays closed(1000);
  closed.keep(days(1), sums_of(300));
  closed.keep(days(2), sums_of(300));
  EXPECT_NE(closed.find(days(1)), nullptr);
  closed.keep(days(3), sums_of(300));
  EXPECT_NE(closed.find(days(1)), nullptr);
  EXPECT_EQ(closed.find(days(2)), nullptr);
  EXPECT_NE(closed.find(days(3)), nullptr);
  closed.keep(days(4), sums_of(1000));
  EXPECT_EQ(closed.find(days(4)), nullptr) << "too much for all of the memory";
  EXPECT_NE(closed.find(days(3)), nullptr);
}

}  // namespace
}  // namespace fairlead::admin
