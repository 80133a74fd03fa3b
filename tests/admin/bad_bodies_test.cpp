// Every line of tests/golden/admin/bad_bodies.txt: a body that is refused, and how. Nothing is
// written.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// "400 invalid_request /name:required /email:invalid_value"
std::string summary_of(const core::Answer& answer) {
  std::string text = std::to_string(answer.status) + " " + member_of(answer, "code");
  const auto body = body_of(answer).as_object();
  if (const auto* errors = body.if_contains("errors")) {
    for (const auto& error : errors->as_array()) {
      text += " " + std::string(error.at("pointer").as_string()) + ":" +
              std::string(error.at("code").as_string());
    }
  }
  return text;
}

class BadBodies : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(BadBodies);

TEST_P(BadBodies, AreRefusedByNameAndChangeNothing) {
  Api api(database());
  const TestBrand brand = api.make_brand("North");
  const TestBrand other = api.make_brand("South");
  const std::string archived =
      member_of(api.call("POST", "/v1/influencers", brand.admin, R"({"name":"Gone"})"), "id");
  ASSERT_EQ(api.call("DELETE", "/v1/influencers/" + archived, brand.admin).status, 200);
  const std::string dollars =
      member_of(api.call("POST", "/v1/campaigns", brand.admin,
                         R"({"name":"US","currency":"USD","starts_on":"2026-03-01",)"
                         R"("landing_url":"https://shop.example/us"})"),
                "id");
  const std::string post =
      member_of(api.call("POST", "/v1/posts", brand.admin,
                         R"({"platform":"tiktok","deal_id":")" + brand.deal.text() + "\"}"),
                "id");
  const std::pair<std::string_view, std::string> names[] = {
      {"$influencer", brand.influencer.text()},
      {"$campaign", brand.campaign.text()},
      {"$deal", brand.deal.text()},
      {"$foreign_influencer", other.influencer.text()},
      {"$foreign_campaign", other.campaign.text()},
      {"$foreign_deal", other.deal.text()},
      {"$archived_influencer", archived},
      {"$dollar_campaign", dollars},
      {"$post", post},
      {"$long", std::string(201, 'x')},
      {"$deep", std::string(100'000, '[')}};
  const auto everything = [&] {
    std::string all;
    for (const std::string path :
         {"influencers", "campaigns", "deals", "posts", "costs", "keys", "events", "brand"}) {
      all += api.call("GET", "/v1/" + path + "?archived=true", brand.admin).body;
    }
    return all;
  };
  const std::string before = everything();

  std::ifstream file(FAIRLEAD_GOLDEN_DIR "/admin/bad_bodies.txt");
  ASSERT_TRUE(file.is_open());
  int cases = 0;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    SCOPED_TRACE("bad_bodies.txt:" + std::to_string(number) + ": " + line);
    const auto arrow = line.rfind(" => ");
    ASSERT_NE(arrow, std::string::npos);
    const std::string expected = line.substr(arrow + 4);
    std::string request = line.substr(0, arrow);
    for (const auto& [name, value] : names) {
      replace_all(request, "{" + std::string(name) + "}", value);
    }
    const auto path_at = request.find(' ') + 1;
    const auto body_at = request.find(' ', path_at) + 1;
    const std::string path = request.substr(path_at, body_at - path_at - 1);
    const auto answer =
        api.call(request.substr(0, path_at - 1), path, brand.admin, request.substr(body_at));
    EXPECT_EQ(summary_of(answer), expected) << answer.body;
    EXPECT_EQ(answer.media_type, "application/problem+json");
    ++cases;
  }
  EXPECT_GT(cases, 60);
  EXPECT_EQ(everything(), before);
}

}  // namespace

}  // namespace fairlead::admin
