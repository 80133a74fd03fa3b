// Publishable keys: made with the pages they are for, told with them, and listed for preflights
// while they work.
#include <gtest/gtest.h>

#include "admin/keys.hpp"
#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

class BrowserKeys : public test::OnEveryEngine {
 protected:
  core::Answer create(const std::string& origins, const std::string& rest = "") {
    return api.call("POST", "/v1/keys", brand.admin,
                    R"({"role":"browser","origins":)" + origins + rest + "}");
  }
  bool is_listed(std::string_view origin) {
    return origin_finder(database())(origin, api.clock.now()).value();
  }
  core::Result<net::Principal> authenticate(std::string_view secret, core::Instant now) {
    KnownKeys known_keys;
    return authenticator(database(), known_keys)(secret, now);
  }
  Api api{database()};
  TestBrand brand = api.make_brand("North");
};
INSTANTIATE_ON_ENGINES(BrowserKeys);

TEST_P(BrowserKeys, AreMadeForPagesAndSayWhich) {
  const auto created =
      create(R"(["https://Shop.example:443","https://m.shop.example","https://shop.example"])");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(member_of(created, "role"), "browser");
  EXPECT_EQ(member_of(created, "origins"), R"(["https://m.shop.example","https://shop.example"])");
  const auto secret = member_of(created, "secret");
  EXPECT_TRUE(secret.starts_with("fl_browser_"));

  const auto who = authenticate(secret, api.clock.now());
  ASSERT_TRUE(who.has_value());
  EXPECT_EQ(who->role, net::Role::browser);
  EXPECT_EQ(who->brand, brand.id);
  EXPECT_EQ(who->origins,
            (std::vector<std::string>{"https://m.shop.example", "https://shop.example"}));
  EXPECT_TRUE(authenticate(brand.shop, api.clock.now())->origins.empty());

  ASSERT_EQ(create(R"(["https://second.example"])").status, 201);
  const auto listed = body_of(api.call("GET", "/v1/keys", brand.admin));
  const auto& data = listed.at("data").as_array();
  ASSERT_EQ(data.size(), 6U);
  EXPECT_TRUE(data[3].at("origins").is_null());
  EXPECT_EQ(data[4].at("origins").as_array().size(), 2U);
  EXPECT_EQ(data[5].at("origins").at(0).as_string(), "https://second.example");
}

TEST_P(BrowserKeys, NeedOneToTwentyPages) {
  std::string twenty = "[";
  for (int i = 0; i < 20; ++i)
    twenty += (i > 0 ? ",\"https://s" : "\"https://s") + std::to_string(i) + ".example\"";
  EXPECT_EQ(create(twenty + "]").status, 201);
  EXPECT_EQ(create(twenty + R"(,"https://more.example"])").status, 400);
}

TEST_P(BrowserKeys, ListTheirPagesWhileTheyWork) {
  EXPECT_FALSE(is_listed("https://shop.example"));
  const auto first = create(R"(["https://shop.example"])");
  const auto second =
      create(R"(["https://shop.example"])", R"(,"expires_at":"2026-03-02T10:15:00Z")");
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_TRUE(is_listed("https://shop.example"));
  EXPECT_FALSE(is_listed("https://shop.exampl"));
  EXPECT_FALSE(is_listed("%"));

  ASSERT_EQ(api.call("DELETE", "/v1/keys/" + member_of(first, "id"), brand.admin).status, 200);
  EXPECT_TRUE(is_listed("https://shop.example"));  // by the second
  api.clock.advance_seconds(3'600);
  EXPECT_FALSE(is_listed("https://shop.example"));
  EXPECT_FALSE(authenticate(member_of(first, "secret"), api.clock.now()));
}

TEST_P(BrowserKeys, MayDoNothingThatTheOthersMay) {
  const auto key = member_of(create(R"(["https://shop.example"])"), "secret");
  for (const net::Route& route : api.routes()) {
    if (route.roles.open_to_all()) continue;
    EXPECT_FALSE(route.roles.contains(net::Role::browser)) << route.pattern;
  }
  EXPECT_EQ(api.call("GET", "/v1/keys", key, "", {{"Origin", "https://shop.example"}}).status, 403);
}

}  // namespace

}  // namespace fairlead::admin
