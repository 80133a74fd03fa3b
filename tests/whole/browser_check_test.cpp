// A shop's page asks the real program about a code, with a publishable key, from a browser's point
// of view: preflight, call, refusals; and what such a key must not open.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;
using test::HttpAnswer;
using test::HttpHeaders;

constexpr const char* page = "https://shop.example";

class BrowserCheck : public ProgramOnEveryEngine {
 protected:
  static std::string cart(const std::string& code) {
    return json::serialize(
        json::object{{"code", code}, {"currency", "EUR"}, {"subtotal_minor", 10'000}});
  }
  static HttpAnswer ask(std::uint16_t port, const std::string& key, const std::string& code,
                        HttpHeaders headers = {{"Origin", page}}) {
    test::HttpClient client(port);
    client.use_key(key);
    return client.post("/v1/codes/check", cart(code), headers);
  }
  static HttpAnswer preflight(std::uint16_t port, const char* path, const char* origin) {
    test::HttpClient client(port);
    return client.request("OPTIONS", path,
                          {{"Origin", origin},
                           {"Access-Control-Request-Method", "POST"},
                           {"Access-Control-Request-Headers", "authorization,content-type"}});
  }
  static std::string code_of(const HttpAnswer& answer) {
    return json::parse(answer.body).at("code").as_string().c_str();
  }
};
INSTANTIATE_ON_ENGINES(BrowserCheck);

TEST_P(BrowserCheck, APageOfTheShopAsksAndNobodyElseIsAnswered) {
  const BrandKeys keys = init_brand(arguments());
  const BrandKeys other = init_brand(arguments(), "Lagoon");
  auto create = arguments();
  const std::vector<std::string> words = {"key",     "create",   "--brand", "Harbour", "--role",
                                          "browser", "--origin", page,      "--json"};
  create.insert(create.begin(), words.begin(), words.end());
  const Ran made = run_program(create);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json::value key = json::parse(made.out);
  const std::string secret(key.at("secret").as_string());

  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();
  Shop lagoon(server.port(), other);
  lagoon.set_up("noa-summer", "NOA10");

  const auto asked = preflight(server.port(), "/v1/codes/check", page);
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(asked.header("Access-Control-Allow-Origin"), page);
  const auto good = ask(server.port(), secret, "mia10");
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(json::parse(good.body).at("discount").at("amount_minor").as_int64(), 1'000);
  EXPECT_EQ(good.header("Access-Control-Allow-Origin"), page);
  EXPECT_EQ(good.header("Cache-Control"), "no-store");

  const auto unknown = ask(server.port(), secret, "NEVER10");
  const auto foreign = ask(server.port(), secret, "NOA10");
  EXPECT_EQ(unknown.body, foreign.body);
  EXPECT_EQ(unknown.headers.size(), foreign.headers.size());

  for (const HttpHeaders& headers : {HttpHeaders{}, HttpHeaders{{"Origin", "https://evil.example"}},
                                     HttpHeaders{{"Origin", "null"}}}) {
    const auto refused = ask(server.port(), secret, "mia10", headers);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(code_of(refused), "origin_not_allowed");
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "");
  }
  EXPECT_EQ(preflight(server.port(), "/v1/codes/check", "https://evil.example").status, 403);
  EXPECT_EQ(preflight(server.port(), "/v1/codes/validate", page).status, 405);

  // A server's key stays on the server, and the page's opens nothing there.
  EXPECT_EQ(code_of(ask(server.port(), keys.shop_key, "mia10")), "forbidden");
  test::HttpClient thief(server.port());
  thief.use_key(secret);
  for (const char* path : {"/v1/codes/validate", "/v1/codes/redeem", "/v1/orders", "/v1/keys"}) {
    const auto refused = thief.post(path, cart("mia10"), {{"Origin", page}});
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "") << path;
  }
  EXPECT_EQ(thief.get("/v1/orders/A-1").status, 403);

  const std::string id(key.at("id").as_string());
  ASSERT_EQ(shop.as_admin("DELETE", "/v1/keys/" + id).status, 200);
  EXPECT_EQ(ask(server.port(), secret, "mia10").status, 401);
  EXPECT_EQ(preflight(server.port(), "/v1/codes/check", page).status, 403);
  EXPECT_EQ(server.log().find("NEVER10"), std::string::npos);
  EXPECT_EQ(server.stop(), 0);
}

TEST_P(BrowserCheck, AGuesserIsSlowedAndOnlyAProxyMaySayWhoItIs) {
  const BrandKeys keys = init_brand(arguments());
  auto limited = arguments();
  limited.insert(limited.end(), {"--check-network-minute-max", "3", "--check-key-minute-max", "100",
                                 "--check-brand-minute-max", "100"});
  const auto make_key = [](Shop& shop) {
    const auto made =
        shop.as_admin("POST", "/v1/keys", {{"role", "browser"}, {"origins", json::array{page}}});
    return std::string(json::parse(made.body).at("secret").as_string());
  };
  std::string secret;
  {
    ServerProcess server(limited);
    Shop shop(server.port(), keys);
    shop.set_up();
    secret = make_key(shop);
    // Without a proxy, what a client says of its address is nothing.
    for (int i = 0; i < 3; ++i) {
      const auto claimed = "198.51." + std::to_string(i) + ".1";
      EXPECT_EQ(
          ask(server.port(), secret, "NEVER10", {{"Origin", page}, {"X-Forwarded-For", claimed}})
              .status,
          200);
    }
    const auto slowed =
        ask(server.port(), secret, "MIA10", {{"Origin", page}, {"X-Forwarded-For", "192.0.2.1"}});
    EXPECT_EQ(slowed.status, 429);
    EXPECT_EQ(code_of(slowed), "rate_limited");
    EXPECT_EQ(slowed.header("Access-Control-Expose-Headers"), "Retry-After");
    const int wait_s = std::stoi(slowed.header("Retry-After"));
    EXPECT_TRUE(wait_s >= 1 && wait_s <= 20) << wait_s;
    // The shop's server is not slowed.
    EXPECT_EQ(shop.as_shop("POST", "/v1/codes/validate", json::parse(cart("MIA10"))).status, 200);
    EXPECT_EQ(server.stop(), 0);
  }
  limited.insert(limited.end(), {"--trusted-proxies", "127.0.0.1"});
  ServerProcess server(limited);
  const auto from = [&](const char* address) {
    return ask(server.port(), secret, "NEVER10", {{"Origin", page}, {"X-Forwarded-For", address}})
        .status;
  };
  for (const char* address : {"198.51.100.1", "198.51.100.2", "6.6.6.6, 198.51.100.3"})
    EXPECT_EQ(from(address), 200) << address;
  EXPECT_EQ(from("198.51.100.4"), 429);
  EXPECT_EQ(from("203.0.113.1"), 200);
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace fairlead::whole
