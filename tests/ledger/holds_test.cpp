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
