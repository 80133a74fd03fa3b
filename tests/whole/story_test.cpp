// One true life of a click, a code and an order through the real program: click → code → order →
// refund → report, on both engines, and what each side may see of it.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class Story : public ProgramOnEveryEngine {};
INSTANTIATE_ON_ENGINES(Story);

json::value body_of(const test::HttpAnswer& answer) {
  return json::parse(answer.body);
}

// The one row of a report that has this key.
json::object row_of(const test::HttpAnswer& report, const std::string& key) {
  const json::value body = body_of(report);
  for (const json::value& row : body.at("data").as_array())
    if (row.at("key").as_string() == key) return row.as_object();
  ADD_FAILURE() << key << " is not in " << report.body;
  return {};
}

TEST_P(Story, AClickACodeAndAnOrderBecomeACommissionThatExplainsItself) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();

  const std::string token = shop.click();
  ASSERT_FALSE(token.empty());
  EXPECT_LE(token.size(), 40u);

  const json::object cart{
      {"code", "mia10"}, {"order_ref", "A-1"}, {"currency", "EUR"}, {"subtotal_minor", 10'000}};
  const auto redeemed = shop.as_shop("POST", "/v1/codes/redeem", cart);
  ASSERT_EQ(redeemed.status, 200) << redeemed.body;
  EXPECT_EQ(body_of(redeemed).at("discount").at("amount_minor").as_int64(), 1'000);

  const auto body = Shop::order_body("A-1", token, "mia10");
  const auto booked = shop.as_shop("POST", "/v1/orders", body);
  ASSERT_EQ(booked.status, 201) << booked.body;
  const json::value order = body_of(booked);
  EXPECT_EQ(order.at("base_minor").as_int64(), 9'000);
  EXPECT_EQ(order.at("credits").at(0).at("influencer_id").as_string(), shop.influencer_id);
  EXPECT_EQ(order.at("credits").at(0).at("via").as_string(), "code");  // code_first
  EXPECT_EQ(order.at("commissions").at(0).at("amount_minor").as_int64(), 900);

  const auto again = shop.as_shop("POST", "/v1/orders", body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, booked.body);

  const auto refund = shop.as_shop(
      "POST", "/v1/orders/A-1/refunds",
      {{"refund_ref", "R-1"},
       {"placed_at", body.at("placed_at")},
       {"items", json::array{json::object{{"line_id", "1"}, {"amount_minor", 3'000}}}}});
  ASSERT_EQ(refund.status, 201) << refund.body;

  const std::string commission(order.at("commissions").at(0).at("id").as_string());
  const auto explained = shop.as_admin("GET", "/v1/commissions/" + commission + "/explain");
  ASSERT_EQ(explained.status, 200) << explained.body;
  EXPECT_EQ(body_of(explained).at("commission").at("amount_minor").as_int64(), 600);

  const auto report = shop.as_admin("GET", "/v1/reports/roi?group_by=influencer");
  ASSERT_EQ(report.status, 200) << report.body;
  const json::object row = row_of(report, shop.influencer_id);
  EXPECT_EQ(row.at("clicks_valid").as_int64(), 1);
  EXPECT_EQ(row.at("code_uses").as_int64(), 1);
  EXPECT_EQ(row.at("orders").as_int64(), 1);
  EXPECT_EQ(row.at("revenue_minor").as_int64(), 9'000);
  EXPECT_EQ(row.at("net_revenue_minor").as_int64(), 6'000);
  EXPECT_EQ(row.at("commission_minor").as_int64(), 600);

  EXPECT_EQ(server.stop(), 0) << server.log();
  std::vector<std::string> verify{"verify"};
  for (const std::string& argument : arguments())
    verify.push_back(argument);
  const Ran verified = run_program(verify);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST_P(Story, AClickAloneIsCreditedByItsTokenEvenWhenTheClickFileIsLost) {
  const BrandKeys keys = init_brand(arguments());
  std::string token;
  {
    ServerProcess server(arguments());
    Shop shop(server.port(), keys);
    shop.set_up();
    token = shop.click();
    EXPECT_EQ(server.stop(), 0);
  }
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(directory_.file("data/clicks.db") + suffix);
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  const auto booked = shop.as_shop("POST", "/v1/orders", Shop::order_body("B-1", token, ""));
  ASSERT_EQ(booked.status, 201) << booked.body;
  EXPECT_EQ(body_of(booked).at("credits").at(0).at("via").as_string(), "click");
}

TEST_P(Story, ABrandNeverSeesOrMovesAnothersRows) {
  const BrandKeys ours = init_brand(arguments(), "Ours");
  const BrandKeys theirs = init_brand(arguments(), "Theirs");
  ServerProcess server(arguments());
  Shop our_shop(server.port(), ours);
  our_shop.set_up("ours", "OURS10");
  Shop their_shop(server.port(), theirs);
  their_shop.set_up("theirs", "THEIRS10");
  const std::string token = our_shop.click("ours");
  ASSERT_EQ(our_shop.as_shop("POST", "/v1/orders", Shop::order_body("C-1", token, "OURS10")).status,
            201);

  const std::string no_such = their_shop.as_admin("GET", "/v1/influencers/inf_0000000000001").body;
  for (const std::string& path :
       {"/v1/influencers/" + our_shop.influencer_id, "/v1/campaigns/" + our_shop.campaign_id,
        "/v1/deals/" + our_shop.deal_id, "/v1/links/" + our_shop.link_id,
        "/v1/codes/" + our_shop.code_id, std::string("/v1/orders/C-1")}) {
    EXPECT_EQ(their_shop.as_admin("GET", path).status, 404) << path;
    EXPECT_EQ(our_shop.as_admin("GET", path).status, 200) << path;
  }
  EXPECT_EQ(their_shop.as_admin("GET", "/v1/influencers/" + our_shop.influencer_id).body, no_such);
  EXPECT_EQ(their_shop.as_admin("DELETE", "/v1/links/" + our_shop.link_id).status, 404);
  // Their order may name our token and code; it earns us nothing and tells them nothing.
  const auto foreign =
      their_shop.as_shop("POST", "/v1/orders", Shop::order_body("C-2", token, "OURS10"));
  ASSERT_EQ(foreign.status, 201) << foreign.body;
  EXPECT_TRUE(body_of(foreign).at("credits").as_array().empty());
}

TEST_P(Story, AnEditedLinkLeadsElsewhereAtOnceAndAnArchivedOneNowhere) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();
  test::HttpClient shopper(server.port());
  EXPECT_TRUE(shopper.get("/mia-summer")
                  .header("Location")
                  .starts_with("https://shop.example/summer?utm_campaign=summer&fl_click="));
  const auto patched = shop.as_admin("PATCH", "/v1/links/" + shop.link_id,
                                     {{"destination", "https://shop.example/autumn"}});
  ASSERT_EQ(patched.status, 200) << patched.body;
  EXPECT_TRUE(
      shopper.get("/mia-summer").header("Location").starts_with("https://shop.example/autumn?"));
  const int archived = shop.as_admin("DELETE", "/v1/links/" + shop.link_id).status;
  EXPECT_TRUE(archived == 200 || archived == 204);
  EXPECT_EQ(shopper.get("/mia-summer").status, 404);
  EXPECT_EQ(shopper.get("/never-was").status, 404);
}

TEST_P(Story, ADomainThatLeavesTheListStopsItsLinksAtOnceAndTheFallbackTakesOver) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();
  ASSERT_FALSE(shop.click().empty());
  const auto patched = shop.as_admin("PATCH", "/v1/brand",
                                     {{"allowed_domains", json::array{"new-shop.example"}},
                                      {"fallback_url", "https://new-shop.example/hello"}});
  ASSERT_EQ(patched.status, 200) << patched.body;
  test::HttpClient shopper(server.port());
  const auto answer = shopper.get("/mia-summer");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.header("Location"), "https://new-shop.example/hello");
}

TEST_P(Story, ASecondServerOnTheSameDataIsRefusedWithAPlainMessage) {
  init_brand(arguments());
  ServerProcess server(arguments());
  std::vector<std::string> second{"serve", "--listen", "127.0.0.1:0"};
  for (const std::string& argument : arguments())
    second.push_back(argument);
  const Ran ran = run_program(second);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("another"), std::string::npos) << ran.err;
}

TEST_P(Story, SigintDrainsLikeSigterm) {
  init_brand(arguments());
  ServerProcess server(arguments());
  EXPECT_EQ(server.stop(2), 0) << server.log();
}

}  // namespace
}  // namespace fairlead::whole
