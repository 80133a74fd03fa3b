// Webhooks as shops send them, through the real route, on both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "attribution/privacy.hpp"
#include "core/crypto.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::attribution {

namespace {

const std::string secret = "a-webhook-secret";

class Webhooks : public test::OnEveryEngine {
 protected:
  Webhooks() {
    const auto reply = shop.post(
        "/v1/integrations",
        R"({"platform":"shopify","name":"Main shop","secret":"a-webhook-secret"})", "admin");
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.body.find("a-webhook-secret"), std::string::npos);
    id = reply.at("/id");
    path = reply.at("/webhook_path");
  }

  Reply deliver(const std::string& body, const std::string& delivery_id = "",
                const std::string& topic = "", const std::string& with_secret = secret) const {
    const std::string mac = core::base64(core::as_text(core::hmac_sha256(with_secret, body)));
    Headers headers{{"X-Shopify-Hmac-Sha256", mac}};
    if (!delivery_id.empty()) headers.emplace_back("X-Shopify-Webhook-Id", delivery_id);
    if (!topic.empty()) headers.emplace_back("X-Shopify-Topic", topic);
    return shop.call(net::Method::post, path, body, "", headers);
  }
  Reply deliver_golden(const std::string& name, const std::string& delivery_id = "",
                       const std::string& topic = "") const {
    return deliver(test::golden_file("attribution/shopify/" + name + ".json"), delivery_id, topic);
  }
  std::int64_t deliveries() const {
    return shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE topic <> '' OR body <> ''");
  }

  Shop shop{database()};
  std::string id;
  std::string path;
};
INSTANTIATE_ON_ENGINES(Webhooks);

TEST_P(Webhooks, AnOrderIsBookedWithItsCommission) {
  const auto reply = deliver_golden("order_tax_included", "d-1", "orders/create");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/outcome"), "applied") << reply.body;
  const auto order = shop.get("/v1/orders/9007199254741993");
  EXPECT_EQ(order.at("/base_minor"), "13916");
  EXPECT_EQ(order.at("/source"), "shopify");
  EXPECT_EQ(order.at("/commissions/0/amount_minor"), "1392");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, RepeatedByIdByTopicOrByContentHaveNoSecondEffect) {
  ASSERT_EQ(deliver_golden("order_tax_included", "d-1", "orders/create").at("/outcome"), "applied");
  const auto counts = shop.row_counts();
  for (const auto& [delivery_id, topic] : std::vector<std::pair<std::string, std::string>>{
           {"d-1", "orders/create"}, {"d-2", "orders/paid"}, {"", ""}, {"", ""}}) {
    const auto reply = deliver_golden("order_tax_included", delivery_id, topic);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.at("/outcome"), "duplicate") << reply.body;
  }
  EXPECT_EQ(shop.row_counts(), counts);
  EXPECT_EQ(deliveries(), 3);
}

TEST_P(Webhooks, DeliveredTwentyTimesAtOnceBookOneOrder) {
  std::vector<std::string> outcomes(20);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < outcomes.size(); i += 4)
          outcomes[i] =
              deliver_golden("order_tax_included", "d-" + std::to_string(i)).at("/outcome");
      });
    }
  }
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "applied"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "duplicate"), 19);
  EXPECT_EQ(shop.balance(mia), 1392);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, AForgottenCustomerLeavesNoBodyAndTheOrderStays) {
  ASSERT_EQ(deliver_golden("order_tax_included", "d-1").at("/outcome"), "applied");
  ASSERT_EQ(deliver_golden("refund_one_piece_and_shipping", "d-2").at("/outcome"), "applied");
  ASSERT_EQ(deliver_golden("order_net", "d-3").at("/outcome"), "applied");
  const auto order =
      boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  const std::string customer = boost::json::serialize(order.at("customer").at("id"));
  const std::string balance = shop.get("/v1/orders/9007199254741993").body;
  auto done = database().transact([&](storage::Session& session) {
    const auto facts = customer_facts(session, brand, customer);
    EXPECT_EQ(facts.at("orders").as_array().size(), 1u);
    EXPECT_EQ(facts.at("deliveries").as_array().size(), 2u) << "the order's and its refund's";
    const Forgotten forgotten = forget_customer(session, brand, customer, "erased-1");
    EXPECT_EQ(forgotten.orders, 1);
    EXPECT_EQ(forgotten.deliveries, 2);
  });
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE body <> ''"), 1);
  EXPECT_EQ(shop.get("/v1/orders/9007199254741993").body, balance);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, OneIdWithTwoBodiesIsTwoDeliveries) {
  ASSERT_EQ(deliver_golden("order_tax_included", "d-1").at("/outcome"), "applied");
  ASSERT_EQ(deliver_golden("order_net", "d-1").at("/outcome"), "applied");
  EXPECT_EQ(deliver_golden("order_net", "d-1").at("/outcome"), "duplicate");
}

TEST_P(Webhooks, RefundsReverseOnceWhicheverWayTheyCome) {
  ASSERT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  ASSERT_EQ(deliver_golden("refund_one_piece_and_shipping").at("/outcome"), "applied");
  // 13916 − 2458 = 11458, of which 10 % is 1146.
  EXPECT_EQ(shop.balance(mia), 1146);
  // The same refund, now inside a later state of the order.
  auto order = boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  order.as_object()["refunds"] = boost::json::array{boost::json::parse(
      test::golden_file("attribution/shopify/refund_one_piece_and_shipping.json"))};
  order.as_object()["financial_status"] = "partially_refunded";
  EXPECT_EQ(deliver(boost::json::serialize(order)).at("/outcome"), "duplicate");
  EXPECT_EQ(shop.balance(mia), 1146);
  EXPECT_EQ(deliver_golden("refund_shipping_only").at("/outcome"), "applied");
  EXPECT_EQ(shop.balance(mia), 1146);
  EXPECT_EQ(deliver_golden("refund_too_much_money").at("/outcome"), "needs_review");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, ARefundThatComesBeforeItsOrderWaitsForIt) {
  const auto early = deliver_golden("refund_one_piece_and_shipping", "d-1", "refunds/create");
  EXPECT_EQ(early.status, 200);
  EXPECT_EQ(early.at("/outcome"), "waiting");
  EXPECT_EQ(deliver_golden("refund_one_piece_and_shipping", "d-2").at("/outcome"), "waiting");
  EXPECT_EQ(deliver_golden("refund_money_only", "d-3").at("/outcome"), "waiting");
  EXPECT_EQ(deliver_golden("order_tax_included", "d-4").at("/outcome"), "applied");
  // 13916 − 2458 − 1000 = 10458.
  EXPECT_EQ(shop.get("/v1/orders/9007199254741993").at("/remaining_base_minor"), "10458");
  EXPECT_EQ(shop.balance(mia), 1046);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE outcome = 'waiting'"), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, AnOrderAndItsRefundAtTheSameMomentMeet) {
  for (int round = 0; round < 10; ++round) {
    const std::string number = std::to_string(70'000 + round);
    const std::string order = R"({"id":)" + number +
                              R"(,"currency":"EUR","created_at":"2026-03-02T10:15:00Z",)"
                              R"("discount_codes":[{"code":"MIA10"}],)"
                              R"("line_items":[{"id":1,"price":"100.00"}]})";
    const std::string refund = R"({"id":1,"order_id":)" + number +
                               R"(,"created_at":"2026-03-02T10:15:00Z","refund_line_items":[)"
                               R"({"line_item_id":1,"quantity":1,"subtotal":"100.00"}],)"
                               R"("transactions":[{"kind":"refund","status":"success",)"
                               R"("amount":"100.00"}]})";
    {
      std::jthread one([&] { deliver(order); });
      std::jthread two([&] { deliver(refund); });
    }
    EXPECT_EQ(shop.get("/v1/orders/" + number).at("/remaining_base_minor"), "0") << number;
  }
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, ACancelledOrderKeepsNothing) {
  ASSERT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  auto order = boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  order.as_object()["cancelled_at"] = "2026-03-02T11:00:00Z";
  EXPECT_EQ(deliver(boost::json::serialize(order), "", "orders/cancelled").at("/outcome"),
            "applied");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, ALaterStateOfTheLinesBecomesAnAdjustment) {
  ASSERT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  auto order = boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  order.at_pointer("/line_items/0/price") = "120.00";
  const auto reply = deliver(boost::json::serialize(order), "", "orders/updated");
  EXPECT_EQ(reply.at("/outcome"), "applied") << reply.body;
  EXPECT_EQ(reply.at("/detail"), "the order was changed: its base was 13916 and is 14016");
  const auto shown = shop.get("/v1/orders/9007199254741993");
  EXPECT_EQ(shown.at("/base_minor"), "13916");
  EXPECT_EQ(shown.at("/remaining_base_minor"), "14016");
  EXPECT_EQ(shown.at("/refunds/0/kind"), "edit");
  EXPECT_EQ(shop.balance(mia), 1402);
  const auto text = shop.get("/v1/commissions/" + shown.at("/commissions/0/id") + "/explain");
  EXPECT_NE(text.at("/text").find("The shop's edit of 1.00 EUR on 2026-03-02 added 0.10 EUR."),
            std::string::npos)
      << text.at("/text");
  // Back to what it was; then an older state, which changes nothing.
  EXPECT_EQ(deliver_golden("order_tax_included", "again").at("/outcome"), "applied");
  order.as_object()["updated_at"] = "2026-03-01T00:00:00Z";
  EXPECT_EQ(deliver(boost::json::serialize(order)).at("/outcome"), "duplicate");
  EXPECT_EQ(shop.balance(mia), 1392);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, OtherCodesThanBookedAreShownToAPerson) {
  ASSERT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  auto order = boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  order.at_pointer("/discount_codes/0/code") = "LEO10";
  order.at_pointer("/discount_applications") = boost::json::array();
  const auto reply = deliver(boost::json::serialize(order), "", "orders/updated");
  EXPECT_EQ(reply.at("/outcome"), "needs_review") << reply.body;
  EXPECT_EQ(shop.balance(mia), 1392);
}

TEST_P(Webhooks, AnOrderIsBookedWhenItIsPaidFor) {
  auto order = boost::json::parse(test::golden_file("attribution/shopify/order_tax_included.json"));
  for (const char* status : {"pending", "authorized", "partially_paid", "voided"}) {
    order.as_object()["financial_status"] = status;
    EXPECT_EQ(deliver(boost::json::serialize(order)).at("/outcome"), "ignored") << status;
  }
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM orders"), 0);
  order.as_object()["financial_status"] = "paid";
  EXPECT_EQ(deliver(boost::json::serialize(order)).at("/outcome"), "applied");
}

// One brand, two shops whose numbers are the same.
TEST_P(Webhooks, TwoShopsMayHaveOrdersOfOneNumber) {
  ASSERT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  const auto second = shop.post("/v1/integrations",
                                R"({"platform":"shopify","secret":"a-webhook-secret"})", "admin");
  path = second.at("/webhook_path");
  EXPECT_EQ(deliver_golden("order_tax_included").at("/outcome"), "applied");
  EXPECT_EQ(deliver_golden("refund_one_piece_and_shipping").at("/outcome"), "applied");
  EXPECT_EQ(shop.get("/v1/orders/9007199254741993").at("/remaining_base_minor"), "13916");
  EXPECT_EQ(shop.get("/v1/orders/9007199254741993@" + second.at("/id")).at("/remaining_base_minor"),
            "11458");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, TestOrdersAreStoredAndEarnNothing) {
  ASSERT_EQ(deliver_golden("order_of_a_test").at("/outcome"), "applied");
  const auto order = shop.get("/v1/orders/88004");
  EXPECT_EQ(order.at("/is_test"), "true");
  EXPECT_EQ(order.at("/base_minor"), "0");
  EXPECT_EQ(order.at("/credits"), "[]");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM code_uses"), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, AnOrderForNothingIsCreditedWithNothing) {
  ASSERT_EQ(deliver_golden("order_for_nothing").at("/outcome"), "applied");
  EXPECT_EQ(shop.get("/v1/orders/88006").at("/credits/0/base_minor"), "0");
  EXPECT_EQ(deliver_golden("order_of_gift_cards").at("/outcome"), "applied");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Webhooks, WhatIsNotUnderstoodIsStoredAsItCameAndTriedAgain) {
  const std::string body = std::string("{\"id\":1,\xff") + '\0' + "not json";
  const auto reply = deliver(body, "d-1", "orders/create");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/outcome"), "failed");
  EXPECT_EQ(deliver(body, "d-1", "orders/create").at("/outcome"), "failed");
  EXPECT_EQ(deliveries(), 1);
  const auto list = shop.get("/v1/integrations/" + id + "/deliveries", "admin");
  EXPECT_EQ(list.at("/data/0/delivery"), "id/d-1");
  EXPECT_EQ(list.at("/data/0/topic"), "orders/create");
  EXPECT_EQ(list.at("/data/1"), "absent");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM orders"), 0);
}

TEST_P(Webhooks, OtherTopicsAreStoredAndIgnored) {
  EXPECT_EQ(deliver(R"({"anything":1})", "d-1", "app/uninstalled").at("/outcome"), "ignored");
  EXPECT_EQ(deliveries(), 1);
}

TEST_P(Webhooks, WithoutAGoodSignatureNothingIsLetIn) {
  const auto bad =
      deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", "another-secret");
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(bad.at("/code"), "signature_invalid");
  EXPECT_EQ(shop.call(net::Method::post, path, "{}", "").body, bad.body);
  // A key of the brand does not replace the signature.
  EXPECT_EQ(shop.call(net::Method::post, path, "{}", "admin").status, 401);
  const std::string good_path = path;
  for (const std::string unknown : {"int_0000000000001", "nonsense"}) {
    path = "/v1/webhooks/shopify/" + unknown;
    const auto reply = deliver_golden("order_net");
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.body, bad.body);
  }
  path = "/v1/webhooks/fax/" + id;
  EXPECT_EQ(deliver_golden("order_net").status, 404);
  EXPECT_EQ(deliveries(), 0);
}

TEST_P(Webhooks, ARotatedSecretIsGoodUntilTheNextRotation) {
  const auto rotate = [&](const std::string& to) {
    return shop
        .call(net::Method::patch, "/v1/integrations/" + id, R"({"secret":")" + to + R"("})",
              "admin")
        .status;
  };
  ASSERT_EQ(rotate("second-secret"), 200);
  EXPECT_EQ(deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", secret).status,
            200);
  EXPECT_EQ(
      deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", "second-secret")
          .status,
      200);
  ASSERT_EQ(rotate("third-secret"), 200);
  EXPECT_EQ(deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", secret).status,
            401);
  EXPECT_EQ(
      deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", "second-secret")
          .status,
      200);
}

TEST_P(Webhooks, ASecretIsSealedAndBoundToItsIntegration) {
  const auto second = shop.post(
      "/v1/integrations", R"({"platform":"shopify","secret":"another-webhook-secret"})", "admin");
  ASSERT_EQ(second.status, 201);
  EXPECT_EQ(shop.get("/v1/integrations", "admin").body.find("secret"), std::string::npos);
  // Moved to another row it does not open, so nothing signed with it is let in.
  const auto moved = core::IntegrationId::parse(id)->number;
  shop.run(
      "UPDATE integrations SET sealed_secret = (SELECT sealed_secret FROM integrations WHERE "
      "integration_id <> " +
      std::to_string(moved) + ") WHERE integration_id = " + std::to_string(moved));
  EXPECT_EQ(deliver(test::golden_file("attribution/shopify/order_net.json"), "", "",
                    "another-webhook-secret")
                .status,
            401);
}

TEST_P(Webhooks, ARemovedIntegrationIsGoneForThoseWhoKnowTheSecret) {
  ASSERT_EQ(shop.call(net::Method::del, "/v1/integrations/" + id, "", "admin").status, 200);
  EXPECT_EQ(deliver_golden("order_net").status, 410);
  EXPECT_EQ(
      deliver(test::golden_file("attribution/shopify/order_net.json"), "", "", "another-secret")
          .status,
      401);
  EXPECT_EQ(shop.get("/v1/integrations", "admin").at("/data"), "[]");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM audit_events"), 2);
}

TEST_P(Webhooks, IntegrationsAreAnAdminsAndAnotherBrandsDoNotExist) {
  const std::string good = R"({"platform":"shopify","secret":"12345678"})";
  EXPECT_EQ(shop.post("/v1/integrations", good, "shop").status, 403);
  EXPECT_EQ(shop.post("/v1/integrations", good, "viewer").status, 403);
  EXPECT_EQ(shop.get("/v1/integrations/" + id, "viewer").status, 200);
  const auto theirs = shop.get("/v1/integrations/" + id, "other");
  EXPECT_EQ(theirs.status, 404);
  EXPECT_EQ(shop.get("/v1/integrations/int_0000000000001", "other").body, theirs.body);
  EXPECT_EQ(shop.get("/v1/integrations/" + id + "/deliveries", "other").body, theirs.body);
  EXPECT_EQ(
      shop.call(net::Method::patch, "/v1/integrations/" + id, R"({"secret":"12345678"})", "other")
          .body,
      theirs.body);
  EXPECT_EQ(shop.call(net::Method::del, "/v1/integrations/" + id, "", "other").body, theirs.body);
  EXPECT_EQ(deliver_golden("order_net").status, 200);
}

TEST_P(Webhooks, BadIntegrationsAreRefusedByName) {
  const auto pointer = [&](const std::string& body) {
    const auto reply = shop.post("/v1/integrations", body, "admin");
    EXPECT_EQ(reply.status, 400);
    return reply.at("/errors/0/pointer");
  };
  EXPECT_EQ(pointer(R"({"platform":"fax","secret":"12345678"})"), "/platform");
  EXPECT_EQ(pointer(R"({"platform":"shopify","secret":"1234567"})"), "/secret");
  EXPECT_EQ(pointer(R"({"platform":"shopify"})"), "/secret");
  EXPECT_EQ(pointer(R"({"platform":"shopify","secret":"12345678","url":"x"})"), "/url");
}

// With a click file of its own: 12 is a prefetch.
class WebhooksOfClicks : public test::OnEveryEngine {
 protected:
  WebhooksOfClicks() {
    clicks_
        ->transact([](storage::Session& session) {
          session.run(test::TestStatement(
              "INSERT INTO click_links (number, brand_id, link_id) VALUES (1, 1001, 5001)"));
          session.run(test::TestStatement(
              "INSERT INTO clicks VALUES (12, 1, 2, 0, NULL, X'', 0, 0, 0, 0, 0, 0)"));
        })
        .value();
  }
  Reply deliver(const std::string& body, const std::string& with_secret) const {
    const std::string mac = core::base64(core::as_text(core::hmac_sha256(with_secret, body)));
    return shop.call(net::Method::post, path, body, "", {{"X-Shopify-Hmac-Sha256", mac}});
  }

  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_ =
      storage::open(
          {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
          .value();
  std::vector<std::int64_t> activated;
  const Shop shop{database(), clicks_.get(), [this](std::span<const core::ClickId> clicks) {
                    for (const core::ClickId one : clicks)
                      activated.push_back(one.number);
                  }};
  const std::string path =
      shop.post("/v1/integrations", R"({"platform":"shopify","secret":"a-webhook-secret"})",
                "admin")
          .at("/webhook_path");
};
INSTANTIATE_ON_ENGINES(WebhooksOfClicks);

TEST_P(WebhooksOfClicks, TellOfAPrefetchOnceItsOrderIsBooked) {
  std::string body = test::golden_file("attribution/shopify/order_tax_included.json");
  constexpr std::string_view in_note = "from_note";
  body.replace(body.find(in_note), in_note.size(), Shop::token(12, 5001, "2026-03-01T12:00:00Z"));
  EXPECT_EQ(deliver(body, "another-secret").status, 401);
  EXPECT_EQ(activated, std::vector<std::int64_t>{});
  EXPECT_EQ(deliver(body, secret).at("/outcome"), "applied");
  EXPECT_EQ(activated, std::vector<std::int64_t>{12});
  EXPECT_EQ(deliver(body, secret).at("/outcome"), "duplicate");
  EXPECT_EQ(activated, std::vector<std::int64_t>{12});
}

}  // namespace

}  // namespace fairlead::attribution
