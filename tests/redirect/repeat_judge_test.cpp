// Repeats and floods: the windows to the millisecond, who counts for whom, and what a million
// persons at once do to it.
#include "redirect/repeat_judge.hpp"

#include <gtest/gtest.h>

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {
namespace {

using core::ClickVerdict;
constexpr std::int64_t start_ms = 1'700'000'000'000;

struct Visit {
  std::uint64_t who = 1 << 16 | 7;
  std::int64_t link = 1;
  std::uint8_t network = 1;
  ClickVerdict first = ClickVerdict::valid;
};

ClickVerdict judged(RepeatJudge& judge, std::int64_t at_ms, const Visit& visit = {}) {
  ClickRecord click;
  click.id = {core::first_id_at({(start_ms + at_ms) * 1000})};
  click.link = {visit.link};
  click.who = visit.who;
  click.verdict = visit.first;
  click.network.size = visit.network == 0 ? 0 : 3;
  click.network.bytes = {203, 0, visit.network};
  return judge.judge(click);
}

std::uint64_t person(std::uint64_t number, std::uint16_t agent) {
  return seeded_hash(number + 1, "person") << 16 | agent;
}

TEST(RepeatJudge, TheWindowBeginsWithTheClickBefore) {
  RepeatJudge judge({});
  EXPECT_EQ(judged(judge, 0), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 10'000), ClickVerdict::duplicate);
  EXPECT_EQ(judged(judge, 20'000), ClickVerdict::duplicate);  // 10 s after a duplicate
  EXPECT_EQ(judged(judge, 30'001), ClickVerdict::valid);
}

TEST(RepeatJudge, OtherLinksAndOtherPersonsAreNoRepeat) {
  RepeatJudge judge({});
  EXPECT_EQ(judged(judge, 0), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 1, {.link = 2}), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 2, {.who = 2 << 16 | 7}), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 3), ClickVerdict::duplicate);
  EXPECT_EQ(judged(judge, 4, {.who = 0}), ClickVerdict::valid) << "nobody can be told";
  EXPECT_EQ(judged(judge, 5, {.who = 0}), ClickVerdict::valid);
}

TEST(RepeatJudge, WhatIsRefusedAlreadyKeepsItsVerdictAndIsNoEarlierClick) {
  RepeatJudge judge({});
  for (const ClickVerdict first : {ClickVerdict::head, ClickVerdict::prefetch, ClickVerdict::bot,
                                   ClickVerdict::preview, ClickVerdict::embedded})
    EXPECT_EQ(judged(judge, 0, {.first = first}), first);
  EXPECT_EQ(judged(judge, 1), ClickVerdict::valid) << "a HEAD before the GET takes nothing away";
}

TEST(RepeatJudge, TheEleventhClickOfAMinuteIsAFlood) {
  RepeatJudge judge({.duplicate_window_s = 0});
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(judged(judge, i * 1000), ClickVerdict::valid) << i;
  EXPECT_EQ(judged(judge, 10'000), ClickVerdict::flood);
  EXPECT_EQ(judged(judge, 59'999), ClickVerdict::flood);
  EXPECT_EQ(judged(judge, 60'000), ClickVerdict::valid) << "a new minute";
}

TEST(RepeatJudge, AFloodIsNoDuplicateAndBothCanBeOff) {
  RepeatJudge both({.duplicate_window_s = 10, .person_minute_max = 1});
  EXPECT_EQ(judged(both, 0), ClickVerdict::valid);
  EXPECT_EQ(judged(both, 1), ClickVerdict::flood);
  RepeatJudge off({.duplicate_window_s = 0, .person_minute_max = 0, .network_minute_max = 0});
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(judged(off, 0), ClickVerdict::valid);
}

TEST(RepeatJudge, OnlyTheExcessOfANetworkWithFewAgentsIsAFlood) {
  RepeatJudge judge({});
  for (std::uint64_t i = 0; i < 300; ++i)
    EXPECT_EQ(judged(judge, 0, {.who = person(i, i % 3)}), ClickVerdict::valid) << i;
  EXPECT_EQ(judged(judge, 1, {.who = person(300, 0)}), ClickVerdict::flood);
  EXPECT_EQ(judged(judge, 2, {.who = person(301, 0), .network = 2}), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 3, {.who = person(302, 0), .network = 0}), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 4, {.who = person(303, 9)}), ClickVerdict::valid) << "a fourth agent";
  EXPECT_EQ(judged(judge, 5, {.who = person(304, 0)}), ClickVerdict::valid) << "many agents";
  EXPECT_EQ(judged(judge, 60'000, {.who = person(305, 0)}), ClickVerdict::valid);
}

TEST(RepeatJudge, ClocksMayJumpBack) {
  RepeatJudge judge({});
  EXPECT_EQ(judged(judge, 100'000'000), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 99'999'000), ClickVerdict::duplicate) << "threads are not in step";
  EXPECT_EQ(judged(judge, 0), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, 1), ClickVerdict::duplicate);
  EXPECT_EQ(judged(judge, 100'000'000), ClickVerdict::valid);
}

TEST(RepeatJudge, WeeksLaterIsNotNow) {
  RepeatJudge judge({});
  EXPECT_EQ(judged(judge, 0), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, std::int64_t{1} << 31), ClickVerdict::valid);
  EXPECT_EQ(judged(judge, std::int64_t{1} << 32), ClickVerdict::valid);
}

TEST(RepeatJudge, AMillionPersonsAtOnceForgetFewAndAccuseNobody) {
  RepeatJudge judge({.network_minute_max = 0});
  constexpr std::uint64_t persons = 1'000'000;
  for (std::uint64_t i = 0; i < persons; ++i)
    ASSERT_EQ(judged(judge, static_cast<std::int64_t>(i / 1000), {.who = person(i, 1)}),
              ClickVerdict::valid)
        << i;
  std::uint64_t missed = 0;
  for (std::uint64_t i = persons - 100'000; i < persons; ++i)
    missed += judged(judge, 2000, {.who = person(i, 1)}) == ClickVerdict::valid ? 1 : 0;
  EXPECT_GT(judge.forgotten(), 0U);
  EXPECT_LT(missed, 100'000U / 20) << "of the latest hundred thousand";
}

TEST(RepeatJudge, WhoIsAddressAndAgentAndTellsTheAgentAlone) {
  constexpr std::uint64_t seed = 5;
  const std::uint64_t one = who_of(seed, "203.0.113.1", "a");
  EXPECT_EQ(one, who_of(seed, "203.0.113.1", "a"));
  EXPECT_NE(one, who_of(seed, "203.0.113.2", "a"));
  EXPECT_NE(one, who_of(seed, "203.0.113.1", "b"));
  EXPECT_NE(one, who_of(seed + 1, "203.0.113.1", "a"));
  EXPECT_EQ(one & 0xffff, who_of(seed, "203.0.113.2", "a") & 0xffff);
  EXPECT_NE(one & 0xffff, who_of(seed, "203.0.113.1", "b") & 0xffff);
}

}  // namespace
}  // namespace fairlead::redirect
