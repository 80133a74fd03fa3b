// Commissions as people read them: lists, one, and why; on both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

class Commissions : public test::OnEveryEngine {
 protected:
  // Books the order and gives the id of its first commission.
  std::string commission_of(std::string_view body) {
    const auto reply = shop.order(body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/commissions/0/id");
  }

  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Commissions);

TEST_P(Commissions, ExplainIsTheGoldenText) {
  const auto click = Shop::token(7, 5002, "2026-03-01T12:00:00Z");
  const auto by_code = commission_of(order_json(
      "A-1042",
      R"(,"codes":["mia10","LEO10","NOBODY"],"click_ids":["forged",")" + click + R"("])"));
  const auto by_click =
      commission_of(simple_order("A-1043", 9'999, R"(,"click_ids":[")" + click + R"("])"));
  ASSERT_EQ(shop.refund("A-1042", R"({"refund_ref":"R-7","placed_at":"2026-03-02T11:00:00Z",)"
                                  R"("items":[{"line_id":"2","quantity":1,"amount_minor":2142}]})")
                .status,
            201);
  std::string texts = shop.get("/v1/commissions/" + by_code + "/explain").at("/text") + "\n" +
                      shop.get("/v1/commissions/" + by_click + "/explain").at("/text") + "\n";
  shop.clock.advance_seconds(31 * 86'400);
  texts += shop.get("/v1/commissions/" + by_click + "/explain").at("/text") + "\n";
  ASSERT_EQ(shop.refund("A-1043", R"({"refund_ref":"R-8","placed_at":"2026-03-02T11:00:00Z",)"
                                  R"("amount_minor":9999})")
                .status,
            201);
  texts += shop.get("/v1/commissions/" + by_click + "/explain").at("/text");
  EXPECT_EQ(texts, test::golden_file("attribution/explain.txt"));
}

TEST_P(Commissions, ExplainShowsEveryTouchRuleAndPosting) {
  const auto id = commission_of(order_json("A-1", R"(,"codes":["mia10","LEO10"])"));
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-7","placed_at":"2026-03-02T11:00:00Z",)"
                               R"("amount_minor":1000})")
                .status,
            201);
  const auto reply = shop.get("/v1/commissions/" + id + "/explain");
  EXPECT_EQ(reply.at("/commission/id"), id);
  EXPECT_EQ(reply.at("/order_ref"), "A-1");
  EXPECT_EQ(reply.at("/considered/0/outcome"), "credited");
  EXPECT_EQ(reply.at("/considered/0/given"), "mia10");
  EXPECT_EQ(reply.at("/considered/1/outcome"), "second_code");
  EXPECT_EQ(reply.at("/rule"),
            R"({"precedence":"code_first","model":"last_click","lookback_days":30,)"
            R"("code_share_ppm":500000,"half_life_days":7,"click_to_order_min_s":0,)"
            R"("existing_customers":"credit","campaign_version":1})");
  EXPECT_EQ(reply.at("/arithmetic"),
            R"({"base_minor":14994,"currency":"EUR","weight_ppm":1000000,"rate_ppm":100000,)"
            R"("amount_minor":1499,"rounding":"half away from zero"})");
  EXPECT_EQ(reply.at("/postings/0/amount_minor"), "1499");
  EXPECT_EQ(reply.at("/postings/1/amount_minor"), "100");
  EXPECT_EQ(reply.at("/refunds/0/amount_minor"), "100");
}

TEST_P(Commissions, AnInfluencerSeesOwnRowsAndNothingOfOthers) {
  const auto mias = commission_of(
      simple_order("A-1", 100, R"(,"codes":["MIA10","LEO10"],"customer":{"key":"customer-77"})"));
  const auto leos = commission_of(simple_order("A-2", 100, R"(,"codes":["LEO10"])"));
  const auto list = shop.get("/v1/commissions", "mia");
  EXPECT_EQ(list.at("/data/0/id"), mias);
  EXPECT_EQ(list.at("/data/1"), "absent");
  EXPECT_EQ(list.body.find("customer-77"), std::string::npos);
  EXPECT_EQ(shop.get("/v1/commissions/" + leos, "leo").status, 200);
  const auto theirs = shop.get("/v1/commissions/" + leos, "mia");
  const auto nobodys = shop.get("/v1/commissions/com_0000000000001", "mia");
  EXPECT_EQ(theirs.status, 404);
  EXPECT_EQ(theirs.body, nobodys.body);
  EXPECT_EQ(shop.get("/v1/commissions/" + leos + "/explain", "mia").body, nobodys.body);
  EXPECT_EQ(shop.get("/v1/commissions?influencer_id=" + leo.text(), "mia").status, 403);

  const auto why = shop.get("/v1/commissions/" + mias + "/explain", "mia");
  EXPECT_EQ(why.at("/considered/0/given"), "MIA10");
  EXPECT_EQ(why.at("/considered/1/outcome"), "second_code");
  EXPECT_EQ(why.at("/considered/1/given"), "absent");
  EXPECT_EQ(why.body.find("LEO10"), std::string::npos);
  EXPECT_EQ(why.body.find(leo.text()), std::string::npos);
  EXPECT_EQ(why.body.find("customer-77"), std::string::npos);
}

TEST_P(Commissions, OfAnotherBrandDoNotExist) {
  const auto id = commission_of(simple_order("A-1", 100, R"(,"codes":["MIA10"])"));
  const auto theirs = shop.get("/v1/commissions/" + id, "other");
  EXPECT_EQ(theirs.status, 404);
  EXPECT_EQ(theirs.body, shop.get("/v1/commissions/nonsense", "other").body);
  EXPECT_EQ(shop.get("/v1/commissions/" + id + "/explain", "other").body, theirs.body);
  EXPECT_EQ(shop.get("/v1/commissions", "other").at("/data"), "[]");
}

TEST_P(Commissions, AreListedInPages) {
  std::vector<std::string> ids;
  for (int number = 0; number < 5; ++number) {
    ids.push_back(commission_of(
        simple_order("A-" + std::to_string(number), 100,
                     number % 2 ? R"(,"codes":["LEO10"])" : R"(,"codes":["MIA10"])")));
  }
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page =
        shop.get("/v1/commissions?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(page.status, 200) << page.body;
    const auto body = page.json();
    for (const auto& row : body.at("data").as_array())
      seen.emplace_back(row.at("id").as_string());
    cursor = page.at("/next_cursor");
  } while (cursor != "null");
  EXPECT_EQ(seen, ids);
  EXPECT_EQ(
      shop.get("/v1/commissions?influencer_id=" + leo.text()).json().at("data").as_array().size(),
      2u);
  EXPECT_EQ(shop.get("/v1/commissions?influencer_id=leo").status, 400);
  EXPECT_EQ(shop.get("/v1/commissions?limit=0").status, 400);
  for (const auto* path : {"/v1/commissions?influencer=x", "/v1/integrations?deal_id=x",
                           "/v1/webhooks/failed?outcome=failed"})
    EXPECT_EQ(shop.get(path, "admin").status, 400) << path;
}

}  // namespace

}  // namespace fairlead::attribution
