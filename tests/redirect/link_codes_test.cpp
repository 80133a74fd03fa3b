// Links that carry a code: how the API takes them, what a click is given, and what is refused.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "redirect/click_code.hpp"
#include "redirect/query.hpp"
#include "tests/redirect/link_api.hpp"

namespace fairlead::redirect {
namespace {

using test::Shop;

const test::TestStatement insert_code(
    "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, "
    "currency, created_at) VALUES ($1, $2, $3, $4, $4, 'percent', 100000, 'EUR', 1)");
const test::TestStatement archive_code(
    "UPDATE codes SET archived_at = 5 WHERE brand_id = $1 AND code_id = $2");

class LinkCodes : public test::LinkApi {
 protected:
  LinkCodes() {
    database()
        .transact([&](storage::Session& session) {
          session.run(insert_code, Shop::brand, mia10, Shop::deal, "MIA10");
          session.run(insert_code, Shop::brand, long_one, Shop::deal, "SEVENTEEN-LETTERS");
          session.run(insert_code, Shop::brand, others, core::DealId{99}, "NOA10");
        })
        .value();
  }
  // A link with these further fields.
  core::Answer create(const std::string& rest) {
    return call(net::Method::post, "/v1/links",
                R"({"deal_id":")" + Shop::deal.text() + R"(","slug":"mia",)" + rest + "}");
  }
  std::string click() {
    auto answer = redirect.get("/mia");
    EXPECT_EQ(answer.status, "302");
    return answer.headers["Location"];
  }
  static std::string text(const core::Answer& answer, std::string_view name) {
    const auto body = boost::json::parse(answer.body);
    const auto* value = body.as_object().if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "(none)";
  }
  static std::string pointer(const core::Answer& answer) {
    EXPECT_EQ(answer.status, 400) << answer.body;
    return std::string(
        boost::json::parse(answer.body).at("errors").at(0).at("pointer").as_string());
  }
  static constexpr core::CodeId mia10{501};
  static constexpr core::CodeId long_one{502};
  static constexpr core::CodeId others{503};
  const std::string with_code = R"("code_id":")" + mia10.text() + '"';
};
INSTANTIATE_ON_ENGINES(LinkCodes);

TEST_P(LinkCodes, APageBringsItsCodeAsTheShopTakesIt) {
  const auto made =
      create(with_code + R"(,"destination":"https://shop.example/lamps","apply":"shopify")");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(text(made, "destination"), "https://shop.example/lamps");
  EXPECT_EQ(text(made, "applied_url"),
            "https://shop.example/discount/{code}?redirect=%2Flamps%3Ffl_click%3D{click_id}");
  EXPECT_EQ(text(made, "code"), "MIA10");
  const auto location = click();
  const auto token = location.substr(location.rfind('=') + 1);
  EXPECT_EQ(location, "https://shop.example/discount/MIA10?redirect=%2Flamps%3Ffl_click%3D" +
                          token + "&utm_campaign=summer&fl_click=" + token);

  const auto path = "/v1/links/" + text(made, "id");
  // What was answered may be sent back as it is.
  const auto same = call(net::Method::patch, path,
                         "{" + with_code +
                             R"(,"destination":"https://shop.example/lamps",)"
                             R"("apply":{"kind":"shopify"},"code_per_click":false})");
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(header(same, "ETag"), header(made, "ETag"));
  const auto moved =
      call(net::Method::patch, path, R"({"destination":"https://shop.example/chairs"})");
  EXPECT_EQ(text(moved, "applied_url"),
            "https://shop.example/discount/{code}?redirect=%2Fchairs%3Ffl_click%3D{click_id}");
  const auto plain = call(net::Method::patch, path, R"({"apply":null})");
  EXPECT_EQ(text(plain, "destination"), "https://shop.example/chairs");
  EXPECT_EQ(text(plain, "applied_url"), "(none)");
  EXPECT_TRUE(click().starts_with("https://shop.example/chairs?utm_campaign=summer&fl_click="));
}

TEST_P(LinkCodes, ACodeStandsWhereTheBrandPutsIt) {
  const auto made = create(with_code + R"(,"destination":"https://shop.example/?c={code}",
      "targets":[{"if":{"query":{"a":"1"}},"destination":"https://shop.example/{code}/x"}])");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(click().starts_with("https://shop.example/?c=MIA10&"));
  auto led = redirect.get("/mia", "a=1");
  EXPECT_TRUE(led.headers["Location"].starts_with("https://shop.example/MIA10/x?"));
}

TEST_P(LinkCodes, AShopperChangesNothingOfWhatTheAddressSays) {
  const std::string query = "redirect=//evil.example&coupon=EVIL&products=99:50&to=//evil.example";
  const auto location = [&] { return redirect.get("/mia", query).headers["Location"]; };
  const auto made = create(with_code + R"(,"apply":"shopify")");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(location().find("redirect=//evil"), std::string::npos) << location();
  const auto path = "/v1/links/" + text(made, "id");
  const std::pair<std::string, std::string> ways[] = {
      {R"("apply":"generic")", "coupon=EVIL"},
      {R"("apply":{"kind":"woocommerce","products":"12:1"})", "products=99"},
      {R"("apply":{"template":"https://{shop}/{code}?to={path}"})", "to=//evil"},
      {R"("apply":null,"destination":"https://shop.example/?coupon={code}")", "coupon=EVIL"},
      {R"("targets":[{"if":{"query":{"coupon":"EVIL"}},)"
       R"("destination":"https://shop.example/?to=1"}])",
       "to=//evil"}};
  for (const auto& [apply, evil] : ways) {
    const auto changed = call(net::Method::patch, path, "{" + apply + "}");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(location().find(evil), std::string::npos) << location();
  }
  // A link without a code leads where it did.
  ASSERT_EQ(call(net::Method::patch, path,
                 R"({"code_id":null,"targets":[],"destination":"https://shop.example/?to=1"})")
                .status,
            200);
  EXPECT_NE(location().find("to=//evil"), std::string::npos) << location();
}

TEST_P(LinkCodes, ACodeThatIsArchivedLaterGoesOnLeadingToThePage) {
  const auto made = create(with_code + R"(,"apply":"generic")");
  ASSERT_EQ(made.status, 201) << made.body;
  database()
      .transact([&](storage::Session& session) { session.run(archive_code, Shop::brand, mia10); })
      .value();
  EXPECT_TRUE(click().starts_with("https://shop.example/landing?coupon=MIA10&"));
  const auto edited = call(net::Method::patch, "/v1/links/" + text(made, "id"),
                           R"({"status":307,)" + with_code + "}");
  EXPECT_EQ(edited.status, 200) << edited.body;
  EXPECT_EQ(text(edited, "code"), "MIA10");
}

TEST_P(LinkCodes, EveryClickMayHaveACodeOfItsOwn) {
  ASSERT_EQ(create(with_code + R"(,"apply":"generic","code_per_click":true)").status, 201);
  const auto first = click();
  const auto second = click();
  const auto code_of = [](const std::string& location) {
    const auto at = location.find("coupon=") + 7;
    return location.substr(at, location.find('&', at) - at);
  };
  EXPECT_NE(code_of(first), code_of(second));
  ASSERT_TRUE(code_of(first).starts_with("MIA10-")) << first;
  const auto token = first.substr(first.find("fl_click=") + 9);
  const auto fact = read_token(redirect.keys(), token);
  ASSERT_TRUE(fact.has_value());
  EXPECT_EQ(read_click_code(redirect.keys(), code_of(first).substr(6), Shop::brand, mia10),
            fact->click);
  // A preview is no click.
  EXPECT_EQ(redirect.get("/mia+").body.find("MIA10-"), std::string::npos);
}

TEST_P(LinkCodes, WhatDoesNotFitTogetherIsRefusedByName) {
  const auto id = [](core::CodeId code) { return R"("code_id":")" + code.text() + '"'; };
  const std::pair<std::string, const char*> cases[] = {
      {id(others), "/code_id"},  // another deal's
      {id({999}), "/code_id"},
      {R"("apply":"shopify")", "/apply"},
      {R"("destination":"https://shop.example/{code}")", "/code_id"},
      {R"("code_per_click":true)", "/code_per_click"},
      {with_code + R"(,"code_per_click":true)", "/code_per_click"},
      {id(long_one) + R"(,"apply":"generic","code_per_click":true)", "/code_per_click"},
      {with_code + R"(,"apply":{"kind":"generic","parameter":"a=b"})", "/apply/parameter"},
      {with_code + R"(,"apply":{"template":"https://evil.example/{code}"})", "/destination"},
      {with_code + R"(,"apply":"shopify","destination":"https://shop.example/{sub1}")",
       "/destination"},
      {with_code + R"(,"fallback_url":"https://shop.example/{code}")", "/fallback_url"}};
  for (const auto& [rest, where] : cases)
    EXPECT_EQ(pointer(create(rest)), where) << rest;
}

}  // namespace
}  // namespace fairlead::redirect
