// WooCommerce, Stripe and Standard Webhooks through the real route, and deliveries that failed, on
// both engines.
#include <gtest/gtest.h>

#include "attribution/privacy.hpp"
#include "core/crypto.hpp"
#include "tests/attribution/hook.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

class Shops : public test::OnEveryEngine {
 protected:
  std::string left(const std::string& order_ref) const {
    return shop.get("/v1/orders/" + order_ref).at("/remaining_base_minor");
  }

  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Shops);

TEST_P(Shops, WooCommerceTriesTheAddressWithoutSigning) {
  const Hook hook(shop, "woocommerce");
  const auto ping = shop.call(net::Method::post, hook.path(), "webhook_id=17", "");
  EXPECT_EQ(ping.status, 200);
  EXPECT_EQ(shop.call(net::Method::post, hook.path(), "webhook_id=17&x=1", "").status, 401);
  EXPECT_EQ(shop.call(net::Method::post, hook.path(), "webhook_id=", "").status, 401);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries"), 0);
}

TEST_P(Shops, AWooCommerceOrderFollowsItsNewestState) {
  const Hook hook(shop, "woocommerce");
  EXPECT_EQ(hook.deliver_golden("order_on_hold").at("/outcome"), "ignored");
  EXPECT_EQ(hook.deliver_golden("order_with_coupon").at("/outcome"), "applied");
  EXPECT_EQ(shop.balance(mia), 1'260);
  EXPECT_EQ(hook.deliver_golden("order_with_coupon").at("/outcome"), "duplicate");
  const auto refunded = hook.deliver_golden("order_with_refunds");
  EXPECT_EQ(refunded.at("/outcome"), "applied");
  EXPECT_EQ(refunded.at("/detail"), "refund 51301: estimated, refund 51302: estimated");
  EXPECT_EQ(left("51207"), "10060");
  EXPECT_EQ(hook.deliver_golden("order_on_hold").at("/outcome"), "duplicate");
  EXPECT_EQ(hook.deliver_golden("order_with_a_refund_deleted").at("/outcome"), "applied");
  EXPECT_EQ(left("51207"), "11792");
  const auto shown = shop.get("/v1/orders/51207");
  EXPECT_EQ(shown.at("/refunds/2/kind"), "reinstatement");
  EXPECT_EQ(shown.at("/refunds/2/base_minor"), "-1732");
  EXPECT_EQ(shown.at("/refunds/2/reason"), "refund deleted in the shop");
  EXPECT_EQ(hook.deliver_golden("order_cancelled").at("/outcome"), "applied");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, ACancelledWooCommerceOrderThatComesFirstStaysCancelled) {
  const Hook hook(shop, "woocommerce");
  EXPECT_EQ(hook.deliver_golden("order_cancelled").at("/outcome"), "applied");
  EXPECT_EQ(hook.deliver_golden("order_with_coupon").at("/outcome"), "duplicate");
  EXPECT_EQ(left("51207"), "0");
  EXPECT_EQ(hook.deliver(R"({"id":51207})", "order.deleted").at("/outcome"), "duplicate");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, AStripeSessionIsCreditedByTheIdOfItsPromotion) {
  const Hook hook(shop, "stripe");
  shop.run(
      "INSERT INTO code_shop_ids SELECT brand_id, 'promo_flgMIA10', code_id FROM codes "
      "WHERE folded = 'MIA10'");
  ASSERT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "applied");
  EXPECT_EQ(shop.balance(mia), 1'260);
  EXPECT_EQ(left("cs_live_flg101"), "12600");
  EXPECT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "duplicate");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, StripeEventsThatComeBeforeTheSessionWaitUnderAnyName) {
  const Hook hook(shop, "stripe");
  EXPECT_EQ(hook.deliver_golden("charge_refunded_2").at("/outcome"), "waiting");
  EXPECT_EQ(hook.deliver_golden("charge_refunded_1").at("/outcome"), "waiting");
  EXPECT_EQ(hook.deliver_golden("dispute_withdrawn").at("/outcome"), "waiting");
  ASSERT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "applied");
  EXPECT_EQ(left("cs_live_flg101"), "0");
  EXPECT_EQ(hook.deliver_golden("dispute_reinstated").at("/outcome"), "applied");
  EXPECT_EQ(left("cs_live_flg101"), "9367");
  EXPECT_EQ(hook.deliver_golden("refund_failed").at("/outcome"), "applied");
  EXPECT_EQ(left("cs_live_flg101"), "10983");
  EXPECT_EQ(hook.deliver_golden("dispute_warning").at("/outcome"), "ignored");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE outcome = 'waiting'"), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, WhatWaitedAndFailsHoldsNoOrderUp) {
  const Hook hook(shop, "stripe");
  std::string body = test::golden_file("attribution/stripe/dispute_withdrawn.json");
  body.replace(body.find("eur"), 3, "usd");
  EXPECT_EQ(hook.deliver(body).at("/outcome"), "waiting");
  EXPECT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "needs_review");
  EXPECT_EQ(left("cs_live_flg101"), "12600");
  EXPECT_EQ(shop.get("/v1/webhooks/failed", "admin").at("/data/0/detail"),
            "the dispute is in another currency than the order");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, AForgottenCustomersChargesGoWithTheOrder) {
  const Hook hook(shop, "stripe");
  ASSERT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "applied");
  ASSERT_EQ(hook.deliver_golden("charge_refunded_1").at("/outcome"), "applied");
  const auto forgotten = database().transact([&](storage::Session& session) {
    return forget_customer(session, brand,
                           core::hex(core::as_text(core::sha256("buyer@example.com"))), "erased-1")
        .deliveries;
  });
  EXPECT_EQ(forgotten.value(), 2);
}

TEST_P(Shops, ADisputeIsFoundByTheChargeOnceTheChargeWasSeen) {
  const Hook hook(shop, "stripe");
  ASSERT_EQ(hook.deliver_golden("session_paid").at("/outcome"), "applied");
  ASSERT_EQ(hook.deliver_golden("charge_refunded_1").at("/outcome"), "applied");
  std::string body = test::golden_file("attribution/stripe/dispute_withdrawn.json");
  const std::string payment = R"("payment_intent":"pi_flg101",)";
  body.erase(body.find(payment), payment.size());
  EXPECT_EQ(hook.deliver(body).at("/outcome"), "applied");
  EXPECT_EQ(shop.get("/v1/orders/cs_live_flg101").at("/refunds/1/kind"), "chargeback");
  EXPECT_EQ(left("cs_live_flg101"), "0");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, AStandardOrderIsBookedAndRefunded) {
  const Hook hook(shop, "standard");
  EXPECT_EQ(hook.deliver_golden("refund_of_one_piece").at("/outcome"), "waiting");
  ASSERT_EQ(hook.deliver_golden("order_paid").at("/outcome"), "applied");
  EXPECT_EQ(left("S-1042"), "12200");
  EXPECT_EQ(hook.deliver_golden("refund_too_much").at("/outcome"), "needs_review");
  EXPECT_EQ(left("S-1042"), "0");
  EXPECT_EQ(hook.deliver_golden("refund_cancelled").at("/outcome"), "applied");
  EXPECT_EQ(left("S-1042"), "12200");
  EXPECT_EQ(hook.deliver_golden("order_of_a_test").at("/outcome"), "applied");
  EXPECT_EQ(shop.get("/v1/orders/9007199254740993").at("/is_test"), "true");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, ARefundByTheOwnApiIsHeldAgainstWhatTheShopHasLeft) {
  const Hook hook(shop, "standard");
  ASSERT_EQ(hook.deliver_golden("order_paid").at("/outcome"), "applied");
  ASSERT_EQ(hook.deliver_golden("refund_of_one_piece").at("/outcome"), "applied");
  const auto refused = shop.refund(
      "S-1042", R"({"refund_ref":"A-1","placed_at":"2026-03-02T11:00:00Z","amount_minor":12201})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.at("/detail"),
            "The order: 24000 sold, 11800 refunded already, so at most 12200 can be refunded; this "
            "refund asks for 12201, which is 1 too much.");
  EXPECT_EQ(shop.refund("S-1042", R"({"refund_ref":"A-1","placed_at":"2026-03-02T11:00:00Z",)"
                                  R"("amount_minor":12200})")
                .status,
            201);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Shops, SecretsOfStandardWebhooksAreChecked) {
  const auto bad = shop.post("/v1/integrations",
                             R"({"platform":"standard","secret":"a-webhook-secret"})", "admin");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.at("/errors/0/pointer"), "/secret");
  const Hook hook(shop, "standard");
  EXPECT_EQ(shop.call(net::Method::patch, "/v1/integrations/" + hook.id(),
                      R"({"secret":"a-webhook-secret"})", "admin")
                .status,
            400);
}

TEST_P(Shops, WhatFailedIsListedShownAndTriedAgain) {
  const Hook hook(shop, "standard");
  // A currency that no one could know: mended here by changing the stored body.
  const std::string bad = R"({"type":"order.paid","data":{"order_id":"F-)";
  for (int i = 1; i <= 3; ++i)
    EXPECT_EQ(
        hook.deliver(bad + std::to_string(i) + R"(","currency":"XXY","lines":[]}})").at("/outcome"),
        "failed");
  const auto first = shop.get("/v1/webhooks/failed?limit=2", "admin");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("/data/0/platform"), "standard");
  EXPECT_EQ(first.at("/data/0/topic"), "order.paid");
  EXPECT_EQ(first.at("/data/0/integration_id"), hook.id());
  EXPECT_EQ(first.at("/data/2"), "absent");
  const auto rest =
      shop.get("/v1/webhooks/failed?limit=2&cursor=" + first.at("/next_cursor"), "admin");
  EXPECT_EQ(rest.at("/data/1"), "absent");
  EXPECT_EQ(rest.at("/next_cursor"), "null");
  EXPECT_EQ(shop.get("/v1/webhooks/failed?platform=stripe", "admin").at("/data"), "[]");
  EXPECT_EQ(
      shop.get("/v1/webhooks/failed?integration_id=" + hook.id(), "admin").at("/data/2/topic"),
      "order.paid");
  EXPECT_EQ(shop.get("/v1/webhooks/failed?integration_id=x", "admin").status, 400);
  EXPECT_EQ(shop.get("/v1/webhooks/failed", "viewer").status, 403);
  EXPECT_EQ(shop.get("/v1/webhooks/failed", "other").at("/data"), "[]");

  const std::string path = "/v1/webhooks/failed/" + first.at("/data/0/id");
  EXPECT_NE(shop.get(path, "admin").at("/body").find("XXY"), std::string::npos);
  EXPECT_EQ(shop.get(path, "other").status, 404);
  EXPECT_EQ(shop.post(path + "/replay", "", "other").status, 404);
  EXPECT_EQ(shop.post(path + "/replay", "", "admin").at("/outcome"), "failed");
  shop.run("UPDATE webhook_deliveries SET body = REPLACE(body, 'XXY', 'EUR')");
  EXPECT_EQ(shop.post(path + "/replay", "", "admin").at("/outcome"), "applied");
  EXPECT_EQ(shop.post(path + "/replay", "", "admin").status, 409);
  EXPECT_EQ(shop.get("/v1/orders/F-1").at("/base_minor"), "0");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE outcome = 'failed'"), 2);
  EXPECT_EQ(shop.verify(), "");
}

}  // namespace

}  // namespace fairlead::attribution
