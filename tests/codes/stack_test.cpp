// Several codes in one cart, and limits that the codes of a campaign share.
#include <gtest/gtest.h>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Stacking : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Stacking);

std::string in_group(std::string_view group, int priority, std::string_view rest) {
  return std::string(rest) + R"(,"stacking":{"group":")" + std::string(group) + R"(","priority":)" +
         std::to_string(priority) + "}";
}

std::string cart_of_codes(std::string_view codes, std::string_view order_ref,
                          std::string_view more = "") {
  return R"({"codes":)" + std::string(codes) + R"(,"order_ref":")" + std::string(order_ref) +
         R"(","currency":"EUR","shipping_minor":490,"items":[)"
         R"({"line_id":"a","quantity":1,"unit_price_minor":8000},)"
         R"({"line_id":"b","quantity":2,"unit_price_minor":1000}])" +
         std::string(more) + "}";
}

TEST_P(Stacking, CodesAreTakenOffByPriorityEachFromWhatIsLeft) {
  const Checkout checkout(database());
  checkout.create("TWENTY",
                  in_group("order", 1, R"("discount":{"kind":"percent","rate_ppm":200000})"));
  checkout.create(
      "TEN",
      in_group("extra", 2, R"("discount":{"kind":"fixed","amount_minor":1000,"currency":"EUR"})"));
  checkout.create("SHIP", in_group("shipping", 3, R"("discount":{"kind":"free_shipping"})"));
  // 100.00 − 20 % = 80.00, minus 10.00 = 70.00, whatever order the shop names them in.
  const auto asked = checkout.validate(cart_of_codes(R"(["ship","ten","twenty"])", "order-1"));
  EXPECT_EQ(asked.at("/valid"), "true") << asked.body;
  EXPECT_EQ(asked.at("/discount"), R"({"amount_minor":3490,"currency":"EUR","allocations":[)"
                                   R"({"target":"line","line_id":"a","amount_minor":2400},)"
                                   R"({"target":"line","line_id":"b","amount_minor":600},)"
                                   R"({"target":"shipping","amount_minor":490}]})");
  EXPECT_EQ(asked.at("/stack/0/code"), "TWENTY");
  EXPECT_EQ(asked.at("/stack/1/code"), "TEN");
  EXPECT_EQ(asked.at("/stack/1/discount/allocations"),
            R"([{"target":"line","line_id":"a","amount_minor":800},)"
            R"({"target":"line","line_id":"b","amount_minor":200}])");
  const auto redeemed = checkout.redeem(cart_of_codes(R"(["TEN","SHIP","TWENTY"])", "order-1"));
  EXPECT_EQ(redeemed.status, 200) << redeemed.body;
  EXPECT_EQ(redeemed.at("/discount"), asked.at("/discount"));
  EXPECT_EQ(checkout.redeem(cart_of_codes(R"(["SHIP","TEN","TWENTY"])", "order-1")).body,
            redeemed.body);
  EXPECT_EQ(checkout.count_uses("redeemed"), 3);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Stacking, AllAreTakenOrNone) {
  const Checkout checkout(database());
  const auto good = checkout.create(
      "GOOD", in_group("a", 1, std::string(ten_percent) + R"(,"limits":{"uses_max":5})"));
  const auto last = checkout.create(
      "LAST", in_group("b", 2, std::string(ten_percent) + R"(,"limits":{"uses_max":1})"));
  ASSERT_EQ(checkout.redeem(cart_json("LAST", "other", 1'000)).status, 200);
  for (const auto* path : {"/v1/codes/reserve", "/v1/codes/redeem"}) {
    const auto refused = checkout.post(path, cart_of_codes(R"(["GOOD","LAST"])", "order-1"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.at("/code"), "usage_limit_reached");
    EXPECT_EQ(refused.at("/code_given"), "LAST");
    EXPECT_EQ(refused.at("/stack/0/valid"), "true") << "the other code is good: drop the one";
    EXPECT_EQ(refused.at("/stack/1/reason/code"), "usage_limit_reached");
  }
  EXPECT_EQ(checkout.counter(good), "used=0 spent=0");
  EXPECT_EQ(checkout.counter(last), "used=1 spent=100");
  // Money that has moved: what has room is taken, what has none is flagged.
  const auto paid =
      checkout.redeem(cart_of_codes(R"(["GOOD","LAST"])", "order-1", R"(,"paid":true)"));
  EXPECT_EQ(paid.status, 200) << paid.body;
  EXPECT_EQ(paid.at("/stack/0/flags"), "absent");
  EXPECT_EQ(paid.at("/stack/1/flags"), R"(["over_limit"])");
  EXPECT_EQ(checkout.counter(good), "used=1 spent=1000");
  EXPECT_TRUE(checkout.verify().empty());
}

// The first by the order of reasons, whichever code is taken off first, and whoever asks.
TEST_P(Stacking, AListsReasonIsTheFirstOfAllItsCodesInEveryCall) {
  const Checkout checkout(database());
  checkout.create("ZERO",
                  in_group("a", 1, std::string(ten_percent) + R"(,"limits":{"uses_max":0})"));
  checkout.create("ALONE", ten_percent);
  checkout.create("GOOD", in_group("b", 2, ten_percent));
  checkout.create(
      "LATER",
      in_group("c", 3, std::string(ten_percent) + R"(,"starts_at":"2030-01-01T00:00:00Z")"));
  checkout.create("OFF", in_group("d", 4, std::string(ten_percent) + R"(,"enabled":false)"));
  const std::pair<std::string_view, std::string_view> lists[] = {
      {R"(["ZERO","NEVER"])", "NEVER code_not_found"},
      {R"(["LATER","OFF","GOOD"])", "OFF code_disabled"},
      {R"(["OFF","NEVER"])", "NEVER code_not_found"},
      // Used up for now, but never to be combined at all.
      {R"(["ZERO","ALONE"])", "ALONE combination_disallowed"},
      {R"(["ZERO","GOOD"])", "ZERO usage_limit_reached"},
      {R"(["GOOD","LATER","NEVER"])", "NEVER code_not_found"},
  };
  for (const auto& [codes, told] : lists) {
    const auto body = cart_of_codes(codes, "order-1");
    const auto asked = checkout.validate(body);
    EXPECT_EQ(asked.at("/code_given") + " " + asked.at("/reason/code"), told) << asked.body;
    for (const auto& taken : {checkout.reserve(body), checkout.redeem(body)}) {
      EXPECT_EQ(taken.status, 409) << taken.body;
      EXPECT_EQ(taken.at("/reason"), asked.at("/reason")) << codes;
      EXPECT_EQ(taken.at("/stack"), asked.at("/stack")) << codes;
    }
  }
}

// Nothing is granted of a list that is refused, however good one of its codes is by itself.
TEST_P(Stacking, ARefusedListTakesNothingOff) {
  const Checkout checkout(database());
  checkout.create("GOOD", in_group("b", 2, ten_percent));
  checkout.create("ZERO",
                  in_group("a", 1, std::string(ten_percent) + R"(,"limits":{"uses_max":0})"));
  for (const auto* codes : {R"(["GOOD","NEVER"])", R"(["ZERO","GOOD"])", R"(["ZERO","NEVER"])"}) {
    const auto body = cart_of_codes(codes, "order-1");
    for (const auto& reply :
         {checkout.validate(body), checkout.reserve(body), checkout.redeem(body)}) {
      EXPECT_EQ(reply.at("/valid"), "false") << reply.body;
      EXPECT_EQ(reply.at("/discount"), R"({"amount_minor":0,"currency":"EUR","allocations":[]})");
      const auto answer = reply.json();
      for (const auto& member : answer.at("stack").as_array()) {
        if (!member.at("valid").as_bool()) continue;
        EXPECT_EQ(member.at("code").as_string(), "GOOD") << reply.body;
      }
    }
  }
}

TEST_P(Stacking, CodesThatDoNotCombineAreRefusedTogetherAndOneAfterTheOther) {
  const Checkout checkout(database());
  checkout.create("ALONE", ten_percent);
  checkout.create("FIRST", in_group("order", 1, ten_percent));
  checkout.create("SECOND", in_group("order", 2, ten_percent));
  checkout.create("OTHER", in_group("extra", 3, ten_percent));
  const auto verdict_of = [&](std::string_view codes) {
    const auto reply = checkout.validate(cart_of_codes(codes, "order-0"));
    return reply.at("/valid") == "true" ? std::string("good")
                                        : reply.at("/code_given") + " " + reply.at("/reason/code");
  };
  EXPECT_EQ(verdict_of(R"(["FIRST","OTHER"])"), "good");
  EXPECT_EQ(verdict_of(R"(["FIRST","SECOND"])"), "SECOND combination_disallowed");
  EXPECT_EQ(verdict_of(R"(["OTHER","ALONE"])"), "ALONE combination_disallowed");
  EXPECT_EQ(verdict_of(R"(["FIRST","first"," FIRST "])"), "good") << "one code, named three times";
  // The second call for an order knows of the first.
  ASSERT_EQ(checkout.redeem(cart_json("FIRST", "order-1", 1'000)).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("SECOND", "order-1", 1'000)).at("/reason/code"),
            "combination_disallowed");
  const auto other = checkout.redeem(cart_json("OTHER", "order-1", 1'000));
  EXPECT_EQ(other.at("/discount/amount_minor"), "90") << "of what the first left";
}

TEST_P(Stacking, SeveralCodesNeverPushALineBelowZero) {
  const Checkout checkout(database());
  for (const auto* name : {"A", "B", "C"}) {
    checkout.create(
        std::string("MOST-") + name,
        in_group(name, 5, R"("discount":{"kind":"fixed","amount_minor":7000,"currency":"EUR"})"));
  }
  const auto reply = checkout.redeem(cart_of_codes(R"(["MOST-A","MOST-B","MOST-C"])", "order-1"));
  EXPECT_EQ(reply.at("/discount/amount_minor"), "10000") << reply.body;
  EXPECT_EQ(reply.at("/stack/2/discount/amount_minor"), "0");
}

TEST_P(Stacking, WhatIsRedeemedComesFirstWhateverItsPriority) {
  const Checkout checkout(database());
  const std::string most = R"("discount":{"kind":"percent","rate_ppm":600000})";
  checkout.create("EARLY", most + R"(,"stacking":{"priority":1})");
  checkout.create("LATE", most + R"(,"stacking":{"priority":5})");
  ASSERT_EQ(checkout.redeem(cart_json("LATE", "order-1", 1'000)).status, 200);
  for (const auto* codes : {R"(["EARLY","LATE"])", R"(["LATE","EARLY"])", R"(["EARLY"])"}) {
    const auto cart = R"({"codes":)" + std::string(codes) +
                      R"(,"order_ref":"order-1","currency":"EUR","subtotal_minor":1000})";
    EXPECT_EQ(checkout.validate(cart).at("/valid"), "false") << codes;
    EXPECT_EQ(checkout.redeem(cart).at("/reason/code"), "combination_disallowed") << codes;
  }
  // Codes that combine share what is there.
  checkout.create("FIXED", in_group("a", 1,
                                    R"("discount":{"kind":"fixed","amount_minor":700,)"
                                    R"("currency":"EUR"})"));
  checkout.create("HALF", in_group("b", 2, R"("discount":{"kind":"percent","rate_ppm":500000})"));
  ASSERT_EQ(checkout.redeem(cart_json("HALF", "order-2", 1'000)).at("/discount/amount_minor"),
            "500");
  const auto both = checkout.redeem(
      R"({"codes":["FIXED","HALF"],"order_ref":"order-2","currency":"EUR","subtotal_minor":1000})");
  EXPECT_EQ(both.at("/discount/amount_minor"), "1000") << both.body;
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Stacking, ACartWrittenOtherwiseHasNoMoreToGive) {
  const Checkout checkout(database());
  for (const auto* name : {"ONE", "TWO", "THREE"}) {
    checkout.create(name, in_group(name, 5,
                                   R"("discount":{"kind":"fixed","amount_minor":7000,)"
                                   R"("currency":"EUR"})"));
  }
  const auto redeem = [&](std::string_view code, std::string_view lines) {
    return checkout.redeem(R"({"code":")" + std::string(code) +
                           R"(","order_ref":"order-1","currency":"EUR",)" + std::string(lines) +
                           "}");
  };
  const auto with_line =
      redeem("ONE", R"("items":[{"line_id":"a","quantity":1,"unit_price_minor":10000}])");
  EXPECT_EQ(with_line.at("/discount/amount_minor"), "7000") << with_line.body;
  // Without its lines, and with another name for its line, it is 100.00 all the same.
  EXPECT_EQ(redeem("TWO", R"("subtotal_minor":10000)").at("/discount/amount_minor"), "3000");
  EXPECT_EQ(redeem("THREE", R"("items":[{"line_id":"b","quantity":1,"unit_price_minor":10000}])")
                .at("/discount/amount_minor"),
            "0");
}

TEST_P(Stacking, AListReplacesWhatTheOrderHeld) {
  const Checkout checkout(database());
  const auto a = checkout.create(
      "AAA", in_group("a", 1, std::string(ten_percent) + R"(,"limits":{"uses_max":1})"));
  const auto b = checkout.create(
      "BBB", in_group("b", 2, std::string(ten_percent) + R"(,"limits":{"uses_max":1})"));
  EXPECT_EQ(checkout.reserve(cart_of_codes(R"(["AAA","BBB"])", "order-1")).status, 201);
  EXPECT_EQ(checkout.reserve(cart_of_codes(R"(["BBB"])", "order-1")).status, 200);
  EXPECT_EQ(checkout.counter(a), "used=0 spent=0");
  EXPECT_EQ(checkout.counter(b), "used=0 spent=0 held=1");
  const auto none = checkout.reserve(cart_of_codes("[]", "order-1"));
  EXPECT_EQ(none.status, 200) << none.body;
  EXPECT_EQ(none.at("/discount/amount_minor"), "0");
  EXPECT_EQ(checkout.counter(b), "used=0 spent=0");
  EXPECT_EQ(checkout.count_uses("released"), 2);
  EXPECT_TRUE(checkout.verify().empty());
}

class Sharing : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Sharing);

TEST_P(Sharing, CodesOfACampaignShareItsLimits) {
  const Checkout checkout(database());
  const auto mia = checkout.create("MIA10", ten_percent);
  checkout.create("LEO10", std::string(ten_percent) + R"(,"limits":{"uses_max":9})");
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "before", 1'000, "mia")).status, 200);
  checkout.share_limits(R"({"uses_max":3,"budget_minor":1000,"uses_per_customer_max":2})");
  const auto campaign = checkout.campaign.text();
  EXPECT_EQ(checkout.counter(campaign), "used=1 spent=100")
      << "a first limit counts what there was";
  EXPECT_EQ(checkout.counter(mia), "none");
  EXPECT_EQ(checkout.reserve(cart_json("LEO10", "o2", 1'000, "mia")).status, 201);
  EXPECT_EQ(checkout.counter(campaign), "used=1 spent=100 held=1");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "o3", 1'000, "mia")).at("/reason/code"),
            "usage_limit_held")
      << "over both codes, the customer's two are used or held";
  EXPECT_EQ(checkout.redeem(cart_json("LEO10", "o2", 1'000, "mia")).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "o3", 1'000, "mia")).at("/reason/code"),
            "customer_limit_reached");
  const auto dear = checkout.redeem(cart_json("MIA10", "o4", 9'000, "leo"));
  EXPECT_EQ(dear.at("/reason/code"), "budget_exhausted");
  EXPECT_EQ(dear.at("/reason/details"), R"({"remaining_minor":800,"currency":"EUR"})");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "o5", 8'000, "leo")).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("LEO10", "o6", 0, "zoe")).at("/reason/code"),
            "usage_limit_reached");
  EXPECT_EQ(checkout.redeem(cart_json("LEO10", "o6", 0)).at("/reason/code"), "customer_required");
  EXPECT_EQ(checkout.counter(campaign), "used=3 spent=1000");
  EXPECT_TRUE(checkout.verify().empty());
  ASSERT_EQ(checkout.rollback(R"({"order_ref":"o5"})").status, 200);
  EXPECT_EQ(checkout.counter(campaign), "used=2 spent=200");
  checkout.share_limits("{}");
  EXPECT_EQ(checkout.counter(campaign), "none");
  EXPECT_EQ(checkout.count_slots(), 0);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Sharing, TwoCodesOfOneCartBothCount) {
  const Checkout checkout(database());
  checkout.create("AAA", in_group("a", 1, ten_percent));
  checkout.create("BBB", in_group("b", 2, ten_percent));
  checkout.share_limits(R"({"uses_max":1})");
  const auto both = cart_of_codes(R"(["AAA","BBB"])", "order-1");
  EXPECT_EQ(checkout.validate(both).at("/stack/1/reason/code"), "usage_limit_reached");
  EXPECT_EQ(checkout.redeem(both).at("/stack/1/reason/code"), "usage_limit_reached");
  EXPECT_EQ(checkout.counter(checkout.campaign.text()), "used=0 spent=0");
}

TEST_P(Sharing, HoldsOfAnotherCodeThatRanOutAreFree) {
  Checkout checkout(database());
  const auto mia =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":7})");
  checkout.create("LEO10", ten_percent);
  checkout.share_limits(R"({"uses_max":1})");
  ASSERT_EQ(checkout.reserve(cart_json("MIA10", "o1", 1'000)).status, 201);
  checkout.clock.advance_seconds(900);
  EXPECT_EQ(checkout.validate(cart_json("LEO10", "o2", 1'000)).at("/valid"), "true");
  EXPECT_EQ(checkout.redeem(cart_json("LEO10", "o2", 1'000)).status, 200);
  EXPECT_EQ(checkout.counter(mia), "used=0 spent=0");
  EXPECT_EQ(checkout.counter(checkout.campaign.text()), "used=1 spent=100");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Sharing, LimitsAreReadGuardedAndOfOneBrand) {
  const Checkout checkout(database());
  const auto path = "/v1/campaigns/" + checkout.campaign.text() + "/code_limits";
  const auto get = [&](std::string_view key) {
    return checkout.call(net::Method::get, path, "", key);
  };
  const auto put = [&](std::string_view body, std::string_view key, std::string_view etag = "*") {
    return checkout.call(net::Method::put, path, body, key, {{"If-Match", etag}});
  };
  EXPECT_EQ(get("viewer").at("/uses_max"), "null");
  EXPECT_EQ(get("viewer").header("ETag"), "\"0\"");
  EXPECT_EQ(put(R"({"uses_max":5})", "admin", "\"0\"").header("ETag"), "\"1\"");
  EXPECT_EQ(put(R"({"uses_max":6})", "admin", "\"0\"").status, 412);
  EXPECT_EQ(put(R"({"uses_max":5})", "admin", "\"1\"").header("ETag"), "\"1\"");
  EXPECT_EQ(put(R"({"uses_max":-1})", "admin").at("/errors/0/pointer"), "/uses_max");
  EXPECT_EQ(put(R"({"uses":1})", "admin").at("/errors/0/pointer"), "/uses");
  EXPECT_EQ(put("{}", "shop").status, 403);
  EXPECT_EQ(put("{}", "viewer").status, 403);
  EXPECT_EQ(get("other_admin").status, 404);
  EXPECT_EQ(put("{}", "other_admin").status, 404);
  EXPECT_EQ(get("viewer").at("/uses_max"), "5");
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM audit_events WHERE verb = 'updated'"), 1);
}

TEST_P(Sharing, AListIsJudgedAsIfWhatItReplacesWereGone) {
  const Checkout checkout(database());
  for (const auto* name : {"AAA10", "ZZZ20"})
    checkout.create(name, ten_percent);
  const auto ask = [](const char* code, const char* customer) {
    return R"({"codes":[")" + std::string(code) +
           R"("],"order_ref":"order-1","currency":"EUR","subtotal_minor":1000,)" +
           R"("customer":{"key":")" + customer + R"("}})";
  };
  for (const auto* limits :
       {R"({"uses_max":1})", R"({"budget_minor":100})", R"({"uses_per_customer_max":1})"}) {
    checkout.share_limits(limits);
    ASSERT_EQ(checkout.reserve(cart_json("AAA10", "order-1", 1'000, "anna")).status, 201);
    EXPECT_EQ(checkout.validate(ask("ZZZ20", "anna")).at("/valid"), "true") << limits;
    EXPECT_EQ(checkout.validate(cart_json("ZZZ20", "order-1", 1'000, "anna")).at("/valid"), "false")
        << limits << " beside the other, which stays";
    EXPECT_EQ(checkout.reserve(ask("ZZZ20", "anna")).status, 201) << limits;
    ASSERT_EQ(checkout.release(R"({"order_ref":"order-1"})").status, 200);
  }
  // The place that is given back is anna's.
  ASSERT_EQ(checkout.redeem(cart_json("AAA10", "order-2", 1'000, "berta")).status, 200);
  ASSERT_EQ(checkout.reserve(cart_json("AAA10", "order-1", 1'000, "anna")).status, 201);
  EXPECT_EQ(checkout.validate(ask("ZZZ20", "berta")).at("/reason/code"), "customer_limit_reached");
  EXPECT_TRUE(checkout.verify().empty());
}

}  // namespace
}  // namespace fairlead::codes
