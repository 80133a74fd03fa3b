// GET /{slug}+: where a link leads, as a page that can do nothing and counts nothing.
#include "redirect/preview.hpp"

#include <gtest/gtest.h>

#include "core/crypto.hpp"
#include "tests/redirect/link_api.hpp"

namespace fairlead::redirect {
namespace {

TEST(Preview, PathsThatAskForOne) {
  EXPECT_EQ(previewed_path("/mia+"), "/mia");
  EXPECT_EQ(previewed_path("/mia+/"), "/mia");
  EXPECT_EQ(previewed_path("/mia%2B"), "/mia");
  EXPECT_EQ(previewed_path("/mia%2b/"), "/mia");
  for (const char* path : {"/mia", "/mia/", "/", "/mi+a", "/mia%2", "/mia+x", "/mia+//"})
    EXPECT_EQ(previewed_path(path), "") << path;
}

TEST(Preview, EveryTextIsEscapedAndThePolicyKnowsTheStyle) {
  std::string wire;
  append_preview(wire, net::Method::get,
                 {.slug = "a~b",
                  .brand = "<script>'\"&",
                  .destination = "https://shop.example:8443"
                                 "/<b>?q='\"&amp;#x"},
                 "now", AfterAnswer::close);
  EXPECT_EQ(wire.find("<script>"), std::string::npos);
  EXPECT_EQ(wire.find("<b>"), std::string::npos);
  EXPECT_NE(wire.find("&lt;script&gt;&#39;&quot;&amp; leads to"), std::string::npos) << wire;
  EXPECT_NE(wire.find("<h1>shop.example:8443</h1>"), std::string::npos);
  EXPECT_NE(wire.find("/&lt;b&gt;?q=&#39;&quot;&amp;amp;#x</code>"), std::string::npos);
  EXPECT_NE(wire.find("href=\"/a~b\""), std::string::npos);
  EXPECT_NE(wire.find("Connection: close\r\n\r\n<!doctype"), std::string::npos);
  const std::string hash = core::base64(core::as_text(core::sha256(preview_style())));
  EXPECT_NE(preview_policy().find("'sha256-" + hash + "'"), std::string_view::npos) << hash;
  EXPECT_EQ(preview_policy().find("unsafe"), std::string_view::npos);
}

class Previews : public test::LinkApi {};
INSTANTIATE_ON_ENGINES(Previews);

TEST_P(Previews, SayWhereALinkLeadsAndAreNoClick) {
  shop.add_link({.slug = "mia",
                 .destination = "https://shop.example/lamps?id={sub1}&c={click_id}#top",
                 .utm = {{"utm_source", "instagram"}}});
  redirect->reload_links().value();
  for (const char* path : {"/mia+", "/mia%2B", "/mia+/"}) {
    const auto answer = redirect.get(path, "sub1=x");
    EXPECT_EQ(answer.status, "200") << path;
    EXPECT_EQ(answer.headers.at("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(answer.headers.at("X-Robots-Tag"), "noindex");
    EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
    EXPECT_EQ(answer.headers.at("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.headers.at("Content-Security-Policy"), preview_policy());
    EXPECT_FALSE(answer.headers.contains("Location"));
    EXPECT_FALSE(answer.headers.contains("Set-Cookie"));
    EXPECT_NE(answer.body.find("A link of Brand leads to</p>\n<h1>shop.example</h1>"),
              std::string::npos)
        << answer.body;
    EXPECT_NE(answer.body.find("https://shop.example/lamps?id=&amp;c=&amp;utm_source=instagram&amp;"
                               "utm_campaign=summer#top"),
              std::string::npos)
        << answer.body;
    EXPECT_EQ(answer.body.find("fl_click"), std::string::npos);
    EXPECT_NE(answer.body.find("href=\"/mia\""), std::string::npos);
    EXPECT_EQ(answer.headers.at("Content-Length"), std::to_string(answer.body.size()));
  }
  EXPECT_EQ(redirect.get("/mia+", "", "go.example", net::Method::head).body, "");
  EXPECT_EQ(redirect.get("/mia+", "", "go.example", net::Method::post).status, "405");
  redirect.stop();
  const test::TestStatement count("SELECT COUNT(*) FROM clicks");
  const auto clicks = redirect.read_clicks()->read(
      [&](storage::Session& session) { return session.run(count).one().integer(0); });
  EXPECT_EQ(clicks.value(), 0);
}

TEST_P(Previews, WhatLeadsNowhereHasNone) {
  const auto plain = redirect.get("/nobody");
  for (const char* path : {"/nobody+", "/+", "/%2B", "/++"}) {
    const auto answer = redirect.get(path);
    EXPECT_EQ(answer.status, "404") << path;
    EXPECT_EQ(answer.body, plain.body) << "as any unknown slug";
  }
  const std::string id = shop.add_link({.slug = "mia"}).text();
  ASSERT_EQ(call(net::Method::patch, "/v1/links/" + id, R"({"is_enabled":false})").status, 200);
  EXPECT_EQ(redirect.get("/mia+").status, "404");
}

TEST_P(Previews, OfAnOwnDomainAreThere) {
  shop.add_link({.slug = "mia", .domain = "own.example"});
  redirect->reload_links().value();
  EXPECT_EQ(redirect.get("/mia+", "", "own.example").status, "200");
  EXPECT_EQ(redirect.get("/mia+", "", "go.example").status, "404");
}

}  // namespace
}  // namespace fairlead::redirect
