// The report of leaks, what is done about them, and the watch that does it by itself.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "admin/leak_watch.hpp"
#include "tests/admin/api.hpp"
#include "tests/ledger/rows.hpp"

namespace fairlead::admin {
namespace {

namespace json = boost::json;
using test::run_sql;

std::string pointer_of(const core::Answer& answer) {
  const auto body = body_of(answer);
  return body.at("errors").at(0).at("pointer").as_string().c_str();
}

class LeakReport : public test::OnEveryEngine {
 protected:
  // Two codes with half a year of 2 warm uses and 1 cold one a day; since 20 February `leaked` has
  // 7 cold ones more a day. The clock stands at 2 March, 09:15.
  void SetUp() override {
    leaked = add_code("MIA10", "youtube");
    good = add_code("MIA20", "");
    database()
        .transact([&](storage::Session& session) {
          const auto first = core::parse_day("2025-09-10").value().number;
          for (std::int32_t day = 0; day < 173; ++day) {
            for (const auto code : {leaked, good}) {
              add_use(session, code, first + day, true);
              add_use(session, code, first + day, true);
              add_use(session, code, first + day, false);
            }
            for (int i = 0; day >= 163 && i < 7; ++i)
              add_use(session, leaked, first + day, false);
          }
        })
        .value();
  }

  core::CodeId add_code(std::string_view text, std::string_view placement) {
    const core::CodeId id{900 + ++next_};
    database()
        .transact([&](storage::Session& session) {
          run_sql(session,
                  "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, "
                  "rate_ppm, currency, created_at, placement) VALUES ($1, $2, $3, $4, $5, "
                  "'percent', 100000, 'EUR', 0, $6)",
                  brand.id, id, brand.deal, text, text, placement);
          run_sql(session,
                  "INSERT INTO campaign_code_limits (brand_id, campaign_id, changed_at) SELECT "
                  "brand_id, campaign_id, 0 FROM deals WHERE brand_id = $1 AND deal_id = $2 "
                  "ON CONFLICT DO NOTHING",
                  brand.id, brand.deal);
        })
        .value();
    return id;
  }

  void add_use(storage::Session& session, core::CodeId code, std::int32_t day, bool is_warm) {
    const auto at = core::Zone::utc().start_of({day}).plus_seconds(12 * 3600);
    const std::int64_t number = 10'000 + ++next_;
    const std::string order_ref = std::to_string(number);
    run_sql(session,
            "INSERT INTO code_uses (brand_id, code_use_id, code_id, order_ref, state, currency, "
            "subtotal_minor, discount_minor, cart_sha256, at) VALUES ($1, $2, $3, $4, 'redeemed', "
            "'EUR', 1000, 100, '', $5)",
            brand.id, number, code, order_ref, at);
    run_sql(session,
            "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
            "base_minor, discount_minor, shipping_minor, tax_minor, body_sha256, booked_at) VALUES "
            "($1, $2, $3, 'api', $4, 'EUR', 900, 100, 0, 0, '', 0)",
            brand.id, number, order_ref, at);
    if (is_warm)
      run_sql(session,
              "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, click_id, "
              "influencer_id, touched_at, outcome) VALUES ($1, $2, 1, 'click', '', $3, $4, $5, "
              "'code_won')",
              brand.id, number, number, brand.influencer, at.plus_seconds(-7200));
    // What the code earns of it: 0.90.
    run_sql(session,
            "INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, "
            "campaign_id, via, code_id, weight_ppm, base_minor, currency, precedence, model, "
            "placed_at, touched_at) VALUES ($1, $2, $3, $4, $5, $6, 'code', $7, 1000000, 900, "
            "'EUR', 'code_first', 'last_click', $8, $9)",
            brand.id, number, number, brand.influencer, brand.deal, brand.campaign, code, at, at);
    ledger::post_credit(session,
                        {.id = core::CreditId{number},
                         .order = core::OrderId{number},
                         .influencer = brand.influencer,
                         .deal = brand.deal,
                         .campaign = brand.campaign,
                         .via = core::Via::code,
                         .code = code,
                         .base_minor = 900},
                        brand.id, core::Currency::of("EUR"), at, at, at);
  }

  core::Answer act(core::CodeId code, std::string_view body) {
    return api.call("POST", "/v1/codes/" + code.text() + "/leak_actions", brand.admin, body);
  }
  std::int64_t number(const std::string& sql) {
    return database()
        .read([&](storage::Session& session) { return run_sql(session, sql).one().integer(0); })
        .value();
  }
  // Commissions of a code by status, "pending=3 held=5".
  std::string statuses(core::CodeId code) {
    std::map<std::string, int> counts;
    const auto all = database()
                         .read([&](storage::Session& session) {
                           std::vector<ledger::Commission> found;
                           for (const auto& row : run_sql(session,
                                                          "SELECT order_id FROM credits WHERE "
                                                          "code_id = $1 ORDER BY order_id",
                                                          code)) {
                             for (auto& one : ledger::commissions_of_order(
                                      session, brand.id, row.id<core::OrderId>(0), api.clock.now()))
                               found.push_back(std::move(one));
                           }
                           return found;
                         })
                         .value();
    for (const auto& commission : all)
      ++counts[ledger::name_of(commission.status)];
    std::string text;
    for (const auto& [status, count] : counts)
      text += (text.empty() ? "" : " ") + status + "=" + std::to_string(count);
    return text;
  }
  WatchedLeaks watch() {
    test::TemporaryDirectory directory;
    const auto clicks = storage::open({.url = "sqlite:" + directory.file("clicks.db"),
                                       .schema = storage::Schema::clicks})
                            .value();
    return watch_leaks(database(), *clicks, api.clock.now()).value();
  }

  Api api{database()};
  TestBrand brand = api.make_brand("North");
  core::CodeId leaked;
  core::CodeId good;

 private:
  std::int64_t next_ = 0;
};
INSTANTIATE_ON_ENGINES(LeakReport);

TEST_P(LeakReport, SaysWhichCodeHowSureSinceWhenWhereAndWhatItCosts) {
  const auto answer =
      api.call("GET", "/v1/reports/leaks?from=2026-01-01&to=2026-03-02", brand.viewer);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto report = body_of(answer);
  ASSERT_EQ(report.at("data").as_array().size(), 2u);
  const auto& row = report.at("data").at(0).as_object();
  EXPECT_EQ(row.at("code"), "MIA10");
  EXPECT_EQ(row.at("placement"), "youtube");
  EXPECT_EQ(row.at("verdict"), "likely_leak");
  EXPECT_EQ(row.at("recommended_action"), "rotate");
  EXPECT_EQ(row.at("uses"), 60 * 3 + 70);
  EXPECT_EQ(row.at("known").at("cold_uses"), 60 + 70);
  EXPECT_EQ(row.at("known").at("share_ppm"), 520'000);
  EXPECT_LT(row.at("known").at("share_low_ppm").as_int64(), 520'000);
  EXPECT_GT(row.at("known").at("share_high_ppm").as_int64(), 520'000);
  EXPECT_NEAR(static_cast<double>(row.at("baseline").at("share_ppm").as_int64()), 333'333, 20'000);
  EXPECT_LT(row.at("p").as_double(), 0.001);
  EXPECT_LE(row.at("p").as_double(), row.at("q").as_double());
  EXPECT_LT(row.at("signals").at("cold").at("p").as_double(), 0.01);
  EXPECT_EQ(row.at("signals").at("coupon_site").at("p").to_number<double>(), 1);
  EXPECT_EQ(row.at("since").at("likely_on"), "2026-02-20");
  EXPECT_LE(row.at("since").at("earliest_on").as_string(), "2026-02-20");
  const auto& leak = row.at("leaked").as_object();
  EXPECT_NEAR(static_cast<double>(leak.at("uses").as_int64()), 70, 5);
  EXPECT_LE(leak.at("uses_low").as_int64(), 70);
  EXPECT_GE(leak.at("uses_high").as_int64(), 70);
  const auto& cost = leak.at("costs").at(0).as_object();
  EXPECT_EQ(cost.at("currency"), "EUR");
  EXPECT_EQ(cost.at("discount_minor"), 100 * 100);
  EXPECT_EQ(cost.at("commission_minor"), 100 * 90);
  EXPECT_NEAR(static_cast<double>(cost.at("leaked_minor").as_int64()), 70 * 190, 1'000);

  const auto& other = report.at("data").at(1).as_object();
  EXPECT_EQ(other.at("verdict"), "normal");
  EXPECT_TRUE(other.at("since").is_null());
  EXPECT_TRUE(other.at("leaked").is_null());
}

TEST_P(LeakReport, CsvHasTheSameRowsAndNoFormula) {
  add_code("=CMD", "");
  const auto answer =
      api.call("GET", "/v1/reports/leaks?from=2026-01-01&to=2026-03-02&format=csv", brand.admin);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.media_type, "text/csv; charset=utf-8");
  EXPECT_TRUE(answer.body.starts_with("code_id,code,placement,influencer_id,campaign_id,uses,"));
  EXPECT_NE(answer.body.find(",MIA10,youtube,"), std::string::npos);
  EXPECT_NE(answer.body.find(",likely_leak,2026-02-20,"), std::string::npos);
  EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 3);
}

TEST_P(LeakReport, IsForTheBrandAloneAndNotForInfluencers) {
  EXPECT_EQ(api.call("GET", "/v1/reports/leaks", brand.influencer_key).status, 403);
  EXPECT_EQ(api.call("GET", "/v1/reports/leaks", brand.shop).status, 403);
  const auto other = api.make_brand("South");
  const auto report = body_of(api.call("GET", "/v1/reports/leaks", other.admin));
  EXPECT_TRUE(report.at("data").as_array().empty());
}

TEST_P(LeakReport, OfAnotherCampaignHasNoRowOfThisOne) {
  const auto answer = api.call(
      "GET", "/v1/reports/leaks?campaign_id=" + core::CampaignId{12345}.text(), brand.admin);
  EXPECT_TRUE(body_of(answer).at("data").as_array().empty());
}

TEST_P(LeakReport, BadQuestionsAreRefusedWithTheParameter) {
  const std::pair<std::string_view, std::string_view> refusals[] = {
      {"group_by=code", "?group_by"},
      {"from=yesterday", "?from"},
      {"to=2026-13-01", "?to"},
      {"from=2026-03-01&to=2026-03-01", "?to"},
      {"from=2025-01-01&to=2026-03-01", "?from"},
      {"campaign_id=deal_1", "?campaign_id"},
      {"format=xml", "?format"},
      {"format=csv&format=csv", "?format"}};
  for (const auto& [query, parameter] : refusals) {
    const auto answer = api.call("GET", "/v1/reports/leaks?" + std::string(query), brand.admin);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(pointer_of(answer), parameter) << answer.body;
  }
}

TEST_P(LeakReport, ActionsAreDoneWrittenDownAndUndone) {
  const auto noted = act(leaked, R"({"action":"notify","note":"seen on a coupon site"})");
  EXPECT_EQ(noted.status, 200) << noted.body;
  const auto paused = act(leaked, R"({"action":"pause"})");
  EXPECT_EQ(member_of(paused, "enabled"), "false");
  EXPECT_EQ(number("SELECT COUNT(*) FROM codes WHERE is_enabled = 0"), 1);
  EXPECT_EQ(act(leaked, R"({"action":"pause"})").status, 200);

  EXPECT_EQ(statuses(leaked), "approved=429 pending=160");
  const auto held = act(leaked, R"({"action":"hold_commissions","from":"2026-01-25T00:00:00Z",)"
                                R"("reason":"the code is on a coupon site"})");
  EXPECT_EQ(held.status, 200) << held.body;
  EXPECT_EQ(member_of(held, "held_from"), "2026-01-25T00:00:00Z");
  EXPECT_EQ(statuses(leaked), "approved=411 held=178");
  EXPECT_EQ(statuses(good), "approved=429 pending=90");
  EXPECT_EQ(act(leaked, R"({"action":"release_commissions"})").status, 200);
  EXPECT_EQ(statuses(leaked), "approved=429 pending=160");
  const auto again = act(leaked, R"({"action":"release_commissions"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(member_of(again, "code"), "not_held");

  const auto rotated = act(leaked, R"({"action":"rotate","code":"MIA30"})");
  EXPECT_EQ(rotated.status, 200) << rotated.body;
  EXPECT_EQ(member_of(rotated, "code"), "MIA30");
  EXPECT_EQ(number("SELECT COUNT(*) FROM codes WHERE code = 'MIA30' AND is_enabled = 1"), 1);
  EXPECT_EQ(member_of(act(leaked, R"({"action":"rotate"})"), "code"), "not_rotatable");
  EXPECT_EQ(member_of(act(good, R"({"action":"rotate","code":"mia30"})"), "code"), "code_taken");

  const auto events = api.call("GET", "/v1/events?subject=" + leaked.text(), brand.viewer).body;
  for (const std::string verb : {"leak_notify", "leak_pause", "leak_hold_commissions",
                                 "leak_release_commissions", "leak_rotate"})
    EXPECT_NE(events.find("\"" + verb + "\""), std::string::npos) << verb;
  EXPECT_EQ(number("SELECT COUNT(*) FROM postings WHERE posting_id LIKE 'com/%'"), 589 + 519);
}

TEST_P(LeakReport, ARotationIsRefusedAsANewCodeWouldBe) {
  const auto made_id = [&](std::string_view path, const std::string& body) {
    const auto answer = api.call("POST", path, brand.admin, body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return member_of(answer, "id");
  };
  const auto leo = made_id("/v1/influencers", R"({"name":"Leo","email":"leo@example.com"})");
  const auto deal = made_id("/v1/deals", R"({"influencer_id":")" + leo + R"(","campaign_id":")" +
                                             brand.campaign.text() +
                                             R"(","plan":{"kind":"percent","rate_ppm":100000}})");
  database()
      .transact([&](storage::Session& session) {
        const codes::NewCode summer{core::DealId::parse(deal).value(),
                                    "SUMMER10",
                                    {.discount = {.kind = codes::DiscountKind::free_shipping},
                                     .currency = core::Currency::of("EUR"),
                                     .limits = {}}};
        return codes::create_code(session, brand.id, summer, api.clock.now());
      })
      .value();
  const auto alike = act(leaked, R"({"action":"rotate","code":"SUMMERIO"})");
  EXPECT_EQ(alike.status, 409);
  EXPECT_EQ(member_of(alike, "code"), "code_too_similar") << alike.body;
  EXPECT_NE(member_of(alike, "detail").find("SUMMER10 (code_"), std::string::npos) << alike.body;
  const auto slip = act(leaked, R"({"action":"rotate","code":"SUMMERT10"})");
  EXPECT_EQ(member_of(slip, "code"), "code_too_similar") << slip.body;

  // Two variants of one placement: the one was switched off before the other was made.
  const auto paused = add_code("MIAYT", "yt");
  const auto other = add_code("MIAYT2", "yt");
  database()
      .transact([&](storage::Session& session) {
        run_sql(session,
                "UPDATE codes SET variant_of = $1 WHERE brand_id = $2 AND placement = 'yt'", good,
                brand.id);
      })
      .value();
  ASSERT_EQ(act(paused, R"({"action":"pause"})").status, 200);
  const auto taken = act(paused, R"({"action":"rotate"})");
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(member_of(taken, "code"), "placement_taken") << taken.body;
  EXPECT_EQ(act(other, R"({"action":"rotate"})").status, 200);
  EXPECT_EQ(act(leaked, R"({"action":"rotate","code":"SUMMERIO","allow_similar":true})").status,
            409);
  EXPECT_EQ(act(leaked, R"({"action":"rotate","code":"SUMMERT10","allow_similar":true})").status,
            200);
}

TEST_P(LeakReport, BadActionsAreRefusedWithTheField) {
  const std::pair<std::string_view, std::string_view> refusals[] = {
      {R"({})", "/action"},
      {R"({"action":"delete"})", "/action"},
      {R"({"action":"pause","from":"2026-01-01T00:00:00Z"})", "/from"},
      {R"({"action":"hold_commissions","reason":"because"})", "/from"},
      {R"({"action":"hold_commissions","from":"2026-01-01T00:00:00Z"})", "/reason"},
      {R"({"action":"hold_commissions","from":"2026-01-01T00:00:00Z","reason":"no"})", "/reason"},
      {R"({"action":"rotate","code":"no good"})", "/code"}};
  for (const auto& [body, pointer] : refusals) {
    const auto answer = act(leaked, body);
    EXPECT_EQ(answer.status, 400) << body << answer.body;
    EXPECT_EQ(pointer_of(answer), pointer) << answer.body;
  }
  EXPECT_EQ(act(core::CodeId{4711}, R"({"action":"pause"})").status, 404);
  const auto other = api.make_brand("South");
  EXPECT_EQ(api.call("POST", "/v1/codes/" + leaked.text() + "/leak_actions", other.admin,
                     R"({"action":"pause"})")
                .status,
            404);
  EXPECT_EQ(number("SELECT COUNT(*) FROM codes WHERE is_enabled = 0"), 0);
}

TEST_P(LeakReport, PolicyIsReadChangedAndGuarded) {
  const auto before = api.call("GET", "/v1/leak_policy", brand.viewer);
  EXPECT_EQ(before.body, R"({"actions":["notify"],"coupon_hosts":[]})");
  const auto changed =
      api.call("PATCH", "/v1/leak_policy", brand.admin,
               R"({"actions":["notify","pause"],"coupon_hosts":["Deals.example"]})",
               {{"If-Match", header_of(before, "ETag")}});
  EXPECT_EQ(changed.body, R"({"actions":["notify","pause"],"coupon_hosts":["deals.example"]})");
  EXPECT_EQ(api.call("GET", "/v1/leak_policy", brand.viewer).body, changed.body);
  EXPECT_EQ(api.call("PATCH", "/v1/leak_policy", brand.admin, R"({"actions":[]})",
                     {{"If-Match", header_of(before, "ETag")}})
                .status,
            412);
  for (const auto& [body, pointer] :
       {std::pair{R"({"actions":["rotate"]})", "/actions"},
        std::pair{R"({"actions":["pause"]})", "/actions"},
        std::pair{R"({"actions":"pause"})", "/actions"},
        std::pair{R"({"coupon_hosts":["https://x.example/"]})", "/coupon_hosts"},
        std::pair{R"({"coupon_hosts":["localhost"]})", "/coupon_hosts"},
        std::pair{R"({"hosts":[]})", "/hosts"}}) {
    const auto refused = api.call("PATCH", "/v1/leak_policy", brand.admin, body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_TRUE(pointer_of(refused).starts_with(pointer)) << refused.body;
  }
}

TEST_P(LeakReport, WatchTellsALeakOnceAndDoesNothingElseByItself) {
  EXPECT_EQ(watch().found, 1);
  EXPECT_EQ(watch().found, 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_events WHERE verb = 'leak_found'"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM codes WHERE is_enabled = 0"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM commission_holds"), 0);
  const auto events = body_of(api.call("GET", "/v1/events?subject=" + leaked.text(), brand.viewer));
  const auto& event = events.at("data").at(0).as_object();
  EXPECT_EQ(event.at("actor"), "leak watch");
  EXPECT_EQ(event.at("change").at("since"), "2026-02-20");
  EXPECT_EQ(event.at("change").at("placement"), "youtube");
}

TEST_P(LeakReport, WatchCarriesOutThePolicy) {
  api.call("PATCH", "/v1/leak_policy", brand.admin,
           R"({"actions":["notify","pause","hold_commissions"]})");
  EXPECT_EQ(watch().found, 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM codes WHERE is_enabled = 0"), 1);
  EXPECT_EQ(statuses(leaked), "approved=429 held=100 pending=60");
  EXPECT_EQ(statuses(good), "approved=429 pending=90");
}

TEST_P(LeakReport, WatchIsSilentWhereThePolicyIsEmpty) {
  api.call("PATCH", "/v1/leak_policy", brand.admin, R"({"actions":[]})");
  watch();
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_events WHERE verb = 'leak_found'"), 0);
}

}  // namespace
}  // namespace fairlead::admin
