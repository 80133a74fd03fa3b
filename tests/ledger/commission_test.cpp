#include "ledger/commission.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "core/money.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::ledger {
namespace {

Plan percent(std::int64_t rate_ppm) {
  return {"percent", "{\"rate_ppm\":" + std::to_string(rate_ppm) + "}"};
}

// The postings of an order and its refunds, for one credit.
std::vector<std::int64_t> postings_of(const Plan& plan, std::int64_t base,
                                      const std::vector<std::int64_t>& refunds) {
  std::vector<std::int64_t> postings{*commission_minor(plan, base)};
  for (const std::int64_t refund : refunds) {
    base -= refund;
    const std::int64_t booked = std::accumulate(postings.begin(), postings.end(), std::int64_t{0});
    postings.push_back(*adjustment_minor(plan, base, booked));
  }
  return postings;
}

TEST(Commission, RefundsFollowTheGoldenLines) {
  for (const test::GoldenLine& line : test::golden_lines("ledger/refunds.txt", 5))
    EXPECT_EQ(postings_of({line.fields[0], line.fields[1]}, std::stoll(line.fields[2]),
                          test::integers_of(line.fields[3])),
              test::integers_of(line.fields[4]))
        << line.where;
}

TEST(Commission, SeveralCreditsFollowTheGoldenLines) {
  for (const test::GoldenLine& line : test::golden_lines("ledger/splits.txt", 5)) {
    std::int64_t remaining = std::stoll(line.fields[0]);
    const auto weights = test::integers_of(line.fields[1]);
    const auto rates = test::integers_of(line.fields[2]);
    auto refunds = test::integers_of(line.fields[3]);
    refunds.insert(refunds.begin(), 0);
    const auto steps = test::parts_of(line.fields[4], ";");
    ASSERT_EQ(steps.size(), refunds.size()) << line.where;
    std::vector<std::int64_t> booked(weights.size(), 0);
    for (std::size_t step = 0; step < steps.size(); ++step) {
      remaining -= refunds[step];
      const auto shares = *core::split(remaining, weights);
      std::vector<std::int64_t> postings;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        postings.push_back(*adjustment_minor(percent(rates[i]), shares[i], booked[i]));
        booked[i] += postings.back();
      }
      EXPECT_EQ(postings, test::integers_of(steps[step])) << line.where << " step " << step;
    }
  }
}

class RandomRefunds : public testing::Test {
 protected:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  // Pieces of a base in random number and sizes, in total `base`.
  std::vector<std::int64_t> pieces_of(std::int64_t base) {
    std::vector<std::int64_t> pieces;
    while (base > 0) {
      pieces.push_back(pick(1, base));
      base -= pieces.back();
    }
    return pieces;
  }
  std::mt19937_64 random_{test::random_seed()};
};

TEST_F(RandomRefunds, ThatTakeEverythingLeaveNothing) {
  for (int round = 0; round < 2'000; ++round) {
    const std::int64_t base = pick(0, 1) ? pick(0, 200) : pick(0, 1'000'000'000'000);
    const auto postings = postings_of(percent(pick(0, 1'000'000)), base, pieces_of(base));
    EXPECT_EQ(std::accumulate(postings.begin(), postings.end(), std::int64_t{0}), 0)
        << "base " << base;
  }
}

TEST_F(RandomRefunds, SumToTheSameInEveryOrder) {
  for (int round = 0; round < 2'000; ++round) {
    const std::int64_t base = pick(1, 1'000'000);
    const Plan plan = percent(pick(0, 1'000'000));
    auto refunds = pieces_of(base);
    refunds.pop_back();
    const auto one = postings_of(plan, base, refunds);
    std::shuffle(refunds.begin(), refunds.end(), random_);
    const auto other = postings_of(plan, base, refunds);
    EXPECT_EQ(std::accumulate(one.begin(), one.end(), std::int64_t{0}),
              std::accumulate(other.begin(), other.end(), std::int64_t{0}));
  }
}

TEST_F(RandomRefunds, NeverGiveBackMoreThanWasEarned) {
  for (int round = 0; round < 2'000; ++round) {
    const std::int64_t base = pick(1, 10'000);
    const auto postings = postings_of(percent(pick(0, 1'000'000)), base, pieces_of(base));
    std::int64_t left = 0;
    for (std::size_t i = 0; i < postings.size(); ++i) {
      left += postings[i];
      EXPECT_GE(left, 0);
      EXPECT_TRUE(i == 0 || postings[i] <= 0) << postings[i];
    }
  }
}

}  // namespace
}  // namespace fairlead::ledger
