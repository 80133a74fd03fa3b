// Walks through every operation of the API once, as a brand's owner would in a first hour. Its
// recorded answers are what docs/openapi.yaml is held against; an operation that is missing here
// fails that check.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "core/crypto.hpp"
#include "tests/support/engines.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class Tour : public testing::TestWithParam<storage::Engine> {
 protected:
  Tour() { database_.close(); }
  void SetUp() override {
    const std::vector<std::string> arguments{"--data", directory_.file("data"), "--database",
                                             database_.url()};
    keys_ = init_brand(arguments);
    server_.emplace(arguments);
    shop_.emplace(server_->port(), keys_);
    shop_->set_up();
  }

  // Expects the status and gives the body.
  json::value admin(int status, const std::string& method, const std::string& target,
                    const json::value& body = nullptr) {
    const auto answer = shop_->as_admin(method, target, body);
    EXPECT_EQ(answer.status, status) << method << " " << target << ": " << answer.body;
    const bool is_json = answer.header("Content-Type").find("json") != std::string::npos;
    return is_json ? json::parse(answer.body) : json::value(answer.body);
  }
  static std::string id_of(const json::value& made) { return made.at("id").as_string().c_str(); }

  // Reads it, lists it, changes it, archives it.
  void live(const std::string& collection, const std::string& id, const json::object& change) {
    EXPECT_EQ(id_of(admin(200, "GET", collection + "/" + id)), id);
    EXPECT_FALSE(admin(200, "GET", collection + "?limit=1").at("data").as_array().empty());
    const json::value changed = admin(200, "PATCH", collection + "/" + id, change);
    for (const auto& [name, value] : change)
      EXPECT_EQ(changed.at(name), value) << collection;
    admin(200, "DELETE", collection + "/" + id);
  }

  test::TemporaryDirectory directory_;
  test::TestDatabase database_{GetParam()};
  BrandKeys keys_;
  std::optional<ServerProcess> server_;
  std::optional<Shop> shop_;
};
INSTANTIATE_ON_ENGINES(Tour);

TEST_P(Tour, EveryThingOfABrandCanBeMadeReadChangedAndArchived) {
  const json::value post = admin(201, "POST", "/v1/posts",
                                 {{"deal_id", shop_->deal_id},
                                  {"platform", "instagram"},
                                  {"published_at", "2026-06-01T18:00:00Z"}});
  const std::string metrics = "/v1/posts/" + id_of(post) + "/metrics";
  admin(201, "POST", metrics, {{"at", "2026-06-02T18:00:00Z"}, {"reach", 900}, {"likes", 40}});
  EXPECT_EQ(admin(200, "GET", metrics).at("data").as_array().size(), 1u);
  const json::value cost = admin(201, "POST", "/v1/costs",
                                 {{"campaign_id", shop_->campaign_id},
                                  {"kind", "production"},
                                  {"amount_minor", 12'500},
                                  {"currency", "EUR"},
                                  {"at", "2026-06-01T00:00:00Z"},
                                  {"note", "photos"}});
  live("/v1/posts", id_of(post), {{"url", "https://instagram.example/p/1"}});
  live("/v1/costs", id_of(cost), {{"note", "photos and cut"}});
  live("/v1/codes", shop_->code_id, {{"enabled", false}});
  live("/v1/links", shop_->link_id, {{"destination", "https://shop.example/other"}});
  live("/v1/deals", shop_->deal_id, {{"hold_days", 14}});
  const json::object late{{"deal_id", shop_->deal_id},
                          {"code", "LATE10"},
                          {"discount", {{"kind", "percent"}, {"rate_ppm", 100'000}}}};
  EXPECT_EQ(shop_->as_admin("POST", "/v1/codes", late).status / 100, 4) << "the deal is archived";
  live("/v1/campaigns", shop_->campaign_id, {{"name", "Late summer"}});
  live("/v1/influencers", shop_->influencer_id, {{"niche", "hiking"}});
  EXPECT_FALSE(admin(200, "GET", "/v1/events?limit=5").at("data").as_array().empty());
}

TEST_P(Tour, ManyLinksAreMadeAtOnce) {
  const json::object good{{"deal_id", shop_->deal_id}};
  const json::object bad{{"deal_id", shop_->deal_id}, {"slug", "mia-summer"}};
  const json::value both =
      admin(200, "POST", "/v1/links/bulk", {{"links", json::array{good, bad}}});
  EXPECT_EQ(both.at("created"), 1);
  EXPECT_EQ(both.at("results").at(1).at("errors").at(0).at("pointer"), "/links/1/slug");
  admin(201, "POST", "/v1/links/bulk", {{"links", json::array{good}}});
  admin(400, "POST", "/v1/links/bulk", {{"links", json::array{good, bad}}, {"atomic", true}});
}

TEST_P(Tour, ALinkIsDrawn) {
  const std::string picture = "/v1/links/" + shop_->link_id + "/qr.";
  EXPECT_TRUE(shop_->as_admin("GET", picture + "svg?ecc=H").body.starts_with("<svg"));
  EXPECT_EQ(shop_->as_admin("GET", picture + "png?size=300").body.substr(1, 3), "PNG");
  admin(400, "GET", picture + "png?size=3");
}

TEST_P(Tour, CodesAreProposedMadeInBulkImportedAndDrawn) {
  const json::object discount{{"kind", "percent"}, {"rate_ppm", 150'000}};
  const json::value proposed = admin(200, "POST", "/v1/codes/propose",
                                     {{"deal_id", shop_->deal_id}, {"discount", discount}});
  const json::value made =
      admin(201, "POST", "/v1/codes",
            {{"deal_id", shop_->deal_id}, {"code", proposed.at("code")}, {"discount", discount}});
  const std::string picture = "/v1/codes/" + id_of(made) + "/qr.";
  EXPECT_TRUE(shop_->as_admin("GET", picture + "svg").body.starts_with("<svg"));
  EXPECT_EQ(shop_->as_admin("GET", picture + "png").body.substr(1, 3), "PNG");
  const json::value batch =
      admin(202, "POST", "/v1/codes/bulk",
            {{"deal_id", shop_->deal_id}, {"count", 30}, {"discount", discount}});
  EXPECT_EQ(admin(200, "GET", "/v1/codes/batches/" + id_of(batch)).at("count"), 30);
  EXPECT_EQ(shop_->as_admin("GET", batch.at("codes_url").as_string().c_str()).status, 200);
  test::HttpClient owner(server_->port());
  owner.use_key(keys_.admin_key);
  const std::string sheet = "code,discount_kind,rate_ppm\n30$off,percent,300000\n";
  const std::string import = "/v1/codes/import?deal_id=" + shop_->deal_id;
  const test::HttpHeaders csv{{"Content-Type", "text/csv"}};
  EXPECT_EQ(owner.post(import + "&dry_run=true", sheet, csv).status, 200);
  EXPECT_EQ(owner.post(import, sheet, csv).status, 201);
  EXPECT_EQ(owner.post(import, sheet, csv).status, 400) << "it is there";
  const json::object cart{{"code", "30$OF"}, {"currency", "EUR"}, {"subtotal_minor", 10'000}};
  const auto mistyped = shop_->as_shop("POST", "/v1/codes/validate", cart);
  EXPECT_NE(mistyped.body.find(R"("suggestion":"30$OFF")"), std::string::npos) << mistyped.body;
}

TEST_P(Tour, TheBrandAndItsKeysAreEdited) {
  EXPECT_EQ(admin(200, "GET", "/v1/brand").at("name").as_string(), "Harbour");
  admin(200, "PATCH", "/v1/brand", {{"margin_ppm", 400'000}});
  const json::value key = admin(201, "POST", "/v1/keys", {{"role", "viewer"}, {"note", "agency"}});
  EXPECT_GE(admin(200, "GET", "/v1/keys").at("data").as_array().size(), 3u);
  test::HttpClient viewer(server_->port());
  viewer.use_key(key.at("secret").as_string().c_str());
  EXPECT_EQ(viewer.get("/v1/influencers").status, 200);
  EXPECT_EQ(viewer.post("/v1/influencers", R"({"name":"x"})").status, 403);
  admin(200, "DELETE", "/v1/keys/" + id_of(key));
}

TEST_P(Tour, AnOrderIsReadFromEverySide) {
  const std::string token = shop_->click();
  const json::object cart{
      {"code", "MIA10"}, {"order_ref", "T-1"}, {"currency", "EUR"}, {"subtotal_minor", 10'000}};
  json::object asked = cart;
  asked.erase("order_ref");
  EXPECT_EQ(shop_->as_shop("POST", "/v1/codes/validate", asked).status, 200);
  EXPECT_EQ(shop_->as_shop("POST", "/v1/codes/redeem", cart).status, 200);
  ASSERT_EQ(shop_->as_shop("POST", "/v1/orders", Shop::order_body("T-1", token, "MIA10")).status,
            201);
  const auto refund = shop_->as_shop(
      "POST", "/v1/orders/T-1/refunds",
      {{"refund_ref", "R"}, {"placed_at", "2026-11-22T00:00:00Z"}, {"amount_minor", 9}});
  EXPECT_EQ(refund.status / 100, 2) << refund.body;
  admin(200, "GET", "/v1/orders/T-1");
  const json::value commissions = admin(200, "GET", "/v1/commissions");
  const std::string commission = id_of(commissions.at("data").at(0));
  admin(200, "GET", "/v1/commissions/" + commission);
  admin(200, "GET", "/v1/commissions/" + commission + "/explain");
  for (const char* group : {"influencer", "campaign", "deal", "link", "code", "platform", "tier",
                            "country", "day", "week", "month"}) {
    admin(200, "GET", std::string("/v1/reports/roi?group_by=") + group);
    admin(200, "GET", std::string("/v1/reports/roi?format=csv&group_by=") + group);
  }
  admin(200, "GET", "/v1/reports/clicks");
}

TEST_P(Tour, AShopifyShopIsConnectedAndItsOrderIsBooked) {
  const json::value integration = admin(
      201, "POST", "/v1/integrations",
      {{"platform", "shopify"}, {"name", "main shop"}, {"secret", "tour-secret-of-the-shop"}});
  const std::string path = "/v1/integrations/" + id_of(integration);
  const std::string body =
      R"({"id":9007199254740995,"name":"#1","test":false,"created_at":"2026-11-20T10:00:00Z",)"
      R"("updated_at":"2026-11-20T10:00:00Z","financial_status":"paid","currency":"EUR",)"
      R"("taxes_included":false,)"
      R"("discount_codes":[{"code":"mia10","amount":"5.00","type":"fixed"}],)"
      R"("line_items":[{"id":71,"quantity":1,"price":"50.00",)"
      R"("discount_allocations":[{"amount":"5.00"}],"tax_lines":[]}]})";
  const auto signature =
      core::base64(core::as_text(core::hmac_sha256("tour-secret-of-the-shop", body)));
  test::HttpClient shopify(server_->port());
  const auto send = [&](const std::string& mac) {
    return shopify.post("/v1/webhooks/shopify/" + id_of(integration), body,
                        {{"X-Shopify-Topic", "orders/paid"},
                         {"X-Shopify-Webhook-Id", "tour-1"},
                         {"X-Shopify-Hmac-Sha256", mac}});
  };
  EXPECT_EQ(send(core::base64(std::string(32, 'x'))).status, 401);
  EXPECT_EQ(send(signature).status, 200);
  EXPECT_EQ(send(signature).status, 200);  // sent twice, booked once
  const json::value order = admin(200, "GET", "/v1/orders/9007199254740995");
  EXPECT_EQ(order.at("base_minor").as_int64(), 4'500);
  admin(200, "GET", "/v1/integrations");
  admin(200, "GET", path);
  admin(200, "GET", path + "/deliveries");
  const std::string unknown = R"({"id":1,"line_items":[{"id":1}],"currency":"XXY"})";
  const auto failed = shopify.post(
      "/v1/webhooks/shopify/" + id_of(integration), unknown,
      {{"X-Shopify-Hmac-Sha256",
        core::base64(core::as_text(core::hmac_sha256("tour-secret-of-the-shop", unknown)))}});
  EXPECT_EQ(failed.status, 200) << failed.body;
  const json::value list = admin(200, "GET", "/v1/webhooks/failed");
  const std::string delivery = "/v1/webhooks/failed/" + id_of(list.at("data").at(0));
  EXPECT_EQ(admin(200, "GET", delivery).at("body"), json::value(unknown));
  EXPECT_EQ(admin(200, "POST", delivery + "/replay").at("outcome"), "failed");
  admin(200, "PATCH", path, {{"secret", "another-secret-of-the-shop"}});
  admin(200, "DELETE", path);
}

TEST_P(Tour, TheServerTellsHowItIs) {
  test::HttpClient anyone(server_->port());
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/docs", "/docs/openapi.yaml",
                           "/docs/openapi.json", "/track.js"}) {
    EXPECT_EQ(anyone.get(path).status, 200) << path;
    EXPECT_EQ(anyone.request("POST", path).status, 405) << path;
  }
  const auto tag = anyone.get("/track.js").header("ETag");
  EXPECT_EQ(anyone.get("/track.js", {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(anyone.get("/mia-summer").status, 302);
  EXPECT_EQ(anyone.request("POST", "/mia-summer").status, 405);
  EXPECT_EQ(anyone.get("/v1/nothing").status, 404);
  EXPECT_EQ(anyone.get("/v1/brand").status, 401);
}

}  // namespace
}  // namespace fairlead::whole
