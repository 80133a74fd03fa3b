// The life of a use over the API: hold, redeem, release, roll back; what runs out is free at once.
#include <gtest/gtest.h>

#include <functional>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Holding : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Holding);

std::string limited(std::string_view limits) {
  return std::string(ten_percent) + R"(,"limits":)" + std::string(limits);
}

TEST_P(Holding, ReserveHoldsAUseAndTheSameOrderGetsTheSameHold) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1,"budget_minor":1000})"));
  const auto held = checkout.reserve(cart_json("mia10", "order-1", 5'000));
  EXPECT_EQ(held.status, 201) << held.body;
  EXPECT_EQ(held.at("/state"), "held");
  EXPECT_EQ(held.at("/order_ref"), "order-1");
  EXPECT_EQ(held.at("/discount/amount_minor"), "500");
  EXPECT_EQ(held.at("/reservation/expires_at"), "2026-03-02T09:30:00Z");  // 900 s
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0 held=1");
  // A declined card, an immediate retry: the same hold, from now on, with the amounts of the cart.
  checkout.clock.advance_seconds(60);
  const auto renewed = checkout.reserve(cart_with("MIA10", "order-1", 6'000, R"(,"ttl_s":30)"));
  EXPECT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_EQ(renewed.at("/reservation/id"), held.at("/reservation/id"));
  EXPECT_EQ(renewed.at("/reservation/expires_at"), "2026-03-02T09:16:30Z");
  EXPECT_EQ(renewed.at("/discount/amount_minor"), "600");
  // Another order waits for the hold, and is told for how long.
  const auto other = checkout.reserve(cart_json("MIA10", "order-2", 5'000));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.at("/reason/code"), "usage_limit_held");
  EXPECT_EQ(other.at("/reason/details"), R"({"retry_after_s":30})");
  EXPECT_EQ(checkout.validate(cart_json("MIA10", "order-2", 5'000)).at("/reason"),
            other.at("/reason"));
  // Its own order is still told that the code is good.
  const auto own = checkout.validate(cart_json("MIA10", "order-1", 6'000));
  EXPECT_EQ(own.at("/valid"), "true");
  EXPECT_EQ(own.at("/state"), "held");
  const auto redeemed = checkout.redeem(cart_json("MIA10", "order-1", 6'000));
  EXPECT_EQ(redeemed.status, 200) << redeemed.body;
  EXPECT_EQ(redeemed.at("/use_id"), held.at("/reservation/id"));
  EXPECT_EQ(redeemed.at("/state"), "redeemed");
  EXPECT_EQ(redeemed.at("/flags"), "absent");
  EXPECT_EQ(checkout.counter(id), "used=1 spent=600");
  EXPECT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 6'000)).at("/reason/code"),
            "already_redeemed");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 6'000)).body, redeemed.body);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, AHoldIsFreeTheInstantItRunsOut) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1,"uses_per_customer_max":1})"));
  const auto body = [](const char* order, const char* customer) {
    return cart_json("MIA10", order, 5'000, customer);
  };
  ASSERT_EQ(checkout.reserve(body("order-1", "mia")).status, 201);
  checkout.clock.set(core::parse_instant("2026-03-02T09:29:59.999999Z").value());
  EXPECT_EQ(checkout.validate(body("order-2", "leo")).at("/reason/code"), "usage_limit_held");
  EXPECT_EQ(checkout.validate(body("order-2", "mia")).at("/reason/code"), "usage_limit_held");
  checkout.clock.set(core::parse_instant("2026-03-02T09:30:00Z").value());
  // No sweeper ran: the row still says "held", and counts no more.
  EXPECT_EQ(checkout.count_uses("held"), 1);
  EXPECT_EQ(checkout.validate(body("order-2", "mia")).at("/valid"), "true");
  EXPECT_EQ(checkout.redeem(body("order-2", "mia")).status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_EQ(checkout.count_uses("expired"), 1);
  // Too late for the first order, and it is told why.
  const auto late = checkout.redeem(body("order-1", "leo"));
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.at("/reason/code"), "reservation_expired");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, ALateRedeemTakesTheRoomThatIsThere) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1})"));
  const auto body = cart_json("MIA10", "order-1", 5'000);
  const auto held = checkout.reserve(body);
  checkout.clock.advance_seconds(901);
  const auto late = checkout.redeem(body);
  EXPECT_EQ(late.status, 200) << late.body;
  EXPECT_EQ(late.at("/use_id"), held.at("/reservation/id"));
  EXPECT_EQ(late.at("/flags"), R"(["late_confirm"])");
  EXPECT_EQ(checkout.redeem(body).body, late.body);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, PaidIsNeverRefusedForALimitButFlagged) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1,"uses_per_customer_max":1})"));
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000, "mia")).status, 200);
  const auto paid = [](const char* order) {
    return cart_with("MIA10", order, 5'000, R"(,"customer":{"key":"mia"},"paid":true)");
  };
  const auto over = checkout.redeem(paid("order-2"));
  EXPECT_EQ(over.status, 200) << over.body;
  EXPECT_EQ(over.at("/flags"), R"(["over_limit"])");
  EXPECT_EQ(checkout.redeem(paid("order-2")).body, over.body);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500") << "counted apart";
  EXPECT_EQ(checkout.count_uses("over_limit"), 1);
  // Other reasons still refuse.
  checkout.patch(id, R"({"enabled":false})");
  EXPECT_EQ(checkout.redeem(paid("order-3")).at("/reason/code"), "code_disabled");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, ReleaseGivesBackOnceAndARedeemedUseIsNotReleased) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":2,"uses_per_customer_max":1})"));
  const auto body = cart_json("MIA10", "order-1", 5'000, "mia");
  const auto held = checkout.reserve(body);
  EXPECT_EQ(checkout.count_slots(), 1);
  const auto released = checkout.release(R"({"order_ref":"order-1"})");
  EXPECT_EQ(released.status, 200) << released.body;
  EXPECT_EQ(released.at("/released/0/reservation_id"), held.at("/reservation/id"));
  EXPECT_EQ(released.at("/released/0/state"), "released");
  EXPECT_EQ(checkout.release(R"({"order_ref":"order-1","code":"mia10"})").body, released.body);
  EXPECT_EQ(checkout.release(R"({"order_ref":"nobody"})").at("/released"), "[]");
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_EQ(checkout.count_slots(), 0);
  // It may be held again, and then redeemed.
  EXPECT_EQ(checkout.reserve(body).status, 201);
  EXPECT_EQ(checkout.redeem(body).status, 200);
  EXPECT_EQ(checkout.release(R"({"order_ref":"order-1"})").at("/reason/code"), "already_redeemed");
  EXPECT_EQ(checkout.release(R"({"order_ref":"order-1","code":"NOSUCH"})").at("/reason/code"),
            "code_not_found");
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, ReservationIdNamesTheHoldThatIsMeant) {
  Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto held = checkout.reserve(cart_json("MIA10", "order-1", 5'000));
  const auto with = [&](const std::string& order, const std::string& id) {
    return cart_with("MIA10", order, 5'000, R"(,"reservation_id":")" + id + "\"");
  };
  const auto id = held.at("/reservation/id");
  EXPECT_EQ(checkout.redeem(with("order-2", id)).at("/reason/code"), "reservation_not_found");
  EXPECT_EQ(checkout.redeem(with("order-1", core::CodeUseId{77}.text())).at("/reason/code"),
            "reservation_not_found");
  EXPECT_EQ(checkout
                .release(R"({"order_ref":"order-1","code":"MIA10","reservation_id":")" +
                         core::CodeUseId{77}.text() + "\"}")
                .at("/reason/code"),
            "reservation_not_found");
  EXPECT_EQ(checkout.redeem(with("order-1", id)).status, 200);
}

TEST_P(Holding, AHoldIsAPromiseWhateverTheBrandEditsMeanwhile) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":5,"budget_minor":1000})"));
  const auto body = cart_json("MIA10", "order-1", 5'000);
  ASSERT_EQ(checkout.reserve(body).status, 201);
  checkout.patch(id, R"({"limits":{"uses_max":0,"budget_minor":0}})");
  EXPECT_EQ(checkout.validate(body).at("/valid"), "true");
  const auto grown = cart_json("MIA10", "order-1", 5'010);
  for (const auto& refused : {checkout.validate(grown), checkout.redeem(grown)})
    EXPECT_EQ(refused.at("/reason/code"), "budget_exhausted")
        << "what it has grown by was not promised";
  EXPECT_EQ(checkout.redeem(body).status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_TRUE(checkout.verify().empty());
}

// What a hold is promised is said by validate as by redeem.
TEST_P(Holding, AHoldThatHasGrownKeepsItsUseAndIsAskedForTheMoneyAlone) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":5,"budget_minor":1000})"));
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 5'000)).status, 201);
  checkout.patch(id, R"({"limits":{"uses_max":0}})");
  const auto grown = cart_json("MIA10", "order-1", 6'000);
  EXPECT_EQ(checkout.validate(grown).at("/valid"), "true") << checkout.validate(grown).body;
  EXPECT_EQ(checkout.redeem(grown).status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=600");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, AHoldIsNoPromiseToAnotherCustomer) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_per_customer_max":1})"));
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-0", 5'000, "bob")).status, 200);
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 5'000, "eve")).status, 201);
  const auto bob = cart_json("MIA10", "order-1", 5'000, "bob");
  for (const auto& refused : {checkout.validate(bob), checkout.redeem(bob)})
    EXPECT_EQ(refused.at("/reason/code"), "customer_limit_reached") << refused.body;
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000, "eve")).status, 200);
  EXPECT_EQ(checkout.count_slots(), 2) << id;
  EXPECT_TRUE(checkout.verify().empty());
}

// A hold in another currency takes nothing of the budget, so nothing of it was promised.
TEST_P(Holding, AHoldIsNoPromiseOfMoneyInAnotherCurrency) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  auto dollars = cart_json("MIA10", "order-1", 9'000);
  dollars.replace(dollars.find("EUR"), 3, "USD");
  ASSERT_EQ(checkout.reserve(dollars).status, 201);
  checkout.patch(id, R"({"limits":{"budget_minor":100}})");
  const auto euros = cart_json("MIA10", "order-1", 5'000);
  for (const auto& refused : {checkout.validate(euros), checkout.redeem(euros)})
    EXPECT_EQ(refused.at("/reason/code"), "budget_exhausted") << refused.body;
  EXPECT_TRUE(checkout.verify().empty());
}

// A hold that ran out holds nothing, also when its order goes on with another code: as one code, as
// a list, and as an order that was paid.
TEST_P(Holding, AHoldThatRanOutIsGivenBackWhateverItsOrderDoesNext) {
  Checkout checkout(database());
  const auto leaky = checkout.create("LEAKY", limited(R"({"uses_max":1})"));
  const auto other = *core::CodeId::parse(checkout.create("OTHER", ten_percent));
  const std::function<void(const std::string& order)> ways[] = {
      [&](const std::string& order) {
        EXPECT_EQ(checkout.redeem(cart_json("OTHER", order, 5'000)).status, 200);
      },
      [&](const std::string& order) {
        const auto list = R"({"codes":["OTHER"],"order_ref":")" + order +
                          R"(","currency":"EUR","subtotal_minor":5000})";
        EXPECT_EQ(checkout.redeem(list).status, 200);
      },
      [&](const std::string& ref) {
        core::Order order{.brand = checkout.brand,
                          .order_ref = ref,
                          .placed_at = checkout.clock.now(),
                          .currency = core::Currency::of("EUR"),
                          .items = {},
                          .codes = {},
                          .click_ids = {},
                          .customer = {}};
        checkout.database
            .transact([&](storage::Session& session) {
              note_order_uses(session, {other}, order, checkout.clock.now());
            })
            .value();
      }};
  int round = 0;
  for (const auto& go_on : ways) {
    const auto order = "order-" + std::to_string(round++);
    ASSERT_EQ(checkout.reserve(cart_with("LEAKY", order, 5'000, R"(,"ttl_s":30)")).status, 201);
    checkout.clock.advance_seconds(31);
    go_on(order);
    EXPECT_TRUE(checkout.verify().empty()) << order;
    const auto next =
        checkout.reserve(cart_with("LEAKY", order + "-next", 5'000, R"(,"ttl_s":30)"));
    EXPECT_EQ(next.status, 201) << order << ": " << next.body;
    EXPECT_EQ(checkout.counter(leaky), "used=0 spent=0 held=1");
    checkout.release(R"({"order_ref":")" + order + R"(-next"})");
  }
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, ACodeThatIsNamedTwiceIsGivenBackOnce) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":2})"));
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 5'000)).status, 201);
  const auto released =
      checkout.release(R"({"order_ref":"order-1","codes":["MIA10"," mia10 ","NOSUCH"]})");
  EXPECT_EQ(released.at("/reason/code"), "code_not_found");
  const auto twice = checkout.release(R"({"order_ref":"order-1","codes":["MIA10"," mia10 "]})");
  EXPECT_EQ(twice.status, 200) << twice.body;
  EXPECT_EQ(twice.at("/released/1"), "absent");
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  const auto back = checkout.rollback(R"({"order_ref":"order-1","codes":["mia10","MIA10"]})");
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.at("/rolled_back/0/rolled_back_minor"), "500");
  EXPECT_EQ(back.at("/rolled_back/1"), "absent");
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, AClockThatJumpsBackNeverGivesOneUseTwice) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1})"));
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 5'000)).status, 201);
  checkout.clock.advance_seconds(3'600);
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-2", 5'000)).status,
            201);  // the first ran out
  checkout.clock.advance_seconds(-3'600);
  const auto first = checkout.redeem(cart_json("MIA10", "order-1", 5'000));
  EXPECT_EQ(first.at("/reason/code"), "reservation_expired") << first.body;
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 5'000)).status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Holding, TimesToLiveHaveLimits) {
  Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto held = [&](const char* ttl) {
    return checkout.reserve(
        cart_with("MIA10", "order-1", 5'000, std::string(R"(,"ttl_s":)") + ttl));
  };
  for (const auto* ttl : {"29", "604801", "0", "-1", "\"60\""})
    EXPECT_EQ(held(ttl).at("/errors/0/pointer"), "/ttl_s") << ttl;
  EXPECT_EQ(held("30").status, 201);
  EXPECT_EQ(held("604800").status, 200);
}

TEST_P(Holding, OrderConfirmsItsHold) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1,"uses_per_customer_max":1})"));
  const auto held = checkout.reserve(cart_json("MIA10", "order-1", 5'000, "mia"));
  core::Order order{.brand = checkout.brand,
                    .order_ref = "order-1",
                    .placed_at = checkout.clock.now(),
                    .currency = core::Currency::of("EUR"),
                    .items = {},
                    .codes = {},
                    .click_ids = {},
                    .customer = {.key = "mia"}};
  core::Item item;
  item.line_id = "1";
  item.unit_price_minor = 4'000;
  item.discount_minor = 400;
  order.items.push_back(item);
  checkout.database
      .transact([&](storage::Session& session) {
        note_order_uses(session, {*core::CodeId::parse(id)}, order, checkout.clock.now());
      })
      .value();
  EXPECT_EQ(checkout.counter(id), "used=1 spent=400");
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
  EXPECT_EQ(checkout.number("SELECT code_use_id FROM code_uses"),
            core::CodeUseId::parse(held.at("/reservation/id"))->number);
  EXPECT_TRUE(checkout.verify().empty());
}

class RollingBack : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(RollingBack);

TEST_P(RollingBack, WholeGivesTheUseBackOnceAndIsFinal) {
  Checkout checkout(database());
  const auto id = checkout.create(
      "MIA10", limited(R"({"uses_max":1,"budget_minor":500,"uses_per_customer_max":1})"));
  const auto body = cart_json("MIA10", "order-1", 5'000, "mia");
  const auto redeemed = checkout.redeem(body);
  const auto back = checkout.rollback(R"({"order_ref":"order-1"})");
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.at("/rolled_back/0/use_id"), redeemed.at("/use_id"));
  EXPECT_EQ(back.at("/rolled_back/0/state"), "rolled_back");
  EXPECT_EQ(back.at("/rolled_back/0/rolled_back_minor"), "500");
  EXPECT_EQ(checkout.rollback(R"({"order_ref":"order-1","code":"MIA10"})").body, back.body);
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_EQ(checkout.count_slots(), 0);
  for (const auto& refused : {checkout.redeem(body), checkout.reserve(body)})
    EXPECT_EQ(refused.at("/reason/code"), "already_rolled_back");
  EXPECT_EQ(checkout.validate(body).at("/reason/code"), "already_rolled_back");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 5'000, "mia")).status, 200);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(RollingBack, ACodeMayKeepItsUseButNotTheMoney) {
  Checkout checkout(database());
  const auto id = checkout.create(
      "MIA10", limited(R"({"uses_max":1,"budget_minor":500,"uses_per_customer_max":1})") +
                   R"(,"restores_use":false)");
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000, "mia")).status, 200);
  ASSERT_EQ(checkout.rollback(R"({"order_ref":"order-1"})").status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=0");
  EXPECT_EQ(checkout.count_slots(), 1);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 5'000, "leo")).at("/reason/code"),
            "usage_limit_reached");
  EXPECT_TRUE(checkout.verify().empty());
  // Counters that are made anew count it too.
  checkout.patch(id, R"({"limits":null})");
  checkout.patch(id, R"({"limits":{"uses_max":9,"uses_per_customer_max":1}})");
  EXPECT_EQ(checkout.counter(id), "used=1 spent=0");
  EXPECT_TRUE(checkout.verify().empty());
}

// Slots are numbered as they were taken: a rollback leaves a gap, a lower limit a number beyond it.
TEST_P(RollingBack, ALowerLimitPerCustomerCountsTheUsesAndNotTheirNumbers) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_per_customer_max":3})"));
  const auto body = [](int order, const char* customer = "mia") {
    return cart_json("MIA10", "order-" + std::to_string(order), 5'000, customer);
  };
  for (const int order : {1, 2, 3})
    ASSERT_EQ(checkout.redeem(body(order)).status, 200);
  ASSERT_EQ(checkout.rollback(R"({"order_ref":"order-1"})").status, 200);
  for (const auto* limit :
       {R"({"limits":{"uses_per_customer_max":1}})", R"({"limits":{"uses_per_customer_max":2}})"}) {
    checkout.patch(id, limit);
    for (const auto& refused : {checkout.validate(body(4)), checkout.redeem(body(4))})
      EXPECT_EQ(refused.at("/reason/code"), "customer_limit_reached") << limit << refused.body;
  }
  checkout.patch(id, R"({"limits":{"uses_per_customer_max":3}})");
  EXPECT_EQ(checkout.redeem(body(4)).status, 200);
  EXPECT_EQ(checkout.redeem(body(5)).at("/reason/code"), "customer_limit_reached");
  EXPECT_EQ(checkout.count_slots(), 3);
  // A shop whose key is the hash of the address names one customer, not two.
  const std::string hash(64, 'a');
  const auto hashed = [&](const char* order) {
    return cart_with("MIA10", order, 5'000,
                     R"(,"customer":{"key":")" + hash + R"(","email_sha256":")" + hash + "\"}");
  };
  for (const auto* order : {"order-6", "order-7", "order-8"})
    EXPECT_EQ(checkout.redeem(hashed(order)).status, 200) << order;
  EXPECT_EQ(checkout.redeem(hashed("order-9")).at("/reason/code"), "customer_limit_reached");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(RollingBack, PartsAddUpAndTheLastMakesItWhole) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1,"budget_minor":2000})"));
  const auto body = R"({"code":"MIA10","order_ref":"order-1","currency":"EUR","items":[)"
                    R"({"line_id":"a","quantity":1,"unit_price_minor":3000},)"
                    R"({"line_id":"b","quantity":1,"unit_price_minor":7000}]})";
  ASSERT_EQ(checkout.redeem(body).status, 200);
  const auto part = [&](const std::string& what, std::string_view key = "") {
    return checkout.rollback(R"({"order_ref":"order-1","code":"MIA10",)" + what + "}", key);
  };
  EXPECT_EQ(part(R"("amount_minor":1001)").at("/code"), "rollback_exceeds_discount");
  EXPECT_EQ(part(R"("items":[{"line_id":"a","amount_minor":301}])").status, 422);
  EXPECT_EQ(part(R"("items":[{"line_id":"a","amount_minor":200},)"
                 R"({"line_id":"a","amount_minor":101}])")
                .status,
            422);
  const auto first = part(R"("items":[{"line_id":"a","amount_minor":200}])", "k1");
  EXPECT_EQ(first.at("/rolled_back/0/rolled_back_minor"), "200") << first.body;
  EXPECT_EQ(first.at("/rolled_back/0/state"), "redeemed");
  EXPECT_EQ(part(R"("items":[{"line_id":"a","amount_minor":200}])", "k1").body, first.body);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=800");
  EXPECT_EQ(part(R"("items":[{"line_id":"a","amount_minor":101}])").status, 422);
  // 400 of what is left, 100 on a and 700 on b.
  EXPECT_EQ(part(R"("amount_minor":400)").at("/rolled_back/0/rolled_back_minor"), "600");
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM code_rollbacks WHERE allocations = "
                            "'[{\"target\":\"line\",\"line_id\":\"a\",\"amount_minor\":50},"
                            "{\"target\":\"line\",\"line_id\":\"b\",\"amount_minor\":350}]'"),
            1);
  EXPECT_EQ(part(R"("amount_minor":401)").status, 422);
  const auto last = part(R"("amount_minor":400)");
  EXPECT_EQ(last.at("/rolled_back/0/state"), "rolled_back");
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(RollingBack, RefusesWhatIsNotThereOrWouldBeDoneTwice) {
  Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  EXPECT_EQ(checkout.rollback(R"({"order_ref":"order-1"})").at("/reason/code"), "not_redeemed");
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "order-1", 5'000)).status, 201);
  const auto held = checkout.rollback(R"({"order_ref":"order-1","code":"MIA10"})");
  EXPECT_EQ(held.status, 409);
  EXPECT_EQ(held.at("/reason/code"), "not_redeemed");
  EXPECT_EQ(checkout.rollback(R"({"order_ref":"order-1","code":"NOSUCH"})").at("/reason/code"),
            "code_not_found");
  const auto keyless = checkout.post("/v1/codes/rollback",
                                     R"({"order_ref":"order-1","code":"MIA10","amount_minor":5})");
  EXPECT_EQ(keyless.status, 400);
  EXPECT_EQ(keyless.at("/code"), "idempotency_key_missing");
  const std::pair<const char*, const char*> bad[] = {
      {R"({"code":"MIA10"})", "/order_ref"},
      {R"({"order_ref":"o","amount_minor":5})", "/code"},
      {R"({"order_ref":"o","code":"A","amount_minor":0})", "/amount_minor"},
      {R"({"order_ref":"o","code":"A","amount_minor":1,)"
       R"("items":[{"line_id":"a","amount_minor":1}]})",
       "/items"},
      {R"({"order_ref":"o","code":"A","codes":["B"]})", "/codes"},
      {R"({"order_ref":"o","reservation_id":"use_x"})", "/reservation_id"},
  };
  for (const auto& [body, pointer] : bad)
    EXPECT_EQ(checkout.rollback(body).at("/errors/0/pointer"), pointer) << body;
}

TEST_P(RollingBack, AUseBeyondTheLimitGivesNothingBack) {
  Checkout checkout(database());
  const auto id = checkout.create("MIA10", limited(R"({"uses_max":1})"));
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  ASSERT_EQ(checkout.redeem(cart_with("MIA10", "order-2", 5'000, R"(,"paid":true)")).status, 200);
  ASSERT_EQ(checkout.rollback(R"({"order_ref":"order-2"})").status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(RollingBack, AnotherBrandsOrderIsNotThere) {
  Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  const auto foreign =
      checkout.post("/v1/codes/rollback", R"({"order_ref":"order-1"})", "other_admin");
  EXPECT_EQ(foreign.at("/reason/code"), "not_redeemed");
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

}  // namespace
}  // namespace fairlead::codes
