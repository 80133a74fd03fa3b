// The conditions of a code over the API: written, read back, edited, and asked about at checkout.
#include <gtest/gtest.h>

#include "core/crypto.hpp"
#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Conditions : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Conditions);

constexpr std::string_view everything =
    R"("discount":{"kind":"buy_x_get_y","rate_ppm":500000,"amount_max_minor":900,)"
    R"("buy_quantity":2,"get_quantity":1,"sets_max":3,"get":{"skus":["S"]}},)"
    R"("limits":{"subtotal_max_minor":90000,"subtotal_basis":"eligible","quantity_min":2},)"
    R"("items":{"product_ids":["p1"],"excluded_category_ids":["c9"],"excludes_sale_items":true},)"
    R"("customers":{"first_order_only":true,"groups":["vip"],"self_use_allowed":true,)"
    R"("click_within_hours":48},)"
    R"("schedule":{"timezone":"Europe/Berlin","windows":[)"
    R"({"weekdays":["mon","sun"],"from":"09:00","to":"24:00"},{"from":"00:00","to":"06:30"}]},)"
    R"("stacking":{"group":"extra","priority":7},"restores_use":false)";

TEST_P(Conditions, AreReadBackAsTheyWereWritten) {
  const Checkout checkout(database());
  const auto id = checkout.create("ALL", everything);
  const auto code = checkout.call(net::Method::get, "/v1/codes/" + id, "", "viewer");
  EXPECT_EQ(code.at("/discount"),
            R"({"kind":"buy_x_get_y","rate_ppm":500000,"amount_max_minor":900,"buy_quantity":2,)"
            R"("get_quantity":1,"sets_max":3,"get":{"skus":["S"]}})");
  EXPECT_EQ(code.at("/items"),
            R"({"product_ids":["p1"],"excluded_category_ids":["c9"],"excludes_sale_items":true})");
  EXPECT_EQ(code.at("/customers"), R"({"first_order_only":true,"groups":["vip"],)"
                                   R"("self_use_allowed":true,"click_within_hours":48})");
  EXPECT_EQ(code.at("/schedule"),
            R"({"timezone":"Europe/Berlin","windows":[{"weekdays":["mon","sun"],"from":"09:00",)"
            R"("to":"24:00"},{"weekdays":["mon","tue","wed","thu","fri","sat","sun"],)"
            R"("from":"00:00","to":"06:30"}]})");
  EXPECT_EQ(code.at("/stacking"), R"({"group":"extra","priority":7})");
  EXPECT_EQ(code.at("/restores_use"), "false");
  EXPECT_EQ(code.at("/limits/subtotal_max_minor"), "90000");
  EXPECT_EQ(code.at("/limits/subtotal_basis"), "eligible");
  EXPECT_EQ(code.at("/limits/quantity_min"), "2");
  // An edit of one leaves the others, null takes away.
  const auto edited = checkout.patch(id, R"({"customers":{"groups":["staff"]},"schedule":null})");
  EXPECT_EQ(edited.at("/customers"), R"({"groups":["staff"]})") << edited.body;
  EXPECT_EQ(edited.at("/schedule"), "null");
  EXPECT_EQ(edited.at("/items/product_ids"), R"(["p1"])");
  EXPECT_EQ(edited.at("/discount"), code.at("/discount"));
}

TEST_P(Conditions, BadOnesAreRefusedWithThePointer) {
  const Checkout checkout(database());
  const std::pair<std::string, std::string_view> refusals[] = {
      {R"("items":{"colours":["red"]})", "/items/colours"},
      {R"("items":{"skus":"S"})", "/items/skus"},
      {R"("items":[])", "/items"},
      {R"("customers":{"groups":[""]})", "/customers/groups/0"},
      {R"("customers":{"click_within_hours":0})", "/customers/click_within_hours"},
      {R"("schedule":{"windows":[{}]})", "/schedule/timezone"},
      {R"("schedule":{"timezone":"Mars/Olympus","windows":[{}]})", "/schedule/timezone"},
      {R"("schedule":{"timezone":"UTC"})", "/schedule/windows"},
      {R"("schedule":{"timezone":"UTC","windows":[]})", "/schedule/windows"},
      {R"("schedule":{"timezone":"UTC","windows":[{"weekdays":["monday"]}]})",
       "/schedule/windows/0/weekdays"},
      {R"("schedule":{"timezone":"UTC","windows":[{"from":"9:00","to":"10:00"}]})",
       "/schedule/windows/0/from"},
      {R"("schedule":{"timezone":"UTC","windows":[{"from":"22:00","to":"06:00"}]})",
       "/schedule/windows/0/to"},
      {R"("schedule":{"timezone":"UTC","windows":[{"from":"09:00","to":"24:01"}]})",
       "/schedule/windows/0/to"},
      {R"("stacking":{"priority":1001})", "/stacking/priority"},
      {R"("stacking":"extra")", "/stacking"},
      {R"("restores_use":1)", "/restores_use"},
      {R"("limits":{"quantity_min":0})", "/limits/quantity_min"},
      {R"("limits":{"subtotal_basis":"all"})", "/limits/subtotal_basis"},
      {R"("limits":{"subtotal_min_minor":5,"subtotal_max_minor":4})", "/limits/subtotal_max_minor"},
  };
  for (const auto& [rest, pointer] : refusals) {
    const auto reply =
        checkout.post("/v1/codes",
                      R"({"deal_id":")" + checkout.deal.text() + R"(","code":"MIA10",)" +
                          std::string(ten_percent) + "," + rest + "}",
                      "admin");
    EXPECT_EQ(reply.status, 400) << rest << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << rest << reply.body;
  }
  const std::pair<std::string_view, std::string_view> discounts[] = {
      {R"({"kind":"buy_x_get_y","get_quantity":1})", "/discount/buy_quantity"},
      {R"({"kind":"buy_x_get_y","buy_quantity":0,"get_quantity":1})", "/discount/buy_quantity"},
      {R"({"kind":"percent","rate_ppm":1,"buy_quantity":1})", "/discount/buy_quantity"},
      {R"({"kind":"percent","rate_ppm":1,"method":"all"})", "/discount/method"},
      {R"({"kind":"free_shipping","method":"each"})", "/discount/method"},
      {R"({"kind":"percent","rate_ppm":1,"amount_max_minor":0})", "/discount/amount_max_minor"},
      {R"({"kind":"fixed","amount_minor":1,"currency":"EUR","amount_max_minor":1})",
       "/discount/amount_max_minor"},
  };
  for (const auto& [discount, pointer] : discounts) {
    const auto reply =
        checkout.post("/v1/codes",
                      R"({"deal_id":")" + checkout.deal.text() + R"(","code":"MIA10","discount":)" +
                          std::string(discount) + "}",
                      "admin");
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << discount << reply.body;
  }
  EXPECT_EQ(checkout.number("SELECT COUNT(*) FROM codes"), 0);
}

TEST_P(Conditions, ACodeOfAnArchivedDealIsSwitchedOff) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  const auto body = cart_json("MIA10", "order-1", 1'000);
  ASSERT_EQ(checkout.redeem(body).status, 200);
  checkout.run("UPDATE deals SET archived_at = 1 WHERE deal_id = 3001");
  EXPECT_EQ(checkout.validate(cart_json("MIA10", "order-2", 1'000)).at("/reason/code"),
            "code_disabled");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 1'000)).at("/reason/code"),
            "code_disabled");
  EXPECT_EQ(checkout.redeem(body).status, 200) << "what was redeemed stays";
  EXPECT_EQ(checkout.call(net::Method::get, "/v1/codes/" + id, "", "viewer").at("/enabled"),
            "true");
}

TEST_P(Conditions, TheInfluencerMayNotUseItsOwnCode) {
  const Checkout checkout(database());
  checkout.run(
      "INSERT INTO influencers (brand_id, influencer_id, name, email, created_at) "
      "VALUES (1001, 4001, 'Mia', ' Mia+Shop@Example.com', 0)");
  checkout.create("MIA10", ten_percent);
  const auto by = [&](std::string_view address) {
    const auto hash = core::hex(core::as_text(core::sha256(address)));
    return checkout
        .validate(cart_with("MIA10", "o", 1'000, R"(,"customer":{"email_sha256":")" + hash + "\"}"))
        .at("/reason/code");
  };
  EXPECT_EQ(by("mia+shop@example.com"), "self_use_not_allowed");
  EXPECT_EQ(by("mia@example.com"), "self_use_not_allowed");
  EXPECT_EQ(by("leo@example.com"), "absent");
}

TEST_P(Conditions, AFirstOrderIsAskedOfTheShopAndOfOurOwnOrders) {
  const Checkout checkout(database());
  checkout.create("HELLO", std::string(ten_percent) + R"(,"customers":{"first_order_only":true})");
  const auto asked = [&](std::string_view customer) {
    return checkout
        .validate(cart_with("HELLO", "order-9", 1'000, R"(,"customer":)" + std::string(customer)))
        .at("/reason/code");
  };
  EXPECT_EQ(asked(R"({"key":"mia","is_new":true})"), "absent");
  EXPECT_EQ(asked(R"({"key":"mia","is_new":false})"), "first_order_only");
  EXPECT_EQ(asked(R"({"key":"mia"})"), "customer_required");
  const auto order = [&](std::string_view ref, int number, int test) {
    checkout.run(
        "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
        "base_minor, discount_minor, shipping_minor, tax_minor, is_test, customer, "
        "body_sha256, booked_at) VALUES (1001, " +
        std::to_string(number) + ", '" + std::string(ref) + "', 'api', 0, 'EUR', 0, 0, 0, 0, " +
        std::to_string(test) + ", 'mia', '', 0)");
  };
  order("order-9", 1, 0);  // this very order
  order("order-8", 2, 1);  // a test
  EXPECT_EQ(asked(R"({"key":"mia","is_new":true})"), "absent");
  order("order-7", 3, 0);
  EXPECT_EQ(asked(R"({"key":"mia","is_new":true})"), "first_order_only");
  EXPECT_EQ(asked(R"({"key":"leo","is_new":true})"), "absent");
  // Under either name, whichever the earlier order knew.
  const std::string email = R"("is_new":true,"email_sha256":")" + std::string(64, 'a') + "\"";
  checkout.run("UPDATE orders SET customer_email = '" + std::string(64, 'a') + "'");
  EXPECT_EQ(asked("{" + email + "}"), "first_order_only");
  EXPECT_EQ(asked(R"({"key":"ann",)" + email + "}"), "first_order_only");
  checkout.run("UPDATE orders SET customer = customer_email, customer_email = ''");
  EXPECT_EQ(asked(R"({"key":"ann",)" + email + "}"), "first_order_only");
  EXPECT_EQ(asked(R"({"key":"mia","is_new":true})"), "absent");
}

TEST_P(Conditions, ACodeThatNeedsAClickTakesTheInfluencersAlone) {
  const Checkout plain(database());
  plain.run(
      "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) VALUES "
      "(1001, 3003, 4003, 2001, 0)");
  plain.run(
      "INSERT INTO links (brand_id, link_id, deal_id, domain, slug, destination, created_at, "
      "changed_at) "
      "VALUES (1001, 61, 3001, 'l', 'mia', 'https://shop.example/', 0, 0), "
      "(1001, 62, 3003, 'l', 'leo', 'https://shop.example/', 0, 0)");
  Checkout checkout(database(), [&](std::string_view token) -> std::optional<ClickFact> {
    const auto at = core::parse_instant("2026-03-02T09:00:00Z").value();
    if (token == "mias") return ClickFact{core::LinkId{61}, at};
    if (token == "leos") return ClickFact{core::LinkId{62}, at};
    if (token == "later") return ClickFact{core::LinkId{61}, at.plus_seconds(86'400)};
    return std::nullopt;
  });
  checkout.create("MIA10", std::string(ten_percent) + R"(,"customers":{"click_within_hours":2})");
  const auto asked = [&](std::string_view clicks) {
    return checkout
        .validate(cart_with("MIA10", "o", 1'000, R"(,"click_ids":)" + std::string(clicks)))
        .at("/reason/code");
  };
  EXPECT_EQ(asked(R"(["mias"])"), "absent");
  EXPECT_EQ(asked(R"(["forged","leos","mias"])"), "absent");
  for (const auto* clicks : {"[]", R"(["leos"])", R"(["forged"])", R"(["later"])"})
    EXPECT_EQ(asked(clicks), "click_required") << clicks;
  checkout.clock.set(core::parse_instant("2026-03-02T11:00:00Z").value());
  EXPECT_EQ(asked(R"(["mias"])"), "click_required");
}

}  // namespace
}  // namespace fairlead::codes
