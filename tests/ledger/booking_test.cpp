#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ledger/ledger.hpp"
#include "tests/ledger/world.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/random.hpp"

namespace fairlead::ledger {
namespace {

class Booking : public test::OnEveryEngine {
 protected:
  Booking() {
    world.add_deal(deal, 30);
    world.set_rate(deal, 100'000, spring);
  }
  World world{database()};
};
INSTANTIATE_ON_ENGINES(Booking);

TEST_P(Booking, OfACreditIsOnePostingNamedByItsCause) {
  const Commission commission = world.book_order(1, 9'990, spring);
  EXPECT_EQ(commission.amount_minor, 999);
  EXPECT_EQ(commission.plan_version, 1);
  EXPECT_EQ(commission.status, CommissionStatus::pending);
  const auto postings = world.postings_of(1);
  ASSERT_EQ(postings.size(), 1u);
  EXPECT_EQ(postings[0].id, "com/" + core::OrderId{1}.text() + "/" + core::CreditId{1}.text());
  EXPECT_EQ(postings[0].from_account, "commission_expense");
  EXPECT_EQ(postings[0].to_account, "pending:" + influencer.text());
  EXPECT_EQ(postings[0].amount_minor, 999);
  EXPECT_EQ(postings[0].currency, "EUR");
  EXPECT_EQ(postings[0].at, spring);
}

TEST_P(Booking, TwiceDoesNothing) {
  const Commission first = world.book_order(1, 9'990, spring);
  const core::Credit credit{.id = core::CreditId{1},
                            .order = core::OrderId{1},
                            .influencer = influencer,
                            .deal = deal,
                            .campaign = campaign,
                            .base_minor = 9'990};
  const auto again = database().transact([&](storage::Session& session) {
    return post_credit(session, credit, brand, core::Currency::of("EUR"), spring, spring,
                       spring.plus_days(1));
  });
  EXPECT_EQ(again.value().id, first.id);
  EXPECT_EQ(again.value().amount_minor, 999);
  EXPECT_EQ(world.postings_of(1).size(), 1u);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, OfNothingMakesACommissionWithoutAPosting) {
  const Commission commission = world.book_order(1, 4, spring);
  EXPECT_EQ(commission.amount_minor, 0);
  EXPECT_TRUE(world.postings_of(1).empty());
  EXPECT_EQ(world.commission_of(1, spring).status, CommissionStatus::pending);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, UnderADealWithoutAPlanEarnsNothing) {
  world.add_deal(core::DealId{21}, 0);
  const Commission commission = world.book_order(1, 10'000, spring, core::DealId{21});
  EXPECT_EQ(commission.amount_minor, 0);
  EXPECT_EQ(commission.plan_version, 0);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, RefundReversesCommissionOnce) {
  world.book_order(1, 9'999, spring);
  EXPECT_EQ(world.book_refund(11, 1, 3'333, spring.plus_days(1)), 333);
  EXPECT_EQ(world.post_reversal_again(11, 1, spring.plus_days(2)), 333);
  EXPECT_EQ(world.commission_of(1, spring).amount_minor, 667);
  const auto postings = world.postings_of(1);
  ASSERT_EQ(postings.size(), 2u);
  EXPECT_EQ(postings[1].id, "rev/" + core::OrderId{1}.text() + "/" + core::RefundId{11}.text() +
                                "/" + core::CreditId{1}.text());
  EXPECT_EQ(postings[1].from_account, "pending:" + influencer.text());
  EXPECT_EQ(postings[1].to_account, "commission_expense");
  EXPECT_EQ(postings[1].amount_minor, 333);
  EXPECT_EQ(postings[1].at, spring.plus_days(1));
}

TEST_P(Booking, RefundsInThirdsLeaveNothing) {
  world.book_order(1, 9'999, spring);
  EXPECT_EQ(world.book_refund(11, 1, 3'333, spring), 333);
  EXPECT_EQ(world.book_refund(12, 1, 3'333, spring), 334);
  EXPECT_EQ(world.book_refund(13, 1, 3'333, spring), 333);
  const Commission commission = world.commission_of(1, spring);
  EXPECT_EQ(commission.amount_minor, 0);
  EXPECT_EQ(commission.amount_booked_minor, 1'000);
  EXPECT_EQ(commission.status, CommissionStatus::reversed);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, RefundOfLessThanHalfAUnitPostsNothing) {
  world.book_order(1, 10'000, spring);
  EXPECT_EQ(world.book_refund(11, 1, 4, spring), 0);
  EXPECT_EQ(world.postings_of(1).size(), 1u);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, ReinstatementPostsTheCommissionAgain) {
  world.book_order(1, 25'000, spring);
  EXPECT_EQ(world.book_refund(11, 1, 25'000, spring), 2'500);
  EXPECT_EQ(world.book_refund(12, 1, -25'000, spring), -2'500);
  EXPECT_EQ(world.post_reversal_again(12, 1, spring), -2'500);
  EXPECT_EQ(world.commission_of(1, spring).amount_minor, 2'500);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, PlanChangeDoesNotAffectTheReversal) {
  world.book_order(1, 10'000, spring);
  EXPECT_EQ(world.set_rate(deal, 500'000, spring.plus_days(1)), 2);
  EXPECT_EQ(world.book_refund(11, 1, 4'000, spring.plus_days(2)), 400);
  EXPECT_EQ(world.book_order(2, 10'000, spring.plus_days(2)).amount_minor, 5'000);
  EXPECT_TRUE(world.differences().empty());
}

TEST_P(Booking, UsesThePlanInForceAtTheTouch) {
  world.set_rate(deal, 200'000, spring.plus_days(10));
  EXPECT_EQ(world.book_order(1, 1'000, spring.plus_days(10).plus_micros(-1)).amount_minor, 100);
  EXPECT_EQ(world.book_order(2, 1'000, spring.plus_days(10)).amount_minor, 200);
  EXPECT_EQ(world.book_order(3, 1'000, spring.plus_days(-100)).amount_minor, 100)
      << "before the first version the first one counts";
}

TEST_P(Booking, EqualPlanAddsNoVersion) {
  EXPECT_EQ(world.set_rate(deal, 100'000, spring.plus_days(5)), 1);
  EXPECT_EQ(world.set_rate(deal, 100'001, spring.plus_days(5)), 2);
  EXPECT_EQ(world.set_rate(deal, 100'000, spring.plus_days(6)), 3);
  EXPECT_EQ(world.set_rate(core::DealId{99}, 100'000, spring), 1);
}

TEST_P(Booking, StatusFollowsTheClockUntilEverythingIsReversed) {
  world.book_order(1, 10'000, spring);
  const core::Instant release = spring.plus_days(30);
  EXPECT_EQ(world.commission_of(1, release.plus_micros(-1)).status, CommissionStatus::pending);
  EXPECT_EQ(world.commission_of(1, release).status, CommissionStatus::approved);
  EXPECT_EQ(world.book_refund(11, 1, 5'000, release.plus_days(1)), 500);
  EXPECT_EQ(world.commission_of(1, release.plus_days(1)).status, CommissionStatus::approved);
  EXPECT_EQ(world.book_refund(12, 1, 5'000, release.plus_days(2)), 500);
  EXPECT_EQ(world.commission_of(1, release.plus_days(2)).status, CommissionStatus::reversed);
}

TEST_P(Booking, BalancesSumToNothingInEveryCurrency) {
  world.book_order(1, 10'000, spring);
  world.book_order(2, 5'000, spring, deal, "USD");
  world.book_refund(11, 1, 1'000, spring);
  const auto balances = world.balances_now();
  ASSERT_EQ(balances.size(), 4u);
  std::map<std::string, std::int64_t> sums;
  for (const Balance& balance : balances) {
    sums[balance.currency] += balance.amount_minor;
    const std::int64_t earned = balance.currency == "EUR" ? 900 : 500;
    EXPECT_EQ(balance.amount_minor, balance.account == "commission_expense" ? -earned : earned);
  }
  for (const auto& [currency, sum] : sums)
    EXPECT_EQ(sum, 0) << currency;
}

TEST_P(Booking, ListsInPagesAndByInfluencer) {
  for (std::int64_t order = 1; order <= 5; ++order)
    world.book_order(order, 1'000, spring);
  const auto list = [&](core::InfluencerId whose, std::int64_t after, std::int64_t limit) {
    return database()
        .read([&](storage::Session& session) {
          return list_commissions(session, brand, whose, after, limit, spring);
        })
        .value();
  };
  const auto first = list({}, 0, 3);
  ASSERT_EQ(first.size(), 3u);
  const auto second = list(influencer, first.back().id.number, 3);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_LT(first.back().id, second.front().id);
  EXPECT_TRUE(list(core::InfluencerId{31}, 0, 3).empty());
  const auto found = database().read([&](storage::Session& session) {
    return find_commission(session, brand, first.front().id, spring);
  });
  ASSERT_TRUE(found.value().has_value());
  EXPECT_EQ(commission_json(*found.value()).at("status").as_string(), "pending");
  const auto foreign = database().read([&](storage::Session& session) {
    return find_commission(session, core::BrandId{8}, first.front().id, spring);
  });
  EXPECT_FALSE(foreign.value().has_value()) << "another brand's commission does not exist";
}

TEST_P(Booking, RandomHistoriesNetToNothingWhenEverythingIsRefunded) {
  std::mt19937 random(test::random_seed());
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  std::int64_t refund = 1'000;
  for (std::int64_t order = 1; order <= 20; ++order) {
    world.set_rate(deal, pick(0, 1'000'000), spring.plus_days(order));
    std::int64_t left = pick(1, 20'000);
    const std::int64_t booked = world.book_order(order, left, spring.plus_days(order)).amount_minor;
    std::int64_t taken = 0;
    while (left > 0) {
      const std::int64_t part = pick(1, left);
      left -= part;
      taken += world.book_refund(++refund, order, part, spring.plus_days(order + pick(0, 90)));
    }
    EXPECT_EQ(taken, booked) << "order " << order;
  }
  for (const Balance& balance : world.balances_now())
    EXPECT_EQ(balance.amount_minor, 0);
  EXPECT_TRUE(world.differences().empty());
}

}  // namespace
}  // namespace fairlead::ledger
