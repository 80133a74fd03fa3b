// Pages and the routes that have `cors`: the preflight, the origin of the call itself, and that no
// other route says anything to a page. Over real sockets.
#include <atomic>

#include "net/origin.hpp"
#include "tests/net/fixture.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::net {
namespace {

using test::HttpAnswer;
using test::HttpClient;
using test::HttpHeaders;

TEST(Origins, AreExactAndSpelledAsBrowsersSendThem) {
  for (const auto& line : test::golden_lines("net/origins.txt", 2)) {
    const auto origin = check_origin(line.fields[0]);
    EXPECT_EQ(origin ? *origin : "refused", line.fields[1]) << line.where;
    if (!origin) {
      EXPECT_EQ(origin.error().code, core::Errc::invalid) << line.where;
    } else {
      EXPECT_EQ(check_origin(*origin).value(), *origin) << line.where;
    }
  }
  EXPECT_FALSE(check_origin(""));
  EXPECT_FALSE(check_origin("https://" + std::string(400, 'a') + ".example"));
}

constexpr const char* shop_page = "https://shop.example";

class CorsTest : public ServerTest {
 protected:
  CorsTest() {
    const auto say_hello = [this](const Call&) {
      evaluated.fetch_add(1);
      return core::Answer{.body = "{}"};
    };
    std::vector<Route> routes;
    routes.push_back({.method = Method::post,
                      .pattern = "/v1/open/{id}",
                      .roles = Role::browser | Role::shop,
                      .handler = say_hello,
                      .cors = net::Cors::origins_of_key});
    routes.push_back({Method::get, "/v1/open/{id}", only(Role::shop), say_hello});
    routes.push_back({Method::post, "/v1/closed", Role::browser | Role::shop, say_hello});
    router_ = std::make_unique<Router>(
        std::move(routes),
        [](std::string_view token, core::Instant) -> core::Result<Principal> {
          Principal who;
          who.role = token == "shop" ? Role::shop : Role::browser;
          if (token == "browser") who.origins = {shop_page, "https://m.shop.example"};
          if (token == "another") who.origins = {"https://other.example"};
          if (token == "nobody") return core::fail(core::Errc::unauthorized, "unknown");
          return who;
        },
        [](std::string_view origin, core::Instant) -> core::Result<bool> {
          if (origin == "https://busy.example") return core::fail(core::Errc::busy, "locked");
          return origin == shop_page || origin == "https://other.example";
        });
    start();
  }

  HttpAnswer preflight(const char* path, HttpHeaders headers) {
    HttpClient client(port());
    return client.request("OPTIONS", path, headers);
  }
  HttpAnswer post(const char* path, const char* key, HttpHeaders headers) {
    HttpClient client(port());
    client.use_key(key);
    return client.post(path, "{}", headers);
  }
  static void expect_silent(const HttpAnswer& answer) {
    for (const auto& [name, value] : answer.headers)
      EXPECT_FALSE(name.starts_with("Access-Control-")) << name << ": " << value;
  }

  std::atomic<int> evaluated{0};
};

TEST_F(CorsTest, APreflightOfAListedOriginIsAnsweredForThatOriginAlone) {
  const auto answer =
      preflight("/v1/open/7", {{"Origin", shop_page},
                               {"Access-Control-Request-Method", "POST"},
                               {"Access-Control-Request-Headers", "authorization,content-type"}});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), shop_page);
  EXPECT_EQ(answer.header("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(answer.header("Access-Control-Allow-Headers"), "authorization, content-type");
  EXPECT_EQ(answer.header("Access-Control-Max-Age"), "600");
  EXPECT_EQ(answer.header("Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(answer.header("Vary"), "Origin");
  EXPECT_EQ(evaluated, 0);
}

TEST_F(CorsTest, APreflightOfAnotherOriginIsRefused) {
  for (const char* origin :
       {"https://evil.example", "null", "*", "https://shop.example.evil.com",
        "https://shop.example:8443", "http://shop.example", "HTTPS://SHOP.EXAMPLE", ""}) {
    const auto answer =
        preflight("/v1/open/7", {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}});
    EXPECT_EQ(answer.status, 403) << origin;
    EXPECT_NE(answer.body.find("origin_not_allowed"), std::string::npos) << answer.body;
    expect_silent(answer);
  }
  const auto busy = preflight("/v1/open/7", {{"Origin", "https://busy.example"},
                                             {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(busy.status, 503);
}

TEST_F(CorsTest, ACallCountsOnlyFromThePagesOfItsKey) {
  const auto good = post("/v1/open/7", "browser", {{"Origin", shop_page}});
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.header("Access-Control-Allow-Origin"), shop_page);
  EXPECT_EQ(good.header("Access-Control-Expose-Headers"), "Retry-After");
  EXPECT_EQ(good.header("Vary"), "Origin");
  EXPECT_EQ(good.header("Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(evaluated, 1);

  const struct {
    const char* key;
    HttpHeaders headers;
  } refused[] = {
      {"browser", {}},
      {"browser", {{"Origin", "https://evil.example"}}},
      {"browser", {{"Origin", "https://other.example"}}},  // another key's page
      {"browser", {{"Origin", shop_page}, {"Origin", "https://evil.example"}}},
      {"browser", {{"Origin", "https://evil.example"}, {"Origin", shop_page}}},
      {"browser", {{"Referer", "https://shop.example/cart"}}},
      {"shop", {{"Origin", shop_page}}},  // a secret has no business in a page
      {"another", {{"Origin", shop_page}}},
  };
  for (const auto& [key, headers] : refused) {
    const auto answer = post("/v1/open/7", key, headers);
    EXPECT_EQ(answer.status, 403) << key;
    EXPECT_NE(answer.body.find("origin_not_allowed"), std::string::npos) << answer.body;
    EXPECT_EQ(answer.header("Vary"), "Origin");
    expect_silent(answer);
  }
  EXPECT_EQ(evaluated, 1);
  const auto unknown = post("/v1/open/7", "nobody", {{"Origin", shop_page}});
  EXPECT_EQ(unknown.status, 401);
  expect_silent(unknown);
}

TEST_F(CorsTest, ThePageMayReadWhyItsCallWasRefused) {
  const auto answer =
      post("/v1/open/7", "browser", {{"Origin", shop_page}, {"Content-Type", "text/plain"}});
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), shop_page);
}

TEST_F(CorsTest, OtherRoutesSayNothingToPages) {
  const auto closed =
      preflight("/v1/closed", {{"Origin", shop_page}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(closed.status, 405);
  EXPECT_EQ(closed.header("Allow"), "POST");
  expect_silent(closed);
  // The same path, but it is not GET that pages may use; and without a method nothing is asked for.
  for (const char* method : {"GET", "OPTIONS", "post", ""}) {
    const auto other =
        preflight("/v1/open/7", {{"Origin", shop_page}, {"Access-Control-Request-Method", method}});
    EXPECT_EQ(other.status, 405) << method;
    expect_silent(other);
  }
  const auto called = post("/v1/closed", "browser", {{"Origin", shop_page}});
  EXPECT_EQ(called.status, 200);
  expect_silent(called);
  EXPECT_EQ(preflight("/v1/nothing", {{"Access-Control-Request-Method", "POST"}}).status, 404);
}

}  // namespace
}  // namespace fairlead::net
