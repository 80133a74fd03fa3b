// Edits of limits among calls that use the codes: whatever meets whatever, each use is counted
// once.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "codes/capacity.hpp"
#include "codes/fences.hpp"
#include "codes/sql.hpp"
#include "codes/use_rows.hpp"
#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

// An edit that is under way while a call gives back a hold of the code that it edits. The call may
// wait for the edit or leave the hold alone; on no account may it miss the counter that is made.
class EditUnderWay : public test::OnEveryEngine {
 protected:
  EditUnderWay() : checkout_(database()) {
    for (const auto* name : {"AAA", "BBB"})
      checkout_.create(name, std::string(ten_percent) + R"(,"stacking":{"group":")" + name + "\"}");
  }

  // `call` is made while the transaction of `edit` is open, which lasts until the call has ended,
  // or for `wait`: long enough for a call that waits for nothing.
  void edit_during(const std::function<void(storage::Session&)>& edit,
                   const std::function<void()>& call,
                   std::chrono::milliseconds wait = std::chrono::milliseconds(300)) {
    std::future<void> done;
    database()
        .transact([&](storage::Session& session) {
          edit(session);
          done = std::async(std::launch::async, call);
          done.wait_for(wait);
        })
        .value();
    done.get();
    for (const auto& difference : checkout_.verify()) {
      ADD_FAILURE() << difference.what << ": expected " << difference.expected << ", stored "
                    << difference.stored;
    }
  }
  // BBB gets its first limit.
  void limit_bbb(storage::Session& session) const {
    const auto id = find_code(session, checkout_.brand, "BBB")->id;
    const auto code = fence_code(session, checkout_.brand, id);
    auto terms = code->terms;
    terms.limits.uses_max = 5;
    change_code(session, checkout_.brand, *code, terms);
  }
  // What all codes share, of which nothing is changed elsewhere.
  void share(storage::Session& session, const CapacityLimits& limits) {
    fence_campaign(session, checkout_.brand, checkout_.campaign);
    session.run(sql::put_campaign_limits, checkout_.brand, checkout_.campaign, limits.uses_max,
                limits.uses_per_customer_max, limits.budget_minor, checkout_.clock.now());
    const Scope scope{Scope::Kind::campaign, checkout_.campaign.number};
    const auto currency = core::Currency::of("EUR");
    follow_limits(session, checkout_.brand, {scope, shared_, currency}, {scope, limits, currency});
    shared_ = limits;
  }
  int redeem(const std::string& order, const std::string& customer = "") const {
    return checkout_.redeem(cart_json("AAA", order, 1'000, customer)).status;
  }

  CapacityLimits shared_;
  Checkout checkout_;
};
INSTANTIATE_ON_ENGINES(EditUnderWay);

TEST_P(EditUnderWay, AListThatReplacesAHoldWaitsForIt) {
  ASSERT_EQ(checkout_.reserve(cart_json("BBB", "order-1", 1'000)).status, 201);
  edit_during(
      [&](storage::Session& session) { limit_bbb(session); },
      [&] {
        const auto reply = checkout_.redeem(
            R"({"codes":["AAA"],"order_ref":"order-1","currency":"EUR","subtotal_minor":1000})");
        EXPECT_EQ(reply.status, 200) << reply.body;
      });
  EXPECT_EQ(checkout_.count_uses("released"), 1);
}

TEST_P(EditUnderWay, AHoldThatRanOutIsGivenBackOnce) {
  checkout_.share_limits(R"({"uses_max":9})");
  ASSERT_EQ(checkout_.reserve(cart_with("BBB", "order-1", 1'000, R"(,"ttl_s":30)")).status, 201);
  checkout_.clock.advance_seconds(31);
  edit_during([&](storage::Session& session) { limit_bbb(session); },
              [&] {
                const auto reply = checkout_.redeem(cart_json("AAA", "order-2", 1'000));
                EXPECT_EQ(reply.status, 200) << reply.body;
              });
  EXPECT_EQ(checkout_.redeem(cart_json("AAA", "order-3", 1'000)).status, 200);
  EXPECT_EQ(checkout_.count_uses("expired"), 1);
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(EditUnderWay, AUseThatWaitsForAFirstSharedLimitIsCounted) {
  edit_during([&](storage::Session& session) { share(session, {.uses_max = 1}); },
              [&] { EXPECT_EQ(redeem("order-1"), 200); });
  EXPECT_EQ(redeem("order-2"), 409);
  EXPECT_EQ(checkout_.count_uses("redeemed"), 1);
}

TEST_P(EditUnderWay, AUseThatWaitsForAFirstSharedLimitPerCustomerTakesTheCustomersSlot) {
  edit_during([&](storage::Session& session) { share(session, {.uses_per_customer_max = 1}); },
              [&] { EXPECT_EQ(redeem("order-1", "anna"), 200); });
  EXPECT_EQ(redeem("order-2", "anna"), 409);
  EXPECT_EQ(redeem("order-3", "berta"), 200);
}

TEST_P(EditUnderWay, AUseThatWaitsWhileSharedLimitsGoNeedsNone) {
  database().transact([&](storage::Session& session) { share(session, {.uses_max = 1}); }).value();
  ASSERT_EQ(redeem("order-1"), 200);
  edit_during([&](storage::Session& session) { share(session, {}); },
              [&] { EXPECT_EQ(redeem("order-2"), 200); });
}

TEST_P(EditUnderWay, AReleaseThatWaitsForAFirstSharedLimitLeavesNothingHeld) {
  ASSERT_EQ(checkout_.reserve(cart_json("AAA", "order-1", 1'000)).status, 201);
  edit_during(
      [&](storage::Session& session) { share(session, {.uses_max = 1}); },
      [&] { EXPECT_EQ(checkout_.release(R"({"order_ref":"order-1","code":"AAA"})").status, 200); });
  EXPECT_EQ(redeem("order-2"), 200);
}

TEST_P(EditUnderWay, AHoldThatRanOutIsFreeAlsoWhileItsOwnOrderAsks) {
  checkout_.create("ONCE", std::string(ten_percent) + R"(,"limits":{"uses_max":1})");
  ASSERT_EQ(checkout_.reserve(cart_with("ONCE", "order-1", 1'000, R"(,"ttl_s":30)")).status, 201);
  checkout_.clock.advance_seconds(31);
  edit_during(
      [&](storage::Session& session) {
        find_uses(session, checkout_.brand, "order-1", Locking::locked);  // and nothing comes of it
      },
      [&] { EXPECT_EQ(checkout_.reserve(cart_json("ONCE", "order-2", 1'000)).status, 201); },
      std::chrono::milliseconds(5));
  EXPECT_EQ(checkout_.count_uses("expired"), 1);
  EXPECT_EQ(checkout_.number("SELECT held FROM code_limit_counters"), 1);
}

TEST_P(EditUnderWay, IsAnnouncedAndWhoComesMeanwhileComesAgain) {
  for (const auto* close : {"UPDATE codes SET closed_until = ",
                            "UPDATE campaign_code_limits SET "
                            "closed_until = "}) {
    checkout_.run(close + std::to_string(checkout_.clock.now().plus_seconds(1).micros));
    const auto reply = checkout_.redeem(cart_json("AAA", "order-1", 1'000));
    EXPECT_EQ(reply.status, 503) << reply.body;
    EXPECT_EQ(reply.at("/code"), "storage_busy");
    checkout_.clock.advance_seconds(1);  // an announcement that nobody took back
    EXPECT_EQ(redeem("order-1"), 200);
  }
}

// Without the announcement an edit waits for a moment in which nobody holds the code.
TEST_P(EditUnderWay, OfACodeThatIsAlwaysInUseComesThrough) {
  std::atomic<bool> is_over{false};
  std::vector<std::jthread> shoppers;
  for (int shopper = 0; shopper < 16; ++shopper) {
    shoppers.emplace_back([&, shopper] {
      for (int i = 0; !is_over; ++i)
        redeem(std::to_string(shopper) + "/" + std::to_string(i));
    });
  }
  const auto code =
      "/v1/codes/" +
      core::CodeId{checkout_.number("SELECT code_id FROM codes WHERE folded = 'AAA'")}.text();
  const auto put = [&](std::string_view limits) {
    return checkout_.call(net::Method::put,
                          "/v1/campaigns/" + checkout_.campaign.text() + "/code_limits", limits,
                          "admin");
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(
        checkout_.call(net::Method::patch, code, R"({"limits":{"uses_max":1000000}})", "admin")
            .status,
        200);
    EXPECT_EQ(put(R"({"uses_max":1000000})").status, 200);
    EXPECT_EQ(checkout_.call(net::Method::patch, code, R"({"limits":null})", "admin").status, 200);
    EXPECT_EQ(put("{}").status, 200);
    EXPECT_EQ(checkout_.call(net::Method::patch, code, R"({"enabled":false})", "admin").status,
              200);
    EXPECT_EQ(checkout_.call(net::Method::patch, code, R"({"enabled":true})", "admin").status, 200);
  }
  is_over = true;
  shoppers.clear();
  EXPECT_TRUE(checkout_.verify().empty());
}

class LaterLimits : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(LaterLimits);

// A limit that is lowered leaves a hold alone, and so does one that is new.
TEST_P(LaterLimits, AskNothingOfAHoldThatItLacks) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto in_dollars = R"({"code":"MIA10","order_ref":"order-2","currency":"USD",)"
                          R"("subtotal_minor":1000})";
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 1'000)).status, 201);
  ASSERT_EQ(checkout.reserve(in_dollars).status, 201);
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-3", 1'000, "anna")).status, 201);
  ASSERT_EQ(
      checkout.patch(id, R"({"limits":{"uses_per_customer_max":1,"budget_minor":1000000}})").status,
      200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 1'000)).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-4", 1'000)).at("/reason/code"),
            "customer_required");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-3", 1'000)).at("/reason/code"),
            "customer_required")
      << "the hold was anna's, who would have her place and the code";
  EXPECT_EQ(checkout.patch(id, R"({"limits":{"budget_minor":1000000}})").status, 200);
  EXPECT_EQ(checkout.redeem(in_dollars).status, 200);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(LaterLimits, AskNothingOnceTheMoneyHasMoved) {
  const Checkout checkout(database());
  checkout.create("MIA10", std::string(ten_percent) +
                               R"(,"limits":{"uses_per_customer_max":1,"budget_minor":1000000})");
  const auto reply = checkout.redeem(
      R"({"code":"MIA10","order_ref":"order-1","currency":"USD","subtotal_minor":1000,)"
      R"("paid":true})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(checkout.verify().empty());
}

}  // namespace
}  // namespace fairlead::codes
