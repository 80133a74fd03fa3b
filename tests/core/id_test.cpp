#include "core/id.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

Instant at(std::string_view text) {
  return parse_instant(text).value();
}

TEST(Id, TextIsItsPrefixAndThirteenLetters) {
  EXPECT_EQ(LinkId{1}.text(), "lnk_0000000000001");
  EXPECT_EQ(LinkId{32}.text(), "lnk_0000000000010");
  EXPECT_EQ(DealId{std::numeric_limits<std::int64_t>::max()}.text(), "deal_7zzzzzzzzzzzz");
}

TEST(Id, TextReadsBackAsTheSameIdAndOrdersLikeIt) {
  test::Random random;
  std::int64_t before = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t number = std::max<std::int64_t>(1, random.any_integer());
    const OrderId id{number};
    ASSERT_EQ(OrderId::parse(id.text()).value(), id) << number;
    if (before != 0) {
      ASSERT_EQ(id.text() <=> OrderId{before}.text(), number <=> before) << number << " " << before;
    }
    before = number;
  }
}

TEST(Id, RefusesOtherPrefixesAndTextsThatItWouldNotWrite) {
  for (const std::string_view text : {"",
                                      "lnk_",
                                      "lnk",
                                      "ord_0000000000001",
                                      "0000000000001",
                                      "lnk_000000000001",
                                      "lnk_00000000000001",
                                      "lnk_000000000000l",
                                      "lnk_000000000000i",
                                      "lnk_000000000000o",
                                      "lnk_000000000000u",
                                      "lnk_000000000000A",
                                      "LNK_0000000000001",
                                      "lnk_0000000000000",
                                      "lnk_8000000000000",
                                      "lnk_zzzzzzzzzzzzz",
                                      "lnk_g000000000001",
                                      "lnk_000000000000 ",
                                      " lnk_0000000000001",
                                      "lnk_-000000000001"}) {
    const auto id = LinkId::parse(text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().code, Errc::invalid);
    EXPECT_NE(id.error().detail.find("lnk_"), std::string::npos);
  }
  EXPECT_FALSE(LinkId::parse(std::string_view("lnk_00000000000\0001", 17)));
}

TEST(IdMaker, RisesEvenWhenTheClockJumpsBackOrStandsStill) {
  test::Random random;
  IdMaker maker;
  Instant now = at("2026-03-02T09:15:00Z");
  std::int64_t last = 0;
  for (int i = 0; i < 50'000; ++i) {
    switch (random.between(0, 5)) {
      case 0:
        now = now.plus_seconds(-random.between(0, 86'400));
        break;
      case 1:
        now = now.plus_micros(random.between(0, 5'000'000));
        break;
      default:
        break;
    }
    const std::int64_t number =
        maker.next(now, static_cast<std::uint32_t>(random.between(0, (1 << 22) - 1)));
    ASSERT_GT(number, last);
    last = number;
  }
}

TEST(IdMaker, RunsOnIntoTheNextMillisecondWhenOneIsFull) {
  IdMaker maker;
  const Instant now = at("2026-03-02T09:15:00Z");
  const std::int64_t last_of_ms = maker.next(now, (1u << 22) - 1);
  const std::int64_t next = maker.next(now, 0);
  EXPECT_EQ(next, last_of_ms + 1);
  EXPECT_EQ(instant_of_id(next), now.plus_micros(1'000));
  EXPECT_GT(maker.next(now.plus_micros(1'000), 0), next);
}

TEST(Id, KnowsTheMillisecondItWasMadeIn) {
  const Instant now = at("2026-03-02T09:15:00.123Z");
  IdMaker maker;
  EXPECT_EQ(instant_of_id(maker.next(now, 77)), now);
  EXPECT_EQ(instant_of_id(maker.next(now.plus_micros(999), 77)), now) << "micros are cut";
  EXPECT_LE(first_id_at(now), IdMaker{}.next(now, 0));
  EXPECT_GT(first_id_at(now.plus_micros(1'000)), IdMaker{}.next(now, (1u << 22) - 1));
}

// A report may ask from the first to the last day there is; its range of ids must not wrap round.
TEST(Id, RangesOfAnyPeriodAreOrdered) {
  EXPECT_EQ(first_id_at(Instant{0}), 0);
  EXPECT_EQ(first_id_at(at("2019-12-31T23:59:59Z")), 0);
  std::int64_t before = 0;
  for (int year = 2021; year <= 9999; ++year) {
    const std::int64_t first = first_id_at(at(std::to_string(year) + "-01-01T00:00:00Z"));
    ASSERT_GE(first, before) << year;
    if (year < 2089) {
      ASSERT_GT(first, before) << year;
    }
    before = first;
  }
}

TEST(Id, NewOnesAreUniqueAcrossThreads) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 2'000;
  std::vector<std::vector<std::int64_t>> made(threads);
  {
    std::vector<std::jthread> makers;
    for (auto& numbers : made)
      makers.emplace_back([&numbers] {
        const Instant now = SystemClock{}.now();
        for (std::size_t i = 0; i < each; ++i)
          numbers.push_back(new_id_number(now));
      });
  }
  std::set<std::int64_t> all;
  for (const auto& numbers : made)
    all.insert(numbers.begin(), numbers.end());
  EXPECT_EQ(all.size(), threads * each);
}

}  // namespace
}  // namespace fairlead::core
