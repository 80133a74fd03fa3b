#include "codes/guess_limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace fairlead::codes {

namespace {

constexpr core::Instant start{1'772'442'900'000'000};

Guesser guesser(const char* address, std::int64_t key = 1, std::int64_t brand = 1) {
  return {core::BrandId{brand}, core::KeyId{key}, core::network_prefix(address)};
}

// How many guesses pass before the first that does not.
int passing(GuessLimits& limits, const Guesser& who, core::Instant now, int max = 1'000) {
  for (int i = 0; i < max; ++i)
    if (limits.take(who, now) > 0) return i;
  return max;
}

TEST(GuessLimits, LetANetworkTryTenAMinuteAndThenOneEverySixSeconds) {
  GuessLimits limits({}, "seed");
  const auto who = guesser("203.0.113.7");
  EXPECT_EQ(passing(limits, who, start), 10);
  EXPECT_EQ(limits.take(who, start), 6);
  EXPECT_EQ(limits.take(guesser("203.0.113.200"), start), 6);  // the same /24
  EXPECT_EQ(limits.take(who, start.plus_micros(5'000'001)), 1);
  EXPECT_EQ(limits.take(who, start.plus_seconds(6)), 0);
  EXPECT_EQ(limits.take(who, start.plus_seconds(6)), 6);
  EXPECT_EQ(passing(limits, who, start.plus_seconds(600)), 10);  // never more than a minute's
}

TEST(GuessLimits, ARefusedTryTakesNothing) {
  GuessLimits limits({}, "seed");
  const auto who = guesser("203.0.113.7");
  EXPECT_EQ(passing(limits, who, start), 10);
  for (int i = 0; i < 1'000; ++i)
    EXPECT_EQ(limits.take(who, start), 6);
  EXPECT_EQ(limits.take(who, start.plus_seconds(6)), 0);
  // The network was out of guesses, so the key's were left alone.
  EXPECT_EQ(passing(limits, guesser("198.51.100.1"), start.plus_seconds(6)), 10);
}

TEST(GuessLimits, ARightCodeCostsATenth) {
  GuessLimits limits({.network_minute_max = 10, .key_minute_max = 0, .brand_minute_max = 0},
                     "seed");
  const auto who = guesser("203.0.113.7");
  int right = 0;
  while (right < 1'000 && limits.take(who, start) == 0) {
    limits.give_back_most(who, start);
    ++right;
  }
  EXPECT_EQ(right, 91);  // the last whole guess is not there any more
}

TEST(GuessLimits, AFailureOfOursCostsNothing) {
  GuessLimits limits({}, "seed");
  const auto who = guesser("203.0.113.7");
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(limits.take(who, start), 0);
    limits.give_back(who, start);
  }
}

TEST(GuessLimits, ManyNetworksTogetherMeetTheKeysLimitAndManyKeysTheBrands) {
  GuessLimits limits({.network_minute_max = 10, .key_minute_max = 30, .brand_minute_max = 50},
                     "seed");
  int passed = 0;
  const auto try_from_everywhere = [&](std::int64_t key, std::int64_t brand) {
    passed = 0;
    for (int network = 0; network < 100; ++network) {
      const auto address = "10." + std::to_string(network) + ".0.1";
      passed += limits.take(guesser(address.c_str(), key, brand), start) == 0 ? 1 : 0;
    }
    return passed;
  };
  EXPECT_EQ(try_from_everywhere(1, 1), 30);
  EXPECT_EQ(try_from_everywhere(2, 1), 20);
  EXPECT_EQ(try_from_everywhere(3, 1), 0);
  EXPECT_EQ(try_from_everywhere(1, 2), 30);  // another brand's codes are another matter
}

TEST(GuessLimits, ZeroIsAnyNumber) {
  GuessLimits limits({.network_minute_max = 0, .key_minute_max = 0, .brand_minute_max = 0}, "seed");
  EXPECT_EQ(passing(limits, guesser("203.0.113.7"), start), 1'000);
}

TEST(GuessLimits, AClockThatIsSetBackLocksNobodyOut) {
  GuessLimits limits({}, "seed");
  const auto who = guesser("203.0.113.7");
  EXPECT_EQ(passing(limits, who, start), 10);
  const auto earlier = start.plus_days(-1);
  EXPECT_GT(limits.take(who, earlier), 0);
  EXPECT_EQ(limits.take(who, earlier.plus_seconds(6)), 0);
}

TEST(GuessLimits, CallsSideBySideDoNotPassTogether) {
  GuessLimits limits({}, "seed");
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { passed += passing(limits, guesser("203.0.113.7"), start, 50); });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(passed, 10);
}

// 300,000 networks come by, more than are remembered; one that goes on guessing stays limited.
TEST(GuessLimits, AFloodOfNetworksIsForgottenBeforeOneThatGuesses) {
  GuessLimits limits({.network_minute_max = 10, .key_minute_max = 0, .brand_minute_max = 0},
                     "seed");
  const auto guessing = guesser("203.0.113.7");
  EXPECT_EQ(passing(limits, guessing, start), 10);
  for (int i = 0; i < 300'000; ++i) {
    const auto address = std::to_string(20 + (i >> 16)) + "." + std::to_string(i >> 8 & 255) + "." +
                         std::to_string(i & 255) + ".1";
    ASSERT_EQ(limits.take(guesser(address.c_str()), start), 0);
  }
  EXPECT_EQ(limits.take(guessing, start), 6);
}

}  // namespace

}  // namespace fairlead::codes
