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

class Idempotency : public ::testing::Test {
 protected:
  struct Asked {
    std::string target = "/v1/things/7/parts";
    std::string token = "shop 1";
    std::string body = "{}";
    std::string key = "k";
  };
  core::IdempotencyKey key_of(const Asked& asked) {
    std::string authorization = "Bearer " + asked.token;
    Request request{.method = Method::post, .body = asked.body};
    const std::string_view target = asked.target;
    request.path = target.substr(0, target.find('?'));
    if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
    request.headers = {{"Authorization", authorization}, {"Idempotency-Key", asked.key}};
    const core::Answer answer = router_.answer(request, core::Instant{});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return seen_;
  }
  // Brand 1 but for "stranger", whose brand is 2.
  static core::Result<Principal> principal_of(std::string_view token, core::Instant) {
    Principal who{.brand = {1}, .key = {token.back() - '0'}};
    if (token.starts_with("stranger")) who.brand = {2};
    who.role = token.starts_with("influencer") ? Role::influencer
               : token.starts_with("browser")  ? Role::browser
               : token.starts_with("admin")    ? Role::admin
                                               : Role::shop;
    if (who.role == Role::influencer) who.influencer = {who.key.number};
    return who;
  }
  Handler note() {
    return [this](const Call& call) {
      seen_ = idempotency_key(call);
      return core::Answer{};
    };
  }
  const Roles all_ = Role::admin | Role::shop | Role::influencer | Role::browser;
  core::IdempotencyKey seen_;
  const Router router_{{{Method::post, "/v1/things/{id}/parts", all_, note()},
                        {Method::post, "/v1/things/{id}", all_, note()},
                        {Method::post, "/v1/things/{id}/{part}", all_, note()}},
                       principal_of};
};

bool is_same(const core::IdempotencyKey& a, const core::IdempotencyKey& b) {
  return a.brand == b.brand && a.scope == b.scope && a.key == b.key;
}

TEST_F(Idempotency, OneRequestIsOneHoweverItsPathIsSpelledAndWhicheverKeyOfTheBrandItHas) {
  const auto first = key_of({});
  EXPECT_FALSE(first.key.empty());
  for (const Asked& again :
       {Asked{.target = "/v1/things/7/parts/"}, Asked{.target = "/v1/things/%37/parts"},
        Asked{.token = "shop 2"}, Asked{.token = "admin 3"}})
    EXPECT_TRUE(is_same(first, key_of(again))) << again.target << again.token;
  for (const Asked& other :
       {Asked{.target = "/v1/things/8/parts"}, Asked{.target = "/v1/things/7"},
        Asked{.target = "/v1/things/7/p"}, Asked{.key = "K"}, Asked{.token = "stranger 1"},
        Asked{.token = "browser 1"}, Asked{.token = "influencer 1"}})
    EXPECT_FALSE(is_same(first, key_of(other))) << other.target << other.token;
  const auto influencer = key_of({.token = "influencer 1"});
  EXPECT_FALSE(is_same(influencer, key_of({.token = "influencer 2"})));
  EXPECT_FALSE(is_same(influencer, key_of({.token = "browser 1"})));
  EXPECT_FALSE(is_same(key_of({.token = "browser 1"}), key_of({.token = "browser 2"})));
  EXPECT_FALSE(
      is_same(key_of({.target = "/v1/things/a%2Fb/c"}), key_of({.target = "/v1/things/a/b%2Fc"})));
}

TEST_F(Idempotency, TheQueryIsPartOfWhatWasAsked) {
  const auto print = [this](const std::string& query, const std::string& body = "{}") {
    return key_of({.target = "/v1/things/7/parts" + query, .body = body}).fingerprint;
  };
  EXPECT_EQ(print("?a=1"), print("?a=1"));
  EXPECT_EQ(print("?"), print(""));
  EXPECT_NE(print("?a=1"), print(""));
  EXPECT_NE(print("?a=1"), print("?a=2"));
  EXPECT_NE(print("?a=1"), print("?a=1", "[]"));
  EXPECT_TRUE(is_same(key_of({.target = "/v1/things/7/parts?a=1"}), key_of({})));
}

TEST_F(ServerTest, WhatIsReadOnceIsSentOnceAndAKeyIsNotEmpty) {
  start();
  HttpClient client(port());
  const auto code = [&](std::vector<std::pair<std::string, std::string>> headers) {
    const HttpAnswer answer = client.post("/v1/echo", "{}", headers);
    return answer.status < 400 ? "fine" : code_of(answer);
  };
  EXPECT_EQ(code({{"Idempotency-Key", "a"}}), "fine");
  EXPECT_EQ(code({{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}), "duplicate_header");
  EXPECT_EQ(code({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}), "duplicate_header");
  EXPECT_EQ(code({{"Content-Type", "application/json"}, {"content-type", "text/plain"}}),
            "duplicate_header");
  EXPECT_EQ(code({{"Idempotency-Key", ""}}), "idempotency_key_invalid");
  const HttpAnswer twice = client.get(
      "/v1/orders/7", {{"Authorization", "Bearer shop-key"}, {"Authorization", "Bearer shop-key"}});
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(code_of(twice), "duplicate_header");
  EXPECT_EQ(client.get("/v1/codes/all", {{"Idempotency-Key", ""}}).status, 200);
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
