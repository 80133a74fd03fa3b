// Codes as CSV: what a file may hold, all or nothing, and what is written is read back. And the
// pictures of codes.
#include "codes/code_sheet.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "codes/batch_maker.hpp"
#include "tests/codes/checkout.hpp"
#include "tests/support/escapes.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::codes {
namespace {

CodeSheet read(const std::string& text, std::size_t rows_max = 100) {
  std::istringstream file(text);
  return read_code_sheet(file, core::DealId{3001}, rows_max);
}

TEST(CodeSheets, ProblemsAreThoseOfTheGoldenTable) {
  const auto lines = test::golden_lines("codes/bad_sheets.txt", 2);
  ASSERT_GE(lines.size(), 25u);
  for (const auto& line : lines) {
    auto text = test::unescaped(line.fields[0]);
    if (const auto deal = text.find(",D,"); deal != text.npos)
      text.replace(deal + 1, 1, core::DealId{3001}.text());
    const auto sheet = read(text);
    std::string told;
    for (const auto& problem : sheet.problems) {
      told += (told.empty() ? "" : " ") + std::to_string(problem.line) + "/" + problem.column;
      EXPECT_FALSE(problem.detail.empty()) << line.where;
    }
    if (told.empty()) told = "good " + std::to_string(sheet.rows.size());
    EXPECT_EQ(told, line.fields[1]) << line.where;
  }
}

TEST(CodeSheets, OneRowMoreThanMostIsAProblem) {
  std::string text = "code,discount_kind\n";
  for (int i = 0; i < 100; ++i)
    text += "CODE" + std::to_string(i) + ",free_shipping\n";
  EXPECT_TRUE(read(text).problems.empty());
  const auto sheet = read(text + "ONE-MORE,free_shipping\n");
  ASSERT_EQ(sheet.problems.size(), 1u);
  EXPECT_EQ(sheet.problems[0].line, 102u);
  EXPECT_NE(sheet.problems[0].detail.find("at most 100 codes"), std::string::npos);
}

class Sheets : public test::OnEveryEngine {
 protected:
  Reply import(std::string_view text, std::string_view query = "",
               std::string_view key = "admin") const {
    return checkout_.call(net::Method::post,
                          "/v1/codes/import?deal_id=" + checkout_.deal.text() + std::string(query),
                          text, key);
  }
  Reply get(std::string_view target, std::string_view key = "viewer") const {
    return checkout_.call(net::Method::get, target, "", key);
  }
  std::int64_t count_codes() const { return checkout_.number("SELECT COUNT(*) FROM codes"); }

  Checkout checkout_{database()};
};
INSTANTIATE_ON_ENGINES(Sheets);

TEST_P(Sheets, ShopsCodesAreFoundHoweverTheShopperTypesThem) {
  const auto reply = import(
      "code,discount_kind,rate_ppm,uses_max\n30$off,percent,300000,5\n free shipping "
      ",free_shipping,,\n=SUM10,percent,100000,\n");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.body, R"({"created":3,"dry_run":false})");
  for (const std::string_view typed :
       {"30$OFF", "30$off", "FREE SHIPPING", "free\u00a0shipping ", "=sum10", "＝ｓｕｍ１０"}) {
    EXPECT_EQ(checkout_.validate(cart_json(typed, "V-1", 1000)).at("/valid"), "true") << typed;
  }
  EXPECT_EQ(checkout_.redeem(cart_json("30$Off", "A-1", 1000)).at("/discount/amount_minor"), "300");
  EXPECT_TRUE(checkout_.verify().empty());
}

TEST_P(Sheets, OneBadLineKeepsAllOthersOut) {
  checkout_.create("MIA10", ten_percent);
  const auto reply = import("code,discount_kind,rate_ppm\nLEO10,percent,100000\nmia10,percent,1\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.at("/code"), "invalid_sheet");
  EXPECT_EQ(reply.at("/errors/0/pointer"), "/3/code");
  EXPECT_NE(reply.at("/errors/0/detail").find("line 3, code: the code MIA10 exists already"),
            std::string::npos);
  EXPECT_EQ(count_codes(), 1);
  const auto foreign = import(
      "code,discount_kind,deal_id\nLEO10,free_shipping,\nTOM10,"
      "free_shipping," +
      checkout_.other_brands_deal.text() + "\n");
  EXPECT_EQ(foreign.at("/errors/0/pointer"), "/3/deal_id");
  EXPECT_EQ(count_codes(), 1);
}

TEST_P(Sheets, DryRunFindsTheSameProblemsAndWritesNothing) {
  const std::string good = "code,discount_kind,rate_ppm\nLEO10,percent,100000\n";
  EXPECT_EQ(import(good, "&dry_run=true").body, R"({"created":1,"dry_run":true})");
  EXPECT_EQ(count_codes(), 0);
  EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM code_looks"), 0);
  EXPECT_EQ(import(good).status, 201);
  EXPECT_EQ(import(good, "&dry_run=true").at("/errors/0/pointer"), "/2/code");
  EXPECT_EQ(import(good, "&dry_run=maybe").at("/errors/0/pointer"), "?dry_run");
  EXPECT_EQ(import(good, "", "viewer").status, 403);
  EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM audit_events WHERE verb = 'imported'"), 1);
}

TEST_P(Sheets, AParameterThatNothingReadsIsRefusedByName) {
  const std::string good = "code,discount_kind,rate_ppm\nLEO10,percent,100000\n";
  const auto imported = import(good, "&bogus=1");
  EXPECT_EQ(imported.status, 400);
  EXPECT_EQ(imported.at("/code"), "unknown_field");
  EXPECT_EQ(imported.at("/errors/0/pointer"), "?bogus");
  EXPECT_EQ(count_codes(), 0);
  EXPECT_EQ(get("/v1/codes.csv?foo=1").at("/errors/0/pointer"), "?foo");
}

TEST_P(Sheets, AnotherDealUnderTheSameKeyIsAnotherRequest) {
  const auto send = [this](std::string_view deal) {
    return checkout_.call(net::Method::post, "/v1/codes/import?deal_id=" + std::string(deal),
                          "code,discount_kind\nLEO10,free_shipping\n", "admin",
                          {{"Idempotency-Key", "import-1"}});
  };
  EXPECT_EQ(send(checkout_.deal.text()).status, 201);
  EXPECT_EQ(send(checkout_.deal.text()).header("Idempotency-Replayed"), "true");
  const auto other = send(core::DealId{9}.text());
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.at("/code"), "idempotency_key_reused");
}

TEST_P(Sheets, AtMostAHundredProblemsAreTold) {
  std::string text = "code,discount_kind,rate_ppm\n";
  for (int i = 0; i < 150; ++i)
    text += "CODE" + std::to_string(i) + ",percent,x\n";
  const auto reply = import(text);
  EXPECT_EQ(reply.json().at("errors").as_array().size(), 100u);
  EXPECT_NE(reply.at("/detail").find("150 problems"), std::string::npos);
}

TEST_P(Sheets, WhatIsWrittenIsReadBack) {
  checkout_.create("MIA10", std::string(ten_percent) +
                                R"(,"limits":{"uses_max":5,"uses_per_customer_max":1,)"
                                R"("budget_minor":900,"subtotal_min_minor":100},)"
                                R"("starts_at":"2026-03-01T00:00:00Z")");
  const std::string_view many =
      R"("discount":{"kind":"percent","rate_ppm":1,"method":"across","amount_max_minor":70},)"
      R"("limits":{"quantity_min":2},"items":{"skus":["S"]},"stacking":{"group":"a","priority":3})";
  checkout_.create("FIVE", R"("discount":{"kind":"fixed","amount_minor":500,"currency":"USD"})");
  ASSERT_EQ(import("code,discount_kind\n-dash,free_shipping\n\"a,b\",free_shipping\n").status, 201);
  checkout_.create("MANY", many);
  const auto csv = get("/v1/codes.csv");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.header("Link"), "");
  EXPECT_NE(csv.body.find("\"'-dash\","), std::string::npos) << "safe in a spreadsheet";
  const auto sheet = read(csv.body);
  ASSERT_TRUE(sheet.problems.empty()) << sheet.problems[0].detail;
  ASSERT_EQ(sheet.rows.size(), 5u);
  const auto& mia = sheet.rows[0].code;
  EXPECT_EQ(mia.text, "MIA10");
  EXPECT_EQ(mia.deal, checkout_.deal);
  EXPECT_EQ(mia.terms.discount.rate.ppm, 100'000);
  EXPECT_EQ(mia.terms.limits.uses_max, 5);
  EXPECT_EQ(mia.terms.limits.uses_per_customer_max, 1);
  EXPECT_EQ(mia.terms.limits.budget_minor, 900);
  EXPECT_EQ(mia.terms.cart.subtotal_min_minor, 100);
  EXPECT_EQ(mia.terms.starts_at, core::parse_instant("2026-03-01T00:00:00Z").value());
  EXPECT_EQ(sheet.rows[1].code.terms.currency.code(), "USD");
  EXPECT_EQ(sheet.rows[2].code.text, "-dash");
  EXPECT_EQ(sheet.rows[3].code.text, "a,b");
  const auto& rules = sheet.rows[4].code.terms;
  EXPECT_EQ(rules.discount.method, Method::across);
  EXPECT_EQ(rules.discount.amount_max_minor, 70);
  EXPECT_EQ(rules.cart.quantity_min, 2);
  EXPECT_EQ(rules.items.skus, std::vector<std::string>{"S"});
  EXPECT_EQ(rules.stacking.priority, 3);
  EXPECT_EQ(get("/v1/codes.csv", "other_admin").body, code_sheet_header());
  EXPECT_EQ(get("/v1/codes.csv?deal_id=lnk_1").at("/errors/0/pointer"), "?deal_id");
}

TEST_P(Sheets, ACodeThatIsSwitchedOffStaysSoHoweverASpreadsheetWritesIt) {
  const std::string_view off[] = {"false", "FALSE", "False", "0", "no", " false", "off\t", "NO"};
  const std::string_view on[] = {"true", "TRUE", "1", "yes", " On ", "", " "};
  std::string file = "code,discount_kind,enabled\n";
  int number = 0;
  for (const auto word : off)
    file += "OFF-" + std::to_string(number++) + ",free_shipping,\"" + std::string(word) + "\"\n";
  for (const auto word : on)
    file += "ON-" + std::to_string(number++) + ",free_shipping,\"" + std::string(word) + "\"\n";
  ASSERT_EQ(import(file).status, 201) << import(file).body;
  for (const bool is_off : {true, false}) {
    const auto* const where =
        is_off ? "is_enabled = 0 AND code LIKE 'OFF-%'" : "is_enabled = 1 AND code LIKE 'ON-%'";
    EXPECT_EQ(checkout_.number("SELECT COUNT(*) FROM codes WHERE " + std::string(where)),
              static_cast<std::int64_t>(is_off ? std::size(off) : std::size(on)));
  }
  EXPECT_EQ(checkout_.validate(cart_json("OFF-0", "A-1", 100)).at("/reason/code"), "code_disabled");
  // What is written is read back with its state.
  const auto sheet = read(get("/v1/codes.csv").body);
  ASSERT_TRUE(sheet.problems.empty());
  for (const auto& row : sheet.rows)
    EXPECT_EQ(row.code.terms.is_enabled, row.code.text.starts_with("ON")) << row.code.text;
  const auto wrong = import("code,discount_kind,enabled\nX1,free_shipping,FALSCH\n");
  EXPECT_EQ(wrong.at("/errors/0/pointer"), "/2/enabled");
  EXPECT_NE(wrong.at("/errors/0/detail").find("true, false"), std::string::npos) << wrong.body;
}

TEST_P(Sheets, BatchIsWrittenPageAfterPageAndWithoutOtherCodes) {
  checkout_.create("BEFORE", ten_percent);
  const auto asked = checkout_.post("/v1/codes/bulk",
                                    R"({"deal_id":")" + checkout_.deal.text() +
                                        R"(","count":20001,)" + std::string(ten_percent) + "}",
                                    "admin");
  BatchMaker maker(database(), checkout_.clock);
  while (maker.make_chunk().value()) {
  }
  checkout_.create("BEHIND", ten_percent);
  const auto first = get(asked.at("/codes_url"));
  ASSERT_EQ(first.status, 200);
  const auto link = first.header("Link");
  ASSERT_TRUE(link.starts_with("</v1/codes.csv?after=code_")) << link;
  const auto second = get(link.substr(1, link.find('>') - 1));
  EXPECT_EQ(second.header("Link"), "");
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n') - 1;  // less the header line
  };
  EXPECT_EQ(lines(first.body), 20'000);
  EXPECT_EQ(lines(second.body), 1);
  EXPECT_EQ((first.body + second.body).find("BE"), std::string::npos);
  EXPECT_EQ(get(asked.at("/codes_url"), "other_admin").status, 404);
}

TEST_P(Sheets, PictureIsOfTheDealsLinkElseOfTheCode) {
  const auto id = checkout_.create("MIA10", ten_percent);
  const auto bare = get("/v1/codes/" + id + "/qr.svg");
  EXPECT_EQ(bare.status, 200);
  EXPECT_TRUE(bare.body.starts_with("<svg"));
  EXPECT_TRUE(get("/v1/codes/" + id + "/qr.png").body.starts_with("\x89PNG"));
  checkout_.run(
      "INSERT INTO links (brand_id, link_id, deal_id, domain, slug, destination, created_at, "
      "changed_at) VALUES (1001, 5001, 3001, 'go.example', 'mia', 'https://shop.example/', 0, 0)");
  const auto linked = get("/v1/codes/" + id + "/qr.svg");
  EXPECT_NE(linked.body, bare.body);
  EXPECT_EQ(checkout_
                .call(net::Method::get, "/v1/codes/" + id + "/qr.svg", "", "viewer",
                      {{"If-None-Match", linked.header("ETag")}})
                .status,
            304);
  EXPECT_EQ(get("/v1/codes/" + id + "/qr.svg?size=5").at("/errors/0/pointer"), "?size");
  EXPECT_EQ(get("/v1/codes/" + id + "/qr.svg?utm_source=x").at("/errors/0/pointer"), "?utm_source");
  EXPECT_EQ(get("/v1/codes/" + id + "/qr.svg", "other_admin").status, 404);
  EXPECT_EQ(get("/v1/codes/x/qr.png").status, 404);
}

}  // namespace
}  // namespace fairlead::codes
