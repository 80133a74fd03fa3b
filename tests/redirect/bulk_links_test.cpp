// POST /v1/links/bulk: a result for each row, all or none on request, once per Idempotency-Key.
#include "redirect/bulk_links.hpp"

#include <gtest/gtest.h>

#include "tests/redirect/link_api.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

class BulkLinks : public test::LinkApi {
 public:
  static std::string row(const std::string& fields) {
    return R"({"deal_id":")" + Shop::deal.text() + "\"" + (fields.empty() ? "" : ",") + fields +
           "}";
  }
  boost::json::object post(const std::string& body, int status,
                           test::LinkApi::Headers headers = {}) {
    const core::Answer answer = call(net::Method::post, "/v1/links/bulk", body, std::move(headers));
    EXPECT_EQ(answer.status, status) << answer.body;
    return boost::json::parse(answer.body).as_object();
  }
  std::size_t links() {
    return boost::json::parse(get("/v1/links?limit=200").body).at("data").as_array().size();
  }
};
INSTANTIATE_ON_ENGINES(BulkLinks);

TEST_P(BulkLinks, EachRowIsAnsweredInItsPlace) {
  const auto answer = post(
      R"({"links":[)" + row(R"("slug":"mia")") + "," + row(R"("slug":"v1")") + "," + row("") + "," +
          row(R"("slug":"mia")") + "," + row(R"("destination":"https://evil.example/")") +
          R"(,7,)" + row(R"("sulg":"x")") + R"(,{"slug":"y"},)" + R"({"deal_id":")" +
          core::DealId{99}.text() + R"("},)" + row(R"("slug":"own","domain":"Own.Example")") + "]}",
      200);
  EXPECT_EQ(answer.at("created"), 3);
  EXPECT_EQ(answer.at("refused"), 7);
  const auto& results = answer.at("results").as_array();
  ASSERT_EQ(results.size(), 10u);
  EXPECT_EQ(results[0].at("slug"), "mia");
  EXPECT_EQ(results[0].at("url"), "https://go.example/mia");
  EXPECT_EQ(results[2].at("slug").as_string().size(), 8u);
  EXPECT_EQ(results[9].at("url"), "https://own.example/own");
  const auto pointer = [&](std::size_t at) {
    EXPECT_EQ(results[at].at("row"), at);
    return std::string(results[at].at("errors").at(0).at("pointer").as_string()) + " " +
           std::string(results[at].at("errors").at(0).at("code").as_string());
  };
  EXPECT_EQ(pointer(1), "/links/1/slug invalid_value");
  EXPECT_EQ(pointer(3), "/links/3/slug taken") << "by the first row";
  EXPECT_EQ(pointer(4), "/links/4/destination invalid_value");
  EXPECT_EQ(pointer(5), "/links/5 wrong_type");
  EXPECT_EQ(pointer(6), "/links/6/sulg unknown_field");
  EXPECT_EQ(pointer(7), "/links/7/deal_id required");
  EXPECT_EQ(pointer(8), "/links/8/deal_id not_found");
  EXPECT_EQ(redirect.get("/mia").status, "302") << "served when the answer leaves";
  EXPECT_EQ(redirect.get("/" + std::string(results[2].at("slug").as_string())).status, "302");
  EXPECT_EQ(links(), 3u);
  const auto same =
      post(R"({"links":[)" + row(R"("slug":"mia","domain":"Go.Example")") + "]}", 200);
  EXPECT_EQ(same.at("refused"), 1) << "the default domain is one, however it is written";
}

TEST_P(BulkLinks, AtomicRefusesAllForOne) {
  const std::string rows = "[" + row(R"("slug":"mia")") + "," + row(R"("slug":"a/b")") + "]";
  const auto refused = post(R"({"atomic":true,"links":)" + rows + "}", 400);
  EXPECT_EQ(refused.at("code"), "links_refused");
  EXPECT_EQ(refused.at("errors").at(0).at("pointer"), "/links/1/slug");
  EXPECT_EQ(refused.at("errors").as_array().size(), 1u);
  EXPECT_EQ(links(), 0u);
  EXPECT_EQ(redirect.get("/mia").status, "404");
  post(R"({"atomic":true,"links":[)" + row(R"("slug":"mia")") + "]}", 201);
  EXPECT_EQ(redirect.get("/mia").status, "302");
}

TEST_P(BulkLinks, TheSameKeyIsTheSameLinks) {
  const std::string body = R"({"links":[)" + row("") + "," + row("") + "]}";
  const auto first = post(body, 201, {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(post(body, 201, {{"Idempotency-Key", "k1"}}), first);
  EXPECT_EQ(links(), 2u);
  EXPECT_EQ(post(R"({"links":[)" + row("") + "]}", 422, {{"Idempotency-Key", "k1"}}).at("code"),
            "idempotency_key_reused");
}

TEST_P(BulkLinks, EachLinkIsInTheAuditLog) {
  const auto answer = post(R"({"links":[)" + row(R"("slug":"mia")") + "," + row("") + "]}", 201);
  const test::TestStatement count(
      "SELECT COUNT(*) FROM audit_events WHERE subject = $1 AND verb = 'created' AND actor = $2");
  for (const auto& result : answer.at("results").as_array()) {
    const std::string id(result.at("id").as_string());
    const auto rows = database().read([&](storage::Session& session) {
      return session.run(count, id, core::KeyId{77}.text()).one().integer(0);
    });
    EXPECT_EQ(rows.value(), 1);
  }
}

TEST_P(BulkLinks, BodiesThatAreNoListOfLinks) {
  for (const char* body : {"{}", R"({"links":[]})", R"({"links":{}})", R"({"links":null})"})
    EXPECT_EQ(post(body, 400).at("errors").at(0).at("pointer"), "/links") << body;
  EXPECT_EQ(post(R"({"links":[{}],"atomci":true})", 400).at("code"), "unknown_field");
  EXPECT_EQ(post(R"({"links":[{}],"atomic":"yes"})", 400).at("errors").at(0).at("pointer"),
            "/atomic");
  EXPECT_EQ(post("[", 400).at("code"), "invalid_json");
  std::string many = R"({"links":[)";
  for (std::size_t i = 0; i <= bulk_links_max; ++i)
    many += i == 0 ? "{}" : ",{}";
  EXPECT_EQ(post(many + "]}", 400).at("errors").at(0).at("code"), "out_of_range");
}

TEST_P(BulkLinks, OnlyAnAdminMayCreate) {
  role = net::Role::viewer;
  EXPECT_EQ(post(R"({"links":[)" + row("") + "]}", 403).at("code"), "forbidden");
}

TEST_P(BulkLinks, TenThousandAtOnce) {
  std::string body = R"({"links":[)";
  for (std::size_t i = 0; i < bulk_links_max; ++i)
    body += (i == 0 ? "" : ",") +
            row(R"("slug":"many)" + std::to_string(i) +
                R"(","destination":"https://shop.example/products/)" + std::to_string(i) + "\"");
  const auto started = std::chrono::steady_clock::now();
  const auto answer = post(body + "]}", 201);
  RecordProperty("milliseconds",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::steady_clock::now() - started)
                                      .count()));
  EXPECT_EQ(answer.at("created"), bulk_links_max);
  EXPECT_EQ(redirect.get("/many0").status, "302");
  EXPECT_EQ(redirect.get("/many9999").status, "302");
}

}  // namespace
}  // namespace fairlead::redirect
