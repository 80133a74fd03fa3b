#include "core/time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

Instant at(std::string_view text) {
  return parse_instant(text).value();
}

TEST(Instant, ReadsAndWritesAsTheTableSays) {
  for (const auto& row : test::golden_lines("core/instant.txt", 2)) {
    SCOPED_TRACE(row.where + " " + row.fields[0]);
    const auto instant = parse_instant(row.fields[0]);
    EXPECT_EQ(
        instant ? std::to_string(instant->micros) + " " + format_instant(*instant) : "refused",
        row.fields[1]);
    if (!instant) {
      EXPECT_EQ(instant.error().code, Errc::invalid);
      EXPECT_NE(instant.error().detail.find("2026-03-02T09:15:00Z"), std::string::npos)
          << "the refusal shows a good value";
    }
  }
}

TEST(Instant, TextReadsBackAsTheSameInstant) {
  test::Random random;
  for (int i = 0; i < 5'000; ++i) {
    const Instant instant{random.between(0, 253'402'300'799'999'999)};
    ASSERT_EQ(at(format_instant(instant)), instant) << instant.micros;
  }
}

TEST(Instant, AnyBytesAreReadOrRefused) {
  test::Random random;
  constexpr std::string_view letters = "0123456789-:TZ+. ";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "2026-03-02T09:15:00Z";
    for (std::int64_t changes = random.between(1, 4); changes > 0; --changes) {
      const auto place = static_cast<std::size_t>(random.between(0, 19));
      text[place] = letters[static_cast<std::size_t>(random.between(0, 16))];
    }
    const auto instant = parse_instant(text);
    if (instant) {
      ASSERT_EQ(at(format_instant(*instant)), *instant) << text;
    }
  }
}

TEST(Day, ReadsWhatItWrites) {
  EXPECT_EQ(parse_day("1970-01-01").value().number, 0);
  EXPECT_EQ(parse_day("2026-03-02").value().number, 20'514);
  EXPECT_EQ(format_day(Day{20'514}), "2026-03-02");
  EXPECT_EQ(format_day(Day{-1}), "1969-12-31");
  for (std::int32_t number = 0; number < 200'000; number += 7)
    ASSERT_EQ(parse_day(format_day(Day{number})).value().number, number);
  for (const char* text : {"", "2026-3-2", "2026-02-30", "2026-03-02T00:00:00Z", "02.03.2026",
                           "2026/03/02", "1969-12-31", "today", "2026-03-02 "})
    EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Period, IncludesItsStartAndNotItsEnd) {
  const Period period{Instant{10}, Instant{20}};
  EXPECT_FALSE(period.contains(Instant{9}));
  EXPECT_TRUE(period.contains(Instant{10}));
  EXPECT_TRUE(period.contains(Instant{19}));
  EXPECT_FALSE(period.contains(Instant{20}));
  EXPECT_FALSE((Period{Instant{10}, Instant{10}}.contains(Instant{10})));
}

TEST(Zone, DaysAndTheirStartsAreThoseOfTheTable) {
  for (const auto& row : test::golden_lines("core/zone.txt", 4)) {
    SCOPED_TRACE(row.where);
    const Zone zone = Zone::parse(row.fields[0]).value();
    const Day day = zone.day_of(at(row.fields[1]));
    EXPECT_EQ(format_day(day), row.fields[2]);
    EXPECT_EQ(format_instant(zone.start_of(day)), row.fields[3]);
  }
}

TEST(Zone, EveryInstantLiesBetweenTheStartOfItsDayAndOfTheNext) {
  test::Random random;
  for (const char* name : {"Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Pacific/Apia",
                           "Asia/Kathmandu", "Africa/Cairo", "Australia/Lord_Howe", "Etc/UTC"}) {
    const Zone zone = Zone::parse(name).value();
    for (int i = 0; i < 1'000; ++i) {
      const Instant instant{random.between(0, 2'500'000'000'000'000)};
      const Day day = zone.day_of(instant);
      ASSERT_LE(zone.start_of(day), instant) << name << " " << format_instant(instant);
      ASSERT_GT(zone.start_of(Day{day.number + 1}), instant)
          << name << " " << format_instant(instant);
    }
  }
}

TEST(Zone, RefusesNamesThatAreNotInTheSystemsData) {
  for (const std::string_view name :
       {"", "Berlin", "Europe/Nowhere", "europe/berlin", "CEST+1", "../../etc/passwd",
        "/etc/localtime", "Europe/Berlin ", "UTC+2"}) {
    const auto zone = Zone::parse(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().code, Errc::invalid);
    EXPECT_NE(zone.error().detail.find("Europe/Berlin"), std::string::npos);
  }
  EXPECT_EQ(Zone::parse("Europe/Berlin").value().name(), "Europe/Berlin");
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(Instant{5});
  EXPECT_EQ(clock.now(), Instant{5});
  EXPECT_EQ(clock.now(), Instant{5});
  clock.advance_seconds(2);
  EXPECT_EQ(clock.now(), Instant{2'000'005});
  clock.set(Instant{1});
  EXPECT_EQ(clock.now(), Instant{1});
}

TEST(SystemClock, IsInThisCentury) {
  const Instant now = SystemClock{}.now();
  EXPECT_GT(now, at("2024-01-01T00:00:00Z"));
  EXPECT_LT(now, at("2100-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace fairlead::core
