// The route table over the wire: 404, 405, 401, 403, 415 and the values of a path.
#include "net/router.hpp"

#include "tests/net/fixture.hpp"

namespace fairlead::net {
namespace {

using test::HttpAnswer;
using test::HttpClient;

std::string code_of(const HttpAnswer& answer) {
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  const auto body = boost::json::parse(answer.body).as_object();
  EXPECT_EQ(body.at("status").as_int64(), answer.status);
  return body.at("code").as_string().c_str();
}

TEST_F(ServerTest, AnotherMethodIsToldWhatIsAllowed) {
  start();
  HttpClient client(port());
  const HttpAnswer answer = client.request("DELETE", "/v1/echo");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(code_of(answer), "method_not_allowed");
  EXPECT_EQ(client.request("OPTIONS", "/v1/raw").header("Allow"), "POST");
  const HttpAnswer head = client.request("HEAD", "/v1/raw");
  EXPECT_EQ(head.status, 405);
  EXPECT_EQ(client.request("PUT", "/mia", {}, "x").status, 405);
}

TEST_F(ServerTest, PathsMatchBySegmentAndTheLiteralWins) {
  start();
  HttpClient client(port());
  EXPECT_EQ(client.get("/v1/codes/all").body, "[]");
  EXPECT_NE(client.get("/v1/codes/al").body.find("[\"al\"]"), std::string::npos);
  EXPECT_NE(client.get("/v1/codes/a%20b%2Fc/").body.find("[\"a b/c\"]"), std::string::npos);
  for (const char* path : {"/v1/codes", "/v1/codes//", "/v1/codes/a/b", "/v1/echo/x", "/v1//echo",
                           "/v1/Echo", "/v1/echo//"}) {
    EXPECT_EQ(code_of(client.get(path)), "not_found") << path;
  }
  for (const char* path : {"/v1/codes/%00", "/v1/codes/a%0Ab", "/v1/codes/%ff", "/v1/codes/%7f"}) {
    EXPECT_EQ(code_of(client.get(path)), "invalid_path") << path;
  }
}

TEST_F(ServerTest, AKeyIsNeededKnownAndOfTheRightRole) {
  start();
  HttpClient client(port());
  const struct {
    const char* authorization;
    int status;
    const char* code;
  } cases[] = {
      {"", 401, "unauthorized"},
      {"Bearer", 401, "unauthorized"},
      {"Bearer ", 401, "unauthorized"},
      {"Basic c2hvcC1rZXk6", 401, "unauthorized"},
      {"shop-key", 401, "unauthorized"},
      {"Bearer nonsense", 401, "unauthorized"},
      {"Bearer shop-key x", 401, "unauthorized"},
      {"Bearer admin-key", 403, "forbidden"},
      {"Bearer busy-key", 503, "storage_busy"},
  };
  for (const auto& [authorization, status, code] : cases) {
    const HttpAnswer answer = client.get("/v1/orders/7", {{"Authorization", authorization}});
    EXPECT_EQ(answer.status, status) << authorization;
    EXPECT_EQ(code_of(answer), code) << authorization;
    EXPECT_EQ(answer.header("WWW-Authenticate"), status == 401 ? "Bearer" : "") << authorization;
    EXPECT_EQ(answer.header("Retry-After"), status == 503 ? "1" : "") << authorization;
  }
  EXPECT_EQ(client.get("/v1/orders/7", {{"Authorization", "Bearer shop-key"}}).status, 200);
  EXPECT_EQ(client.get("/v1/orders/7", {{"authorization", "bearer  shop-key"}}).status, 200);
}

TEST_F(ServerTest, AJsonRouteTakesJsonAndARawRouteTakesAnything) {
  start();
  HttpClient client(port());
  const auto status = [&](const char* path, const char* type) {
    return client.post(path, "{}", {{"Content-Type", type}}).status;
  };
  for (const char* type :
       {"application/json", "Application/JSON; charset=utf-8", "", "application/vnd.shop+json"}) {
    EXPECT_EQ(status("/v1/echo", type), 200) << type;
  }
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "json",
                           "multipart/form-data; boundary=x"}) {
    EXPECT_EQ(status("/v1/echo", type), 415) << type;
    EXPECT_EQ(status("/v1/raw", type), 200) << type;
  }
}

TEST(Router, ReservedSegmentsAreThoseOfTheContract) {
  for (const char* segment : {"v1", "admin", "portal", "docs", "assets", "healthz", "readyz",
                              "metrics", "robots.txt", "favicon.ico", ".well-known", "track.js"}) {
    EXPECT_TRUE(is_reserved_segment(segment)) << segment;
  }
  for (const char* segment : {"", "V1", "v", "v12", "mia", "robots", "track"}) {
    EXPECT_FALSE(is_reserved_segment(segment)) << segment;
  }
}

TEST(Router, TheBodyLimitIsThatOfTheRoute) {
  const Handler nothing = [](const Call&) { return core::Answer{}; };
  const Router router({{Method::post, "/v1/a", anyone, nothing, 1'000},
                       {Method::post, "/v1/a/{id}", anyone, nothing, 200'000}},
                      nullptr);
  EXPECT_EQ(router.body_bytes_max(Method::post, "/v1/a"), 1'000u);
  EXPECT_EQ(router.body_bytes_max(Method::post, "/v1/a/7"), 200'000u);
  EXPECT_EQ(router.body_bytes_max(Method::patch, "/v1/a/7"), 1'000u);
  EXPECT_EQ(router.body_bytes_max(Method::post, "/v1/nothing"), 1'000u);
}

TEST(RouterDeathTest, TwoRoutesForOneRequestAreABug) {
  const Handler nothing = [](const Call&) { return core::Answer{}; };
  EXPECT_DEATH(
      Router({{Method::get, "/v1/{a}", anyone, nothing}, {Method::get, "/v1/{b}", anyone, nothing}},
             nullptr),
      "seen");
}

}  // namespace
}  // namespace fairlead::net
