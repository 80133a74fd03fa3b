// What a shop sees at checkout, through the real routes, on both engines.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/codes/checkout.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::codes {
namespace {

class Redeeming : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Redeeming);

constexpr std::string_view two_lines =
    R"({"code":"MIA10","order_ref":"order-1","currency":"EUR","subtotal_minor":10005,)"
    R"("shipping_minor":490,"items":[)"
    R"({"line_id":"1","sku":"TEA","quantity":2,"unit_price_minor":5000},)"
    R"({"line_id":"2","product_id":"p9","category_ids":["c1","c2"],"quantity":1,)"
    R"("unit_price_minor":5}],"customer":{"key":"mia","is_new":true,"groups":["vip"]}})";

TEST_P(Redeeming, AnswersTheDiscountWithItsAllocations) {
  const Checkout checkout(database());
  const auto id = checkout.create("Mia10", ten_percent);
  const auto reply = checkout.redeem(two_lines);
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/valid"), "true");
  EXPECT_EQ(reply.at("/code"), "MIA10");
  EXPECT_EQ(reply.at("/code_id"), id);
  EXPECT_EQ(reply.at("/campaign_id"), core::CampaignId{2001}.text());
  EXPECT_EQ(reply.at("/influencer_id"), core::InfluencerId{4001}.text());
  EXPECT_EQ(reply.at("/order_ref"), "order-1");
  EXPECT_EQ(reply.at("/discount"),
            R"({"kind":"percent","rate_ppm":100000,"amount_minor":1001,"currency":"EUR",)"
            R"("allocations":[{"target":"line","line_id":"1","amount_minor":1000},)"
            R"({"target":"line","line_id":"2","amount_minor":1}]})");
}

TEST_P(Redeeming, ValidateShowsTheSameDiscountAndTakesNothing) {
  const Checkout checkout(database());
  const auto id = checkout.create(
      "MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":1,"budget_minor":5000})");
  for (int i = 0; i < 3; ++i) {
    const auto asked = checkout.validate(two_lines);
    EXPECT_EQ(asked.status, 200);
    EXPECT_EQ(asked.at("/valid"), "true");
    EXPECT_EQ(asked.at("/remaining"), R"({"uses":1,"budget_minor":5000})");
  }
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_EQ(checkout.validate(two_lines).at("/discount"),
            checkout.redeem(two_lines).at("/discount"));
  EXPECT_EQ(checkout.counter(id), "used=1 spent=1001");
}

TEST_P(Redeeming, FixedAndFreeShippingNameWhatTheyTakeOff) {
  const Checkout checkout(database());
  checkout.create("FIVE", R"("discount":{"kind":"fixed","amount_minor":500,"currency":"eur"})");
  checkout.create("SHIPFREE", R"("discount":{"kind":"free_shipping"})");
  EXPECT_EQ(checkout.redeem(cart_json("five", "order-1", 300)).at("/discount"),
            R"({"kind":"fixed","value_minor":500,"amount_minor":300,"currency":"EUR",)"
            R"("allocations":[{"target":"subtotal","amount_minor":300}]})");
  EXPECT_EQ(checkout
                .redeem(R"({"code":"shipfree","order_ref":"o2","currency":"usd",)"
                        R"("subtotal_minor":300,"shipping_minor":490})")
                .at("/discount"),
            R"({"kind":"free_shipping","amount_minor":490,"currency":"USD",)"
            R"("allocations":[{"target":"shipping","amount_minor":490}]})");
}

TEST_P(Redeeming, CaseAndOuterBlanksDoNotMatter) {
  const Checkout checkout(database());
  checkout.create("Mia-10_x", ten_percent);
  int order = 0;
  for (const auto* text : {"MIA-10_X", "mia-10_x", "  Mia-10_X "}) {
    EXPECT_EQ(checkout.redeem(cart_json(text, std::to_string(++order), 100)).status, 200) << text;
  }
  EXPECT_EQ(checkout.redeem(cart_json("MIA-10", "x", 100)).status, 409);
  EXPECT_EQ(checkout
                .redeem(R"({"codes":["mia-10_x"],"order_ref":"list","currency":"EUR",)"
                        R"("subtotal_minor":100})")
                .status,
            200);
}

TEST_P(Redeeming, SameOrderAgainGetsTheFirstAnswerToTheByte) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":1})");
  const auto first = checkout.redeem(two_lines);
  EXPECT_EQ(first.status, 200);
  // Neither a later edit nor the limit that is reached now takes the use away from its order.
  EXPECT_EQ(checkout.patch(id, R"({"enabled":false})").status, 200);
  const auto again = checkout.redeem(two_lines);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(checkout.validate(two_lines).at("/valid"), "true");
  EXPECT_EQ(checkout.validate(two_lines).at("/state"), "redeemed");
  EXPECT_EQ(checkout.counter(id), "used=1 spent=1001");
}

TEST_P(Redeeming, SameOrderWithOtherAmountsConflicts) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  const auto reply = checkout.redeem(cart_json("MIA10", "order-1", 5'001));
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.at("/reason/code"), "order_ref_conflict");
  EXPECT_EQ(reply.at("/reason/details"), R"({"order_ref":"order-1","subtotal_minor":5000,)"
                                         R"("amount_minor":500,"currency":"EUR"})");
  EXPECT_EQ(checkout.validate(cart_json("MIA10", "order-1", 5'001)).at("/reason/code"),
            "order_ref_conflict");
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

// What the use was granted for are amounts: a retry that knows more of the items repeats it.
TEST_P(Redeeming, SameAmountsAreTheSameOrderWhateverItsItemsAreCalled) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto redeem = [&](std::string_view lines) {
    return checkout.redeem(R"({"code":"MIA10","order_ref":"order-1","currency":"EUR","items":[)" +
                           std::string(lines) + "]}");
  };
  const auto first = redeem(R"({"line_id":"1","quantity":2,"unit_price_minor":5000})");
  ASSERT_EQ(first.status, 200);
  const auto named = redeem(
      R"({"line_id":"1","sku":"MUG","product_id":"p1","category_ids":["cups"],"on_sale":true,)"
      R"("quantity":2,"unit_price_minor":5000})");
  EXPECT_EQ(named.status, 200) << named.body;
  EXPECT_EQ(named.body, first.body);
  for (const auto* other : {R"({"line_id":"2","quantity":2,"unit_price_minor":5000})",
                            R"({"line_id":"1","quantity":1,"unit_price_minor":10000})",
                            R"({"line_id":"1","quantity":2,"unit_price_minor":5001})"}) {
    const auto refused = redeem(other);
    EXPECT_EQ(refused.at("/reason/code"), "order_ref_conflict") << other;
    EXPECT_EQ(refused.at("/reason/message"),
              "The order order-1 has redeemed this code already, with other lines or amounts. A "
              "changed order needs a new order_ref.");
  }
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

// The shop may not know its shipping yet, and the order names the code all the same.
TEST_P(Redeeming, FreeShippingOfACartWithoutShippingIsGoodForNothing) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("SHIPFREE", R"("discount":{"kind":"free_shipping"},"limits":{"uses_max":1})");
  const auto asked = checkout.validate(cart_json("SHIPFREE", "order-1", 5'000));
  EXPECT_EQ(asked.at("/valid"), "true") << asked.body;
  EXPECT_EQ(asked.at("/discount/amount_minor"), "0");
  EXPECT_EQ(checkout.counter(id), "used=0 spent=0");
  EXPECT_EQ(checkout.redeem(cart_json("SHIPFREE", "order-1", 5'000)).status, 200);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=0");
}

TEST_P(Redeeming, RefusalIsAProblemThatCannotBeTakenForASuccess) {
  const Checkout checkout(database());
  checkout.create("MIN50", std::string(ten_percent) + R"(,"limits":{"subtotal_min_minor":5000})");
  const auto body = cart_json("MIN50", "order-1", 4'250);
  const auto refused = checkout.redeem(body);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.at("/valid"), "false");
  EXPECT_EQ(refused.at("/status"), "409");
  EXPECT_EQ(refused.at("/code"), "min_subtotal_not_met");
  EXPECT_EQ(refused.at("/reason/details"),
            R"({"required_minor":5000,"missing_minor":750,"currency":"EUR"})");
  EXPECT_EQ(refused.at("/reason/message"),
            "The code needs a subtotal of 50.00 EUR; 7.50 EUR are missing.");
  const auto asked = checkout.validate(body);
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.at("/valid"), "false");
  EXPECT_EQ(asked.at("/reason"), refused.at("/reason"));
}

// Every refusal a shop can meet, each against a code that would otherwise take one more use.
TEST_P(Redeeming, RefusalsTakeNothing) {
  const Checkout checkout(database());
  const auto limited = [](std::string_view more) {
    return std::string(ten_percent) + R"(,"limits":{"uses_max":2,"budget_minor":1000,)" +
           R"("uses_per_customer_max":1})" + std::string(more);
  };
  checkout.create("LATER", limited(R"(,"starts_at":"2026-03-02T09:15:01Z")"));
  checkout.create("ENDED", limited(R"(,"ends_at":"2026-03-02T09:15:00Z")"));
  const auto off = checkout.create("OFF", limited(""));
  checkout.patch(off, R"({"enabled":false})");
  const auto gone = checkout.create("GONE", limited(""));
  checkout.call(net::Method::del, "/v1/codes/" + gone, "", "admin");
  checkout.create("GOOD", limited(""));
  ASSERT_EQ(checkout.redeem(cart_json("GOOD", "first", 5'000, "mia")).status, 200);

  const auto dollars = R"({"code":"GOOD","order_ref":"o","currency":"USD","subtotal_minor":5000,)"
                       R"("customer":{"key":"leo"}})";
  const std::pair<std::string, std::string_view> refusals[] = {
      {cart_json("NOSUCH", "o", 100, "leo"), "code_not_found"},
      {cart_json("OFF", "o", 100, "leo"), "code_disabled"},
      {cart_json("GONE", "o", 100, "leo"), "code_disabled"},
      {cart_json("LATER", "o", 100, "leo"), "code_not_started"},
      {cart_json("ENDED", "o", 100, "leo"), "code_expired"},
      {cart_json("GOOD", "o", 100), "customer_required"},
      {dollars, "currency_mismatch"},
      {cart_json("GOOD", "o", 5'010, "leo"), "budget_exhausted"},
      {cart_json("GOOD", "o", 100, "mia"), "customer_limit_reached"},
      {cart_json("GOOD", "first", 100, "mia"), "order_ref_conflict"},
  };
  for (const auto& [body, reason] : refusals) {
    const auto reply = checkout.redeem(body);
    EXPECT_EQ(reply.status, 409) << body;
    EXPECT_EQ(reply.at("/reason/code"), reason) << body;
    EXPECT_EQ(checkout.validate(body).at("/reason"), reply.at("/reason")) << body;
  }
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
  EXPECT_EQ(checkout.count_slots(), 1);
  EXPECT_EQ(checkout.number("SELECT CAST(SUM(used) AS BIGINT) FROM code_limit_counters"), 1);
  EXPECT_TRUE(checkout.verify().empty());
  // All of it is still there: the last use, and the last of the budget.
  EXPECT_EQ(checkout.redeem(cart_json("GOOD", "last", 5'000, "leo")).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("GOOD", "more", 0, "zoe")).at("/reason/code"),
            "usage_limit_reached");
}

TEST_P(Redeeming, CustomersAreKnownByKeyElseByAddress) {
  const Checkout checkout(database());
  checkout.create("ONCE", std::string(ten_percent) + R"(,"limits":{"uses_per_customer_max":1})");
  const std::string hash(62, 'a');
  const auto by_address = [&](std::string_view order, std::string_view end) {
    return checkout.redeem(R"({"code":"ONCE","currency":"EUR","subtotal_minor":1,"order_ref":")" +
                           std::string(order) + R"(","customer":{"email_sha256":")" + hash +
                           std::string(end) + R"("}})");
  };
  EXPECT_EQ(by_address("1", "bb").status, 200);
  EXPECT_EQ(by_address("2", "BB").at("/reason/code"), "customer_limit_reached");
  EXPECT_EQ(by_address("3", "bc").status, 200);
}

TEST_P(Redeeming, AGuestWhoLogsInGetsNoSecondAllowance) {
  const Checkout checkout(database());
  const auto id = checkout.create(
      "ONCE", std::string(ten_percent) + R"(,"limits":{"uses_per_customer_max":1})");
  const auto hash = [](char digit) {
    return R"("email_sha256":")" + std::string(64, digit) + "\"";
  };
  const auto redeem = [&](std::string_view order, const std::string& customer) {
    return checkout.redeem(cart_with("ONCE", order, 1'000, R"(,"customer":{)" + customer + "}"))
        .at("/reason/code");
  };
  EXPECT_EQ(redeem("1", hash('a')), "absent");                                      // a guest
  EXPECT_EQ(redeem("2", R"("key":"mia",)" + hash('a')), "customer_limit_reached");  // logged in
  EXPECT_EQ(redeem("3", R"("key":"leo",)" + hash('b')), "absent");
  EXPECT_EQ(redeem("4", hash('b')), "customer_limit_reached");
  EXPECT_EQ(redeem("5", R"("key":"leo")"), "customer_limit_reached");
  EXPECT_EQ(checkout.count_slots(), 3);
  EXPECT_TRUE(checkout.verify().empty());
  // A limit that is set anew counts both names too.
  checkout.patch(id, R"({"limits":null})");
  checkout.patch(id, R"({"limits":{"uses_per_customer_max":1}})");
  EXPECT_EQ(checkout.count_slots(), 3);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(Redeeming, IdempotencyKeyReplaysSuccessAndRefusal) {
  const Checkout checkout(database());
  checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":1})");
  const auto redeem = [&](std::string_view body, std::string_view key,
                          std::string_view caller = "shop") {
    return checkout.call(net::Method::post, "/v1/codes/redeem", body, caller,
                         {{"Idempotency-Key", key}});
  };
  const auto body = cart_json("MIA10", "order-1", 5'000);
  const auto first = redeem(body, "k1");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  const auto again = redeem(body, "\"k1\"");  // quoted is the same key
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");

  const auto other = redeem(cart_json("MIA10", "order-2", 5'000), "k1");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.at("/code"), "idempotency_key_reused");

  const auto refused = redeem(cart_json("MIA10", "order-2", 5'000), "k2");
  EXPECT_EQ(refused.status, 409);
  const auto refused_again = redeem(cart_json("MIA10", "order-2", 5'000), "k2");
  EXPECT_EQ(refused_again.status, 409);
  EXPECT_EQ(refused_again.body, refused.body);
  EXPECT_EQ(refused_again.header("Idempotency-Replayed"), "true");

  // The brand's other keys ask in the same name: one may be changed before the retry.
  EXPECT_EQ(redeem(body, "k1", "admin").body, first.body);
  EXPECT_EQ(redeem(cart_json("MIA10", "order-3", 1), "k1", "admin").at("/code"),
            "idempotency_key_reused");
  EXPECT_EQ(redeem(body, std::string(256, 'k')).status, 400);
  EXPECT_EQ(redeem(body, "\"\"").at("/code"), "idempotency_key_invalid");
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

TEST_P(Redeeming, ItemsThatDoNotAddUpAreRefusedWithTheDifference) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto reply =
      checkout.validate(R"({"code":"MIA10","currency":"EUR","subtotal_minor":1000,)"
                        R"("items":[{"line_id":"1","quantity":3,"unit_price_minor":333}]})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("/code"), "amounts_inconsistent");
  EXPECT_EQ(reply.at("/detail"),
            "subtotal_minor is 1000, but the items add up to 999 (unit_price_minor x quantity): a "
            "difference of 1.");
}

TEST_P(Redeeming, AnotherBrandsCodeDoesNotExist) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto body = cart_json("MIA10", "order-1", 5'000);
  const auto foreign = checkout.post("/v1/codes/redeem", body, "other_admin");
  EXPECT_EQ(foreign.at("/reason/code"), "code_not_found");
  EXPECT_EQ(checkout.post("/v1/codes/validate", body, "other_admin").at("/valid"), "false");
}

TEST_P(Redeeming, OnlyShopsAndAdminsMayAsk) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  for (const auto* path : {"/v1/codes/validate", "/v1/codes/redeem"}) {
    const auto body = cart_json("MIA10", "order-1", 5'000);
    EXPECT_EQ(checkout.post(path, body, "shop").status, 200);
    EXPECT_EQ(checkout.post(path, body, "admin").status, 200);
    EXPECT_EQ(checkout.post(path, body, "viewer").status, 403);
    EXPECT_EQ(checkout.post(path, body, "influencer").status, 403);
    EXPECT_EQ(checkout.post(path, body, "nobody").status, 401);
  }
}

TEST_P(Redeeming, LargestAmountsDoNotOverflowACounter) {
  const Checkout checkout(database());
  const auto id = checkout.create("ALL", R"("discount":{"kind":"percent","rate_ppm":1000000},)"
                                         R"("limits":{"uses_max":5})");
  checkout.run("UPDATE code_limit_counters SET spent_minor = 9223372036854775000");
  const auto reply = checkout.redeem(cart_json("ALL", "order-1", 1'000'000'000'000'000));
  EXPECT_EQ(reply.status, 503) << "no limit is reached, and no room is left in 64 bits";
  EXPECT_EQ(checkout.counter(id), "used=0 spent=9223372036854775000");
}

// A good body, laid over with the golden line's.
std::string laid_over(const std::string& text) {
  if (!text.starts_with("{")) return text;
  auto body = boost::json::parse(cart_json("MIA10", "order-1", 1'000)).as_object();
  std::string rest;
  // The overlay's text is kept as it is, because numbers like 1e3 must arrive as they were written.
  boost::json::object overlay = boost::json::parse(text).as_object();
  std::string out = "{";
  for (const auto& [key, value] : body) {
    if (overlay.contains(key)) continue;
    out += boost::json::serialize(key) + ":" + boost::json::serialize(value) + ",";
  }
  return out + text.substr(1);
}

TEST_P(Redeeming, RefusesBadBodiesAndNamesTheField) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  for (const auto& line : test::golden_lines("codes/bad_bodies.txt", 4)) {
    const auto reply = checkout.redeem(laid_over(line.fields[0]));
    EXPECT_EQ(std::to_string(reply.status), line.fields[1]) << line.where << " " << reply.body;
    if (line.fields[2] != "*") {
      EXPECT_EQ(reply.at("/code"), line.fields[2]) << line.where << reply.body;
    }
    if (!line.fields[3].empty()) {
      EXPECT_EQ(reply.at("/errors/0/pointer"), line.fields[3]) << line.where << reply.body;
    }
    EXPECT_NE(reply.at("/detail"), "absent") << line.where;
    if (line.fields[1] == "400") {
      EXPECT_EQ(reply.at("/errors/1/pointer"), "absent") << line.where << reply.body;
    }
  }
  EXPECT_EQ(checkout.count_uses("redeemed"), 0);
}

TEST_P(Redeeming, TextsAtTheirLimitsPassAndOneMoreIsRefused) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", std::string(128, 'r'), 1)).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", std::string(129, 'r'), 1)).status, 400);
  EXPECT_EQ(checkout.validate(cart_json(std::string(255, 'c'), "o", 1)).at("/reason/code"),
            "code_not_found");
  EXPECT_EQ(checkout.validate(cart_json(std::string(256, 'c'), "o", 1)).status, 400);
  std::string items;
  for (int i = 0; i < 500; ++i) {
    items += (i ? "," : "") + std::string(R"({"line_id":")") + std::to_string(i) +
             R"(","quantity":1,"unit_price_minor":10})";
  }
  const auto with_items = [&](const std::string& order, const std::string& list) {
    return R"({"code":"MIA10","currency":"EUR","order_ref":")" + order + R"(","items":[)" + list +
           "]}";
  };
  const auto full = checkout.redeem(with_items("full", items));
  EXPECT_EQ(full.at("/discount/amount_minor"), "500") << full.body;
  items += R"(,{"line_id":"one more","quantity":1,"unit_price_minor":10})";
  EXPECT_EQ(checkout.redeem(with_items("over", items)).at("/errors/0/pointer"), "/items");
}

}  // namespace
}  // namespace fairlead::codes
