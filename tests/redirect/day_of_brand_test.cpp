// A brand's wall clock: midnight, clock changes and quarter-hour zones, asked in any order.
#include "redirect/day_of_brand.hpp"

#include <gtest/gtest.h>

namespace fairlead::redirect {
namespace {

std::string shown(DayOfBrand& days, const char* zone, const char* at) {
  const DayAndHour found =
      days.of({1}, core::Zone::parse(zone).value(), core::parse_instant(at).value());
  return core::format_day(found.day) + " " + std::to_string(found.hour);
}

TEST(DayOfBrand, ShowsTheWallClockOfTheZone) {
  DayOfBrand days;
  EXPECT_EQ(shown(days, "UTC", "2026-03-02T22:59:59.999999Z"), "2026-03-02 22");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-03-02T22:59:59.999999Z"), "2026-03-02 23");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-03-02T23:00:00Z"), "2026-03-03 0");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-03-02T22:59:59.999999Z"), "2026-03-02 23");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-03-29T00:59:00Z"), "2026-03-29 1");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-03-29T01:00:00Z"), "2026-03-29 3") << "2 is missing";
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-10-25T00:30:00Z"), "2026-10-25 2");
  EXPECT_EQ(shown(days, "Europe/Berlin", "2026-10-25T01:30:00Z"), "2026-10-25 2")
      << "2 comes twice";
  EXPECT_EQ(shown(days, "Asia/Kathmandu", "2026-03-02T18:14:59Z"), "2026-03-02 23");
  EXPECT_EQ(shown(days, "Asia/Kathmandu", "2026-03-02T18:15:00Z"), "2026-03-03 0");
}

TEST(DayOfBrand, FollowsAChangedZone) {
  DayOfBrand days;
  EXPECT_EQ(shown(days, "UTC", "2026-03-02T23:30:00Z"), "2026-03-02 23");
  EXPECT_EQ(shown(days, "Asia/Tokyo", "2026-03-02T23:30:00Z"), "2026-03-03 8");
}

}  // namespace
}  // namespace fairlead::redirect
