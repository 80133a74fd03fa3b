#include <gtest/gtest.h>

#include <sstream>

#include "admin/docs_pages.hpp"
#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

class Operations : public test::OnEveryEngine {
 protected:
  Api api{database()};
};
INSTANTIATE_ON_ENGINES(Operations);

TEST_P(Operations, SayWhetherTheServerLivesAndIsReady) {
  const auto alive = api.call("GET", "/healthz", "");
  EXPECT_EQ(alive.status, 200);
  EXPECT_EQ(alive.body, R"({"status":"ok"})");
  const auto ready = api.call("GET", "/readyz", "");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(member_of(ready, "status"), "ready");
  api.not_ready = {"The click file cannot be written."};
  const auto not_ready = api.call("GET", "/readyz", "");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(member_of(not_ready, "reasons"), R"(["The click file cannot be written."])");
  EXPECT_EQ(api.call("GET", "/healthz", "").status, 200);
}

TEST_P(Operations, GiveMetricsThatPrometheusReads) {
  using Kind = core::Metric::Kind;
  api.metrics = {{Kind::counter, "fairlead_things_total", "Things.", {{"kind", "a\"b\\c\nd"}}, 3},
                 {Kind::gauge, "fairlead_depth", "Depth.", {}, 2.5},
                 {Kind::counter, "fairlead_things_total", "Things.", {{"kind", "z"}}, 4}};
  const auto answer = api.call("GET", "/metrics", "");
  ASSERT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.media_type.starts_with("text/plain; version=0.0.4"));
  std::istringstream lines(answer.body);
  std::vector<std::string> samples;
  std::map<std::string, int> types;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) ++types[line.substr(7)];
    if (!line.starts_with('#')) samples.push_back(line);
  }
  EXPECT_EQ(samples, (std::vector<std::string>{R"(fairlead_build_info{version="0.0-test"} 1)",
                                               R"(fairlead_things_total{kind="a\"b\\c\nd"} 3)",
                                               R"(fairlead_things_total{kind="z"} 4)",
                                               "fairlead_depth 2.5"}));
  // One TYPE line per family, or Prometheus refuses the whole page.
  EXPECT_EQ(types, (std::map<std::string, int>{{"fairlead_build_info gauge", 1},
                                               {"fairlead_depth gauge", 1},
                                               {"fairlead_things_total counter", 1}}));
}

TEST_P(Operations, ServeTheReferenceUnderItsOwnPolicy) {
  const auto page = api.call("GET", "/docs", "");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.media_type, "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<h1>"), std::string::npos);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  EXPECT_EQ(page.body.find(" style="), std::string::npos);  // the policy would refuse it
  const std::string policy = header_of(page, "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find(docs_pages::style_sha256), std::string::npos);
  const auto description = body_of(api.call("GET", "/docs/openapi.json", ""));
  EXPECT_EQ(description.at("openapi"), "3.1.0");
  EXPECT_TRUE(api.call("GET", "/docs/openapi.yaml", "").body.starts_with("openapi: 3.1.0"));
}

}  // namespace

}  // namespace fairlead::admin
