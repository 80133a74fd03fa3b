// Commissions held back because of their code: not paid, not lost.
#include <gtest/gtest.h>

#include "tests/ledger/rows.hpp"
#include "tests/ledger/world.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::ledger {
namespace {

constexpr core::CodeId code{70};
const core::Instant much_later = spring.plus_days(400);

class Holds : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    world_.add_deal(deal, 30);
    world_.set_rate(deal, 100'000, spring);
  }
  // Order `number`, credited through `code`.
  void book(std::int64_t number, core::Instant at) {
    world_.book_order(number, 10'000, at);
    world_.damage("UPDATE credits SET via = 'code', code_id = 70 WHERE credit_id = " +
                  std::to_string(number));
  }
  void hold(core::Instant from, std::string_view reason = "shared on a coupon site") {
    database()
        .transact([&](storage::Session& session) {
          hold_commissions(session, brand, code, from, reason, "key_1", spring);
        })
        .value();
  }
  bool release() {
    return database()
        .transact([&](storage::Session& session) {
          return release_commissions(session, brand, code, "key_1", spring);
        })
        .value();
  }
  core::CommissionId id_of(std::int64_t order) { return world_.commission_of(order, spring).id; }
  void hold_one(std::int64_t order, std::string_view reason) {
    const auto id = id_of(order);
    database()
        .transact([&](storage::Session& session) {
          hold_commission(session, brand, id, reason, "key_1", spring);
        })
        .value();
  }
  bool release_one(std::int64_t order) {
    const auto id = id_of(order);
    return database()
        .transact([&](storage::Session& session) {
          return release_commission(session, brand, id, "key_1", spring);
        })
        .value();
  }
  std::optional<std::int64_t> reverse_one(std::int64_t order, core::Instant now) {
    const auto id = id_of(order);
    return database()
        .transact([&](storage::Session& session) {
          return reverse_commission(session, brand, id, "it was an own order", "key_1", now);
        })
        .value();
  }
  std::string status(std::int64_t order, core::Instant now = much_later) {
    return name_of(world_.commission_of(order, now).status);
  }

  World world_{database()};
};
INSTANTIATE_ON_ENGINES(Holds);

TEST_P(Holds, WhatCameThroughTheCodeSinceThenIsHeldAndReleasedUnchanged) {
  book(1, spring);
  book(2, spring.plus_days(1));
  world_.book_order(3, 10'000, spring.plus_days(2));  // by a click
  hold(spring.plus_days(1));
  EXPECT_EQ(status(1), "approved");
  EXPECT_EQ(status(2), "held");
  EXPECT_EQ(status(3), "approved");
  const auto held = world_.commission_of(2, much_later);
  EXPECT_EQ(held.amount_minor, 1'000);
  EXPECT_EQ(held.hold_reason, "shared on a coupon site");
  EXPECT_EQ(commission_json(held).at("hold_reason").as_string(), "shared on a coupon site");
  EXPECT_TRUE(world_.differences().empty());
  EXPECT_TRUE(release());
  EXPECT_EQ(status(2), "approved");
  EXPECT_EQ(status(2, spring.plus_days(2)), "pending");
  EXPECT_TRUE(commission_json(world_.commission_of(2, much_later)).at("hold_reason").is_null());
  EXPECT_FALSE(release());
}

TEST_P(Holds, WhatIsStillToComeIsHeldToo) {
  hold(spring);
  book(1, spring.plus_days(5));
  EXPECT_EQ(status(1), "held");
}

TEST_P(Holds, NothingThatIsGoneIsHeld) {
  book(1, spring);
  hold(spring);
  world_.book_refund(1, 1, 10'000, spring.plus_days(3));
  EXPECT_EQ(status(1), "reversed");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "");
}

TEST_P(Holds, ASecondHoldReachesFurtherBackForItsOwnReasonAndBothAreReleased) {
  book(1, spring);
  hold(spring.plus_days(1));
  EXPECT_EQ(status(1), "approved");
  hold(spring, "another reason");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "another reason");
  book(2, spring.plus_days(1));
  EXPECT_EQ(world_.commission_of(2, much_later).hold_reason, "shared on a coupon site");
  hold(spring.plus_days(2), "adds nothing");
  EXPECT_TRUE(release());
  EXPECT_EQ(status(1), "approved");
  EXPECT_EQ(status(2), "approved");
}

TEST_P(Holds, ReleasedHoldMayBeFollowedByAnother) {
  book(1, spring);
  hold(spring);
  EXPECT_TRUE(release());
  hold(spring, "again");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "again");
}

TEST_P(Holds, OneCommissionIsHeldWithItsReasonAndPaidOnlyAfterItsRelease) {
  book(1, spring);
  book(2, spring);
  hold_one(1, "the order is being checked");
  hold_one(1, "adds nothing");
  EXPECT_EQ(status(1), "held");
  EXPECT_EQ(status(1, spring), "held");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "the order is being checked");
  EXPECT_EQ(world_.commission_of(1, much_later).amount_minor, 1'000);
  EXPECT_EQ(
      database()
          .read([](storage::Session& session) {
            return test::run_sql(session, "SELECT COUNT(*) FROM held_commissions").one().integer(0);
          })
          .value(),
      1);
  EXPECT_EQ(status(2), "approved");
  EXPECT_TRUE(world_.differences().empty());
  EXPECT_TRUE(release_one(1));
  EXPECT_EQ(status(1), "approved");
  EXPECT_FALSE(release_one(1));
  hold_one(1, "again");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "again");
}

TEST_P(Holds, ReleasingOneCommissionLeavesTheHoldOfItsCode) {
  book(1, spring);
  hold(spring);
  hold_one(1, "the order is being checked");
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "the order is being checked");
  EXPECT_TRUE(release());
  EXPECT_EQ(status(1), "held");
  hold(spring);
  EXPECT_TRUE(release_one(1));
  EXPECT_EQ(world_.commission_of(1, much_later).hold_reason, "shared on a coupon site");
}

TEST_P(Holds, ADecisionTakesBackWhatRefundsHaveLeftAndNothingComesBack) {
  book(1, spring);
  hold_one(1, "the order is being checked");
  world_.book_refund(1, 1, 4'000, spring.plus_days(1));
  EXPECT_EQ(reverse_one(1, spring.plus_days(2)), 600);
  EXPECT_EQ(reverse_one(1, spring.plus_days(3)), std::nullopt);
  EXPECT_EQ(status(1), "reversed");
  EXPECT_FALSE(release_one(1));
  const auto commission = world_.commission_of(1, much_later);
  EXPECT_EQ(commission.amount_booked_minor, 1'000);
  EXPECT_EQ(commission.amount_minor, 0);
  const auto postings = world_.postings_of(1);
  ASSERT_EQ(postings.size(), 3u);
  EXPECT_EQ(postings[2].id, "dec/" + commission.id.text());
  EXPECT_EQ(postings[2].to_account, "commission_expense");
  EXPECT_EQ(postings[2].amount_minor, 600);
  EXPECT_EQ(postings[2].at, spring.plus_days(2));
  EXPECT_TRUE(world_.differences().empty());
  // A refund after it, and one that is taken back: neither takes nor gives.
  EXPECT_EQ(world_.book_refund(2, 1, 3'000, spring.plus_days(4)), 0);
  EXPECT_EQ(world_.book_refund(3, 1, -5'000, spring.plus_days(5)), 0);
  EXPECT_EQ(world_.commission_of(1, much_later).amount_minor, 0);
  EXPECT_EQ(world_.postings_of(1).size(), 3u);
  EXPECT_TRUE(world_.differences().empty());
}

TEST_P(Holds, ADecisionOnNothingLeftPostsNothingAndHolds) {
  book(1, spring);
  world_.book_refund(1, 1, 10'000, spring.plus_days(1));
  EXPECT_EQ(reverse_one(1, spring.plus_days(2)), 0);
  world_.book_refund(2, 1, -10'000, spring.plus_days(3));
  EXPECT_EQ(world_.commission_of(1, much_later).amount_minor, 0);
  EXPECT_TRUE(world_.differences().empty());
}

TEST_P(Holds, VerificationNamesADecisionWithoutItsPosting) {
  book(1, spring);
  ASSERT_EQ(reverse_one(1, spring.plus_days(2)), 1'000);
  world_.damage("UPDATE commission_reversals SET reversed_at = reversed_at + 1");
  EXPECT_FALSE(world_.differences().empty());
  world_.damage("UPDATE commission_reversals SET reversed_at = reversed_at - 1");
  EXPECT_TRUE(world_.differences().empty());
  world_.damage("DELETE FROM commission_reversals");
  EXPECT_FALSE(world_.differences().empty());
}

TEST_P(Holds, AnotherBrandsHoldTouchesNothing) {
  book(1, spring);
  database()
      .transact([&](storage::Session& session) {
        hold_commissions(session, core::BrandId{8}, code, spring, "theirs", "key_2", spring);
      })
      .value();
  EXPECT_EQ(status(1), "approved");
}

}  // namespace
}  // namespace fairlead::ledger
