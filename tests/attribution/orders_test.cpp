// Orders over the own API, on both engines.
#include <gtest/gtest.h>

#include <thread>

#include "storage/storage.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::attribution {

namespace {

class Orders : public test::OnEveryEngine {
 protected:
  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Orders);

TEST_P(Orders, AnswerIsTheContractsBody) {
  const auto reply = shop.order(order_json("A-1042", R"(,"codes":["mia10"])"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(without_ids(reply.body), test::golden_file("attribution/order_answer.json"));
  EXPECT_EQ(shop.balance(mia), 1499);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Orders, WithoutAnInfluencerIsStoredWithoutCredits) {
  const auto reply = shop.order(order_json("A-1"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.at("/base_minor"), "14994");
  EXPECT_EQ(reply.at("/credits"), "[]");
  EXPECT_EQ(reply.at("/commissions"), "[]");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Orders, TheSameAgainIsAnsweredWithTheSameBytesAndBooksNothing) {
  const auto first = shop.order(order_json("A-1", R"(,"codes":["MIA10"])"));
  ASSERT_EQ(first.status, 201);
  const auto counts = shop.row_counts();
  shop.clock.advance_seconds(90 * 86'400);
  // Other white space and order of keys, defaults spelled out: the same order.
  auto body = order_json("A-1");
  body = R"({ "codes":["MIA10"], "click_ids":[], "customer":{}, )" + body.substr(1);
  const auto second = shop.order(body);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(shop.row_counts(), counts);
}

TEST_P(Orders, TheSameAfterARefundIsStillAnsweredAsBooked) {
  const auto first = shop.order(order_json("A-1", R"(,"codes":["MIA10"])"));
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-1","placed_at":"2026-03-02T10:00:00Z",)"
                               R"("amount_minor":14994})")
                .status,
            201);
  EXPECT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).body, first.body);
}

TEST_P(Orders, AnotherBodyUnderTheSameReferenceNamesWhatDiffers) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  const auto counts = shop.row_counts();
  auto changed = order_json("A-1", R"(,"codes":["LEO10"])");
  changed.replace(changed.find("11900"), 5, "11800");
  const auto reply = shop.order(changed);
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.at("/code"), "order_conflict");
  EXPECT_EQ(reply.at("/errors/0/pointer"), "/items/0/unit_price_minor");
  EXPECT_EQ(reply.at("/errors/0/detail"), "it is booked as 11900, but 11800 was sent");
  EXPECT_EQ(reply.at("/errors/1/pointer"), "/codes");
  EXPECT_EQ(reply.at("/errors/2/pointer"), "absent");
  EXPECT_EQ(shop.row_counts(), counts);

  const auto customer =
      shop.order(order_json("A-1", R"(,"codes":["MIA10"],"customer":{"groups":["vip"]})"));
  EXPECT_EQ(customer.status, 409);
  EXPECT_EQ(customer.at("/errors/0/pointer"), "/customer");
}

TEST_P(Orders, AnIdempotencyKeyReplaysTheAnswerAndRefusesAnotherBody) {
  const Headers key{{"Idempotency-Key", "k-1"}};
  const auto body = order_json("A-1", R"(,"codes":["MIA10"])");
  const auto first = shop.call(net::Method::post, "/v1/orders", body, "shop", key);
  EXPECT_EQ(first.status, 201);
  const auto again = shop.call(net::Method::post, "/v1/orders", body, "shop", key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  const auto other = shop.call(net::Method::post, "/v1/orders", order_json("A-2"), "shop", key);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM orders"), 1);
}

TEST_P(Orders, SentTwentyTimesAtOnceAreOneOrder) {
  const auto body = order_json("A-1", R"(,"codes":["MIA10"])");
  std::vector<Reply> replies(20);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < replies.size(); i += 4)
          replies[i] = shop.order(body);
      });
    }
  }
  int created = 0;
  for (const Reply& reply : replies) {
    EXPECT_TRUE(reply.status == 200 || reply.status == 201) << reply.body;
    EXPECT_EQ(reply.body, replies.front().body);
    created += reply.status == 201;
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(shop.balance(mia), 1499);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM code_uses"), 1);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Orders, TouchesThatDoNotCountNeverRefuseTheOrder) {
  const std::string at = "2026-03-01T12:00:00Z";
  const std::string clicks =
      R"(,"codes":["NOBODY","OTHER10","leoold","LEOGONE"],"click_ids":["forged",")" +
      Shop::token(1, 5101, at) + R"(",")" + Shop::token(2, 9999, at) + R"(",")" +
      Shop::token(3, 5001, "2026-01-01T00:00:00Z") + R"(",")" +
      Shop::token(4, 5001, "2026-03-02T10:00:00Z") + R"(",")" + Shop::token(5, 5004, at) +
      R"(",")" + Shop::token(6, 5005, at) + R"("])";
  const auto reply = shop.order(order_json("A-1", clicks));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.at("/credits"), "[]");
  const auto outcomes = shop.database.read([](storage::Session& session) {
    std::string text;
    const storage::Statement list{"test.outcomes",
                                  "SELECT outcome FROM touchpoints ORDER BY position",
                                  "SELECT outcome FROM touchpoints ORDER BY position", 0};
    for (const auto& row : session.run(list))
      text += row.text(0) + " ";
    return text;
  });
  EXPECT_EQ(*outcomes,
            "unknown_code unknown_code deal_ended deal_archived invalid_token foreign foreign "
            "expired after_order deal_ended deal_archived ");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Orders, CodeOnlyClickOnlyAndBothAreCreditedByTheCampaignsPolicy) {
  const auto click = R"(,"click_ids":[")" + Shop::token(7, 5002, "2026-03-01T12:00:00Z") + R"("])";
  const auto by_code = shop.order(simple_order("A-1", 10'000, R"(,"codes":["MIA10"])"));
  EXPECT_EQ(by_code.at("/credits/0/via"), "code");
  const auto by_click = shop.order(simple_order("A-2", 10'000, click));
  EXPECT_EQ(by_click.at("/credits/0/via"), "click");
  EXPECT_EQ(by_click.at("/credits/0/influencer_id"), leo.text());
  EXPECT_EQ(by_click.at("/commissions/0/amount_minor"), "1250");
  const auto both = shop.order(simple_order("A-3", 10'000, R"(,"codes":["MIA10"])" + click));
  EXPECT_EQ(both.at("/credits/0/influencer_id"), mia.text());
  EXPECT_EQ(both.at("/credits/1"), "absent");
  const auto click_first =
      shop.order(simple_order("A-4", 10'000, R"(,"codes":["LEOCLICK"])" + click));
  EXPECT_EQ(click_first.at("/credits/0/via"), "click");
  EXPECT_EQ(click_first.at("/credits/0/deal_id"), leos_deal.text());
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Orders, ArchivedAndExpiredCodesStillAttribute) {
  shop.run("UPDATE codes SET archived_at = 1, is_enabled = 0, ends_at = 1 WHERE folded = 'MIA10'");
  const auto reply = shop.order(simple_order("A-1", 10'000, R"(,"codes":["MIA10"])"));
  EXPECT_EQ(reply.at("/commissions/0/amount_minor"), "1000");
}

TEST_P(Orders, OfAnotherBrandDoNotExist) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  const auto theirs = shop.get("/v1/orders/A-1", "other");
  const auto nobodys = shop.get("/v1/orders/A-1", "shop");
  EXPECT_EQ(nobodys.status, 200);
  EXPECT_EQ(theirs.status, 404);
  EXPECT_EQ(theirs.body, shop.post("/v1/orders/A-1/refunds",
                                   R"({"refund_ref":"R","placed_at":"2026-03-02T10:00:00Z",)"
                                   R"("amount_minor":1})",
                                   "other")
                             .body);
  // The same reference of another brand is another order.
  EXPECT_EQ(shop.post("/v1/orders", order_json("A-1"), "other").status, 201);
}

TEST_P(Orders, AreOnlyForShopsAndAdmins) {
  EXPECT_EQ(shop.post("/v1/orders", order_json("A-1"), "viewer").status, 403);
  EXPECT_EQ(shop.post("/v1/orders", order_json("A-1"), "mia").status, 403);
  EXPECT_EQ(shop.post("/v1/orders", order_json("A-1"), "").status, 401);
  EXPECT_EQ(shop.get("/v1/orders/A-1", "mia").status, 403);
}

TEST_P(Orders, ShowsTheOrderAsItStands) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"],"customer":{"key":"c-77"})")).status,
            201);
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-1","placed_at":"2026-03-02T10:00:00Z",)"
                               R"("items":[{"line_id":"2","quantity":1,"amount_minor":2142}]})")
                .status,
            201);
  const auto reply = shop.get("/v1/orders/A-1");
  EXPECT_EQ(reply.at("/remaining_base_minor"), "12852");
  EXPECT_EQ(reply.at("/items/1/base_minor"), "4284");
  EXPECT_EQ(reply.at("/items/0/category_ids"), R"(["light"])");
  EXPECT_EQ(reply.at("/refunds/0/refund_ref"), "R-1");
  EXPECT_EQ(reply.at("/commissions/0/amount_minor"), "1285");
  EXPECT_EQ(reply.body.find("c-77"), std::string::npos);
}

TEST_P(Orders, BadBodiesAreRefusedByNameAndWriteNothing) {
  for (const auto& [where, fields] : test::golden_lines("attribution/bad_orders.txt", 4)) {
    SCOPED_TRACE(where);
    const auto reply = shop.order(fields[3]);
    EXPECT_EQ(std::to_string(reply.status), fields[0]) << reply.body;
    EXPECT_EQ(reply.at("/code"), fields[1]) << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), fields[2]) << reply.body;
  }
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM orders"), 0);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"), 0);
}

TEST_P(Orders, DamageIsNamedByVerify) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-1","placed_at":"2026-03-02T10:00:00Z",)"
                               R"("amount_minor":100})")
                .status,
            201);
  ASSERT_EQ(shop.verify(), "");
  shop.run("UPDATE order_lines SET base_minor = base_minor + 1 WHERE line_id = '1'");
  EXPECT_NE(shop.verify().find("base_minor of line 1 of order"), std::string::npos);
  shop.run("UPDATE order_lines SET base_minor = base_minor - 1 WHERE line_id = '1'");
  shop.run("UPDATE credits SET influencer_id = 4002");
  EXPECT_NE(shop.verify().find("influencer of credit"), std::string::npos);
  shop.run("UPDATE credits SET influencer_id = 4001");
  shop.run("UPDATE touchpoints SET outcome = 'expired'");
  EXPECT_NE(shop.verify().find("number of credits"), std::string::npos);
  shop.run("UPDATE touchpoints SET outcome = 'credited'");
  shop.run("DELETE FROM credit_refunds");
  EXPECT_NE(shop.verify().find("stored missing"), std::string::npos);
}

TEST_P(Orders, AreCountedByWhatBecameOfThem) {
  const auto value = [](std::string_view name, std::string_view label) {
    std::vector<core::Metric> metrics;
    collect(metrics);
    for (const auto& metric : metrics) {
      if (metric.name == name && metric.labels.front().second == label) return metric.value;
    }
    return -1.0;
  };
  const double booked = value("fairlead_orders_total", "booked");
  const double repeated = value("fairlead_orders_total", "repeated");
  const double conflicting = value("fairlead_orders_total", "conflicting");
  const double forged = value("fairlead_click_tokens_refused_total", "invalid");
  shop.order(order_json("A-1", R"(,"click_ids":["forged"])"));
  shop.order(order_json("A-1", R"(,"click_ids":["forged"])"));
  shop.order(order_json("A-1"));
  EXPECT_EQ(value("fairlead_orders_total", "booked"), booked + 1);
  EXPECT_EQ(value("fairlead_orders_total", "repeated"), repeated + 1);
  EXPECT_EQ(value("fairlead_orders_total", "conflicting"), conflicting + 1);
  EXPECT_EQ(value("fairlead_click_tokens_refused_total", "invalid"), forged + 1);
}

// Verdicts come from a click file of its own: 11 is a bot's, 12 a prefetch, 13 is not there.
class OrdersOfClicks : public test::OnEveryEngine {
 protected:
  OrdersOfClicks() {
    clicks_
        ->transact([](storage::Session& session) {
          session.run(storage::Statement{
              "test.link",
              "INSERT INTO click_links (number, brand_id, link_id) VALUES (1, 1001, 5001)", "", 0});
          const storage::Statement insert{
              "test.click", "INSERT INTO clicks VALUES (?1, 1, ?2, 0, NULL, X'', 0, 0, 0, 0, 0, 0)",
              "", 2};
          session.run(insert, 11, 3);
          session.run(insert, 12, 2);
        })
        .value();
  }
  static std::string token(std::int64_t click) {
    return Shop::token(click, 5001, "2026-03-01T12:00:00Z");
  }
  static std::string click(std::int64_t id) { return R"(,"click_ids":[")" + token(id) + R"("])"; }

  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_ =
      storage::open(
          {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
          .value();
  std::vector<std::int64_t> activated_;
  const Shop with_clicks{database(), clicks_.get(), [this](std::span<const core::ClickId> clicks) {
                           for (const core::ClickId one : clicks)
                             activated_.push_back(one.number);
                         }};
};
INSTANTIATE_ON_ENGINES(OrdersOfClicks);

TEST_P(OrdersOfClicks, PrefetchesThatCameBackAreToldOnceTheOrderIsBooked) {
  const std::string all = R"(,"click_ids":[")" + token(11) + R"(",")" + token(12) + R"(",")" +
                          token(13) + R"(","forged"])";
  with_clicks.order(simple_order("A-1", 100, R"(,"click_ids":[")" + token(12) + R"("],"x":1)"));
  EXPECT_EQ(activated_, std::vector<std::int64_t>{}) << "the order was refused";
  ASSERT_EQ(with_clicks.order(simple_order("A-1", 100, all)).status, 201);
  EXPECT_EQ(activated_, std::vector<std::int64_t>{12});
  ASSERT_EQ(with_clicks.order(simple_order("A-1", 100, all)).status, 200);
  EXPECT_EQ(activated_, std::vector<std::int64_t>{12}) << "the same order again";
}

TEST_P(OrdersOfClicks, PrefetchesOfAnotherBrandAreNotTold) {
  const auto reply = with_clicks.call(net::Method::post, "/v1/orders",
                                      simple_order("B-1", 100, click(12)), "other");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(activated_, std::vector<std::int64_t>{});
}

TEST_P(OrdersOfClicks, AClickThatABotMadeEarnsNothingAndAPrefetchedOneDoes) {
  EXPECT_EQ(with_clicks.order(simple_order("A-1", 100, click(11))).at("/credits"), "[]");
  EXPECT_EQ(with_clicks.order(simple_order("A-2", 100, click(12))).at("/credits/0/via"), "click");
  // A token is proof enough when its click is not in the file.
  EXPECT_EQ(with_clicks.order(simple_order("A-3", 100, click(13))).at("/credits/0/via"), "click");
  EXPECT_EQ(with_clicks.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = 'invalid_bot'"),
            1);
}

}  // namespace

}  // namespace fairlead::attribution
