// The life of each of the brand's things: made, read, changed, archived, and written down.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <thread>

#include "ledger/ledger.hpp"
#include "tests/admin/api.hpp"

namespace fairlead::admin {

namespace {

namespace json = boost::json;

class Resources : public test::OnEveryEngine {
 protected:
  core::Answer post(std::string_view path, std::string_view body,
                    const RequestHeaders& headers = {}) {
    return api.call("POST", path, brand.admin, body, headers);
  }
  Api api{database()};
  TestBrand brand = api.make_brand("North");
};
INSTANTIATE_ON_ENGINES(Resources);

TEST_P(Resources, InfluencersKeepEveryField) {
  const auto created = post("/v1/influencers",
                            R"({"name":"Jón Þór","email":"jon@example.com","country":"IS",
                                "niche":"hiking","handles":[
                                  {"platform":"instagram","handle":"@jon","followers":4100},
                                  {"platform":"youtube","handle":"jon.outdoors"}],
                                "payout":{"method":"bank","iban":"IS140159260076545510730339"}})");
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string id = member_of(created, "id");
  EXPECT_EQ(header_of(created, "Location"), "/v1/influencers/" + id);
  EXPECT_EQ(header_of(created, "ETag"), "\"1\"");
  json::object expected{{"id", id},
                        {"name", "Jón Þór"},
                        {"email", "jon@example.com"},
                        {"country", "IS"},
                        {"niche", "hiking"},
                        {"payout", {{"method", "bank"}, {"iban", "IS140159260076545510730339"}}},
                        {"created_at", "2026-03-02T09:15:00Z"},
                        {"archived_at", nullptr}};
  expected["handles"] = {
      json::object{{"platform", "instagram"}, {"handle", "jon"}, {"followers", 4100}},
      json::object{{"platform", "youtube"}, {"handle", "jon.outdoors"}, {"followers", nullptr}}};
  EXPECT_EQ(body_of(created), expected) << created.body;
  EXPECT_EQ(api.call("GET", "/v1/influencers/" + id, brand.admin).body, created.body);
}

TEST_P(Resources, ChangeOnlyWhatAPatchNames) {
  const std::string path = "/v1/influencers/" + brand.influencer.text();
  const auto before = api.call("GET", path, brand.admin);
  const auto changed =
      api.call("PATCH", path, brand.admin, R"({"niche":"skin care","country":null})",
               {{"If-Match", header_of(before, "ETag")}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(header_of(changed, "ETag"), "\"2\"");
  json::object expected = body_of(before).as_object();
  expected["niche"] = "skin care";
  expected["country"] = nullptr;
  EXPECT_EQ(body_of(changed), expected);
}

TEST_P(Resources, RefuseAStaleChangeAndAStaleArchive) {
  const std::string path = "/v1/campaigns/" + brand.campaign.text();
  const RequestHeaders first = {{"If-Match", "\"1\""}};
  ASSERT_EQ(api.call("PATCH", path, brand.admin, R"({"name":"Spring 1"})", first).status, 200);
  for (const std::string method : {"PATCH", "DELETE"}) {
    const auto stale = api.call(method, path, brand.admin,
                                method == "PATCH" ? R"({"name":"Spring 2"})" : "", first);
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(member_of(stale, "code"), "version_conflict");
  }
  EXPECT_EQ(member_of(api.call("GET", path, brand.admin), "name"), "Spring 1");
}

TEST_P(Resources, LetOneOfManyEditsOfOneVersionWin) {
  const std::string path = "/v1/influencers/" + brand.influencer.text();
  constexpr int editors = 8;
  std::array<int, editors> statuses{};
  std::vector<std::jthread> threads;
  for (int i = 0; i < editors; ++i) {
    threads.emplace_back([&, i] {
      const std::string body = R"({"niche":"niche )" + std::to_string(i) + "\"}";
      statuses[static_cast<std::size_t>(i)] =
          api.call("PATCH", path, brand.admin, body, {{"If-Match", "\"1\""}}).status;
    });
  }
  threads.clear();  // joins
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 1);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 412), editors - 1);
  const auto events = body_of(api.call("GET", "/v1/events", brand.viewer));
  EXPECT_EQ(events.at("data").as_array().size(), 1U);
}

TEST_P(Resources, LoseNoEditOfDifferentFields) {
  const std::string path = "/v1/influencers/" + brand.influencer.text();
  const std::array<std::string, 4> bodies = {R"({"niche":"one"})", R"({"country":"FR"})",
                                             R"({"email":"mia@example.com"})", R"({"name":"M"})"};
  std::array<int, bodies.size()> statuses{};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    threads.emplace_back(
        [&, i] { statuses[i] = api.call("PATCH", path, brand.admin, bodies[i]).status; });
  }
  threads.clear();  // joins
  for (const int status : statuses) {
    EXPECT_EQ(status, 200);
  }
  const auto after = api.call("GET", path, brand.admin);
  EXPECT_EQ(member_of(after, "niche"), "one");
  EXPECT_EQ(member_of(after, "country"), "FR");
  EXPECT_EQ(member_of(after, "email"), "mia@example.com");
  EXPECT_EQ(member_of(after, "name"), "M");
  EXPECT_EQ(header_of(after, "ETag"), "\"5\"");
}

TEST_P(Resources, AreLeftAloneByAPatchThatChangesNothing) {
  const std::string path = "/v1/deals/" + brand.deal.text();
  const auto before = api.call("GET", path, brand.admin);
  const auto same = api.call("PATCH", path, brand.admin,
                             R"({"hold_days":30,"plan":{"kind":"percent","rate_ppm":100000}})");
  ASSERT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(same.body, before.body);
  EXPECT_EQ(header_of(same, "ETag"), "\"1\"");
  EXPECT_EQ(member_of(api.call("GET", "/v1/events", brand.admin), "data"), "[]");
}

TEST_P(Resources, ArchiveKeepsHistory) {
  const std::string path = "/v1/influencers/" + brand.influencer.text();
  const auto archived = api.call("DELETE", path, brand.admin);
  ASSERT_EQ(archived.status, 200);
  EXPECT_EQ(member_of(archived, "archived_at"), "2026-03-02T09:15:00Z");
  api.clock.advance_seconds(60);
  EXPECT_EQ(api.call("DELETE", path, brand.admin).body, archived.body);
  EXPECT_EQ(api.call("GET", path, brand.admin).body, archived.body);
  EXPECT_EQ(member_of(api.call("GET", "/v1/influencers", brand.admin), "data"), "[]");
  const auto with = api.call("GET", "/v1/influencers?archived=true", brand.admin);
  EXPECT_EQ(body_of(with).at("data").as_array().size(), 1U);
  const auto changed = api.call("PATCH", path, brand.admin, R"({"name":"Nobody"})");
  EXPECT_EQ(changed.status, 409);
  EXPECT_EQ(member_of(changed, "code"), "archived");
  // Nothing new is made with it.
  const auto deal =
      post("/v1/deals", R"({"influencer_id":")" + brand.influencer.text() + R"(","campaign_id":")" +
                            brand.campaign.text() + R"(","plan":{"kind":"percent","rate_ppm":1}})");
  EXPECT_EQ(deal.status, 400);
}

TEST_P(Resources, OfEveryKindAreChangedAndArchived) {
  const std::string deal = R"("deal_id":")" + brand.deal.text() + "\"}";
  const auto created_post = post("/v1/posts", R"({"platform":"tiktok",)" + deal);
  const auto created_cost = post("/v1/costs", R"({"kind":"ads","amount_minor":5,"currency":"EUR",)"
                                              R"("at":"2026-03-02T00:00:00Z",)" +
                                                  deal);
  ASSERT_EQ(created_post.status, 201) << created_post.body;
  ASSERT_EQ(created_cost.status, 201) << created_cost.body;
  const std::pair<std::string, std::string> changes[] = {
      {"/v1/posts/" + member_of(created_post, "id"), R"({"platform":"youtube"})"},
      {"/v1/costs/" + member_of(created_cost, "id"), R"({"kind":"print"})"},
      {"/v1/deals/" + brand.deal.text(), R"({"fixed_fee_minor":700})"},
      {"/v1/campaigns/" + brand.campaign.text(), R"({"name":"Spring II"})"},
      {"/v1/influencers/" + brand.influencer.text(), R"({"name":"Mia B."})"}};
  for (const auto& [path, change] : changes) {
    SCOPED_TRACE(path);
    const auto changed = api.call("PATCH", path, brand.admin, change);
    ASSERT_EQ(changed.status, 200) << changed.body;
    const json::object wanted = body_of({200, "", change, {}}).as_object();
    const auto& [name, value] = *wanted.begin();
    EXPECT_EQ(body_of(changed).at(name), value);
    const auto archived = api.call("DELETE", path, brand.admin);
    ASSERT_EQ(archived.status, 200) << archived.body;
    EXPECT_NE(member_of(archived, "archived_at"), "null");
    EXPECT_EQ(header_of(archived, "ETag"), "\"3\"");
    EXPECT_EQ(api.call("PATCH", path, brand.admin, change).status, 409);
  }
}

TEST_P(Resources, ListsGoPageByPageAndLoseNothing) {
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(post("/v1/influencers", R"({"name":"I","handles":[{"platform":"tiktok","handle":"h)" +
                                          std::to_string(i) + "\"}]}")
                  .status,
              201);
  }
  std::vector<std::string> seen;
  std::string target = "/v1/influencers?limit=3";
  for (int page = 0; page < 3; ++page) {
    const auto answer = api.call("GET", target, brand.viewer);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json::value body = body_of(answer);
    for (const json::value& item : body.at("data").as_array()) {
      ASSERT_EQ(item.at("handles").as_array().size(), 1U);
      seen.emplace_back(item.at("handles").at(0).at("handle").as_string());
    }
    if (body.at("next_cursor").is_null()) break;
    target = "/v1/influencers?limit=3&cursor=" + std::string(body.at("next_cursor").as_string());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"mia", "h0", "h1", "h2", "h3", "h4", "h5"}));
}

TEST_P(Resources, ListsNarrowToOneDealOrCampaign) {
  const auto other = api.make_brand("South");
  const auto none =
      api.call("GET", "/v1/deals?influencer_id=" + other.influencer.text(), brand.admin);
  EXPECT_EQ(member_of(none, "data"), "[]");
  const auto some = api.call("GET",
                             "/v1/deals?influencer_id=" + brand.influencer.text() +
                                 "&campaign_id=" + brand.campaign.text(),
                             brand.admin);
  EXPECT_EQ(body_of(some).at("data").as_array().size(), 1U);
  EXPECT_EQ(api.call("GET", "/v1/deals?influencer_id=mia", brand.admin).status, 400);
  EXPECT_EQ(api.call("GET", "/v1/deals?archived=yes", brand.admin).status, 400);
  EXPECT_EQ(api.call("GET", "/v1/deals?limit=0", brand.admin).status, 400);
}

TEST_P(Resources, CampaignsKeepEveryField) {
  const auto created = post("/v1/campaigns",
                            R"({"name":"Autumn","currency":"eur","starts_on":"2026-09-01",
                                "ends_on":"2026-09-01","landing_url":"https://shop.example/a?b=c",
                                "utm":{"source":"instagram","utm_campaign":"autumn"},
                                "budget_minor":500000,
                                "goals":[{"metric":"orders","baseline":10,"target":40}],
                                "attribution":{"precedence":"latest","lookback_days":7}})");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(member_of(created, "currency"), "EUR");
  EXPECT_EQ(member_of(created, "utm"), R"({"utm_source":"instagram","utm_campaign":"autumn"})");
  EXPECT_EQ(member_of(created, "goals"), R"([{"metric":"orders","baseline":10,"target":40}])");
  EXPECT_EQ(
      member_of(created, "attribution"),
      R"({"precedence":"latest","model":"last_click","lookback_days":7,"code_share_ppm":500000,)"
      R"("half_life_days":7,"click_to_order_min_s":0,"existing_customers":"credit"})");
  EXPECT_EQ(member_of(created, "ends_on"), "2026-09-01");
  const std::string path = "/v1/campaigns/" + member_of(created, "id");
  const auto changed = api.call("PATCH", path, brand.admin,
                                R"({"attribution":{"lookback_days":8},"utm":{"utm_source":null}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(
      member_of(changed, "attribution"),
      R"({"precedence":"latest","model":"last_click","lookback_days":8,"code_share_ppm":500000,)"
      R"("half_life_days":7,"click_to_order_min_s":0,"existing_customers":"credit"})");
  EXPECT_EQ(member_of(changed, "utm"), R"({"utm_campaign":"autumn"})");
}

TEST_P(Resources, CampaignsNeedAnAllowedDomainAndAreToldHow) {
  ASSERT_EQ(api.call("PATCH", "/v1/brand", brand.admin, R"({"allowed_domains":[]})").status, 200);
  const std::string campaign = R"({"name":"A","currency":"EUR","starts_on":"2026-09-01",)"
                               R"("landing_url":"https://new.example/"})";
  const auto refused = post("/v1/campaigns", campaign);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("no_allowed_domain"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("PATCH /v1/brand"), std::string::npos) << refused.body;
  ASSERT_EQ(
      api.call("PATCH", "/v1/brand", brand.admin, R"({"allowed_domains":["new.example"]})").status,
      200);
  EXPECT_EQ(post("/v1/campaigns", campaign).status, 201);
}

TEST_P(Resources, DealsAddUpTheirGiftsAndKeepTheirPlans) {
  const auto created = post(
      "/v1/deals", R"({"influencer_id":")" + brand.influencer.text() + R"(","campaign_id":")" +
                       brand.campaign.text() +
                       R"(","plan":{"kind":"percent","rate_ppm":125000},"fixed_fee_minor":20000,
                               "gifts":[{"name":"Bag","cost_minor":1500,"shipping_minor":490},
                                        {"name":"Mug","cost_minor":300}],"hold_days":14})");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(member_of(created, "gift_cost_minor"), "2290");
  EXPECT_EQ(member_of(created, "currency"), "EUR");
  EXPECT_EQ(member_of(created, "plan"), R"({"kind":"percent","rate_ppm":125000})");
  const auto id = core::DealId::parse(member_of(created, "id")).value();
  api.clock.advance_seconds(3600);
  const auto changed = api.call("PATCH", "/v1/deals/" + id.text(), brand.admin,
                                R"({"plan":{"kind":"percent","rate_ppm":150000}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(member_of(changed, "plan"), R"({"kind":"percent","rate_ppm":150000})");
  // What was touched before the change is paid by the old plan, however long ago.
  const auto rate_at = [&](core::Instant at) {
    return database()
        .read([&](storage::Session& session) { return ledger::plan_of(session, brand.id, id, at); })
        .value()
        ->terms;
  };
  EXPECT_EQ(rate_at(api.clock.now().plus_seconds(-1)), R"({"rate_ppm":125000})");
  EXPECT_EQ(rate_at(api.clock.now().plus_days(-1000)), R"({"rate_ppm":125000})");
  EXPECT_EQ(rate_at(api.clock.now()), R"({"rate_ppm":150000})");
}

TEST_P(Resources, PostsShowTheirNewestMetrics) {
  const auto created = post("/v1/posts", R"({"platform":"tiktok","url":"https://tiktok.example/1",
                                             "published_at":"2026-03-02T08:00:00Z","deal_id":")" +
                                             brand.deal.text() + "\"}");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(member_of(created, "newest_metrics"), "null");
  const std::string path = "/v1/posts/" + member_of(created, "id");
  const auto put = [&](std::string_view body) { return post(path + "/metrics", body); };
  EXPECT_EQ(put(R"({"at":"2026-03-04T00:00:00Z","reach":900,"likes":70})").status, 201);
  EXPECT_EQ(put(R"({"at":"2026-03-03T00:00:00Z","reach":400})").status, 201);
  // A platform corrects its count: the same moment has one row.
  EXPECT_EQ(put(R"({"at":"2026-03-04T00:00:00Z","reach":950})").status, 201);
  const auto metrics = api.call("GET", path, brand.viewer);
  EXPECT_EQ(member_of(metrics, "newest_metrics"),
            R"({"at":"2026-03-04T00:00:00Z","reach":950,"impressions":null,"likes":null,)"
            R"("comments":null,"shares":null,"saves":null})");
  const auto page = body_of(api.call("GET", path + "/metrics?limit=1", brand.viewer));
  ASSERT_EQ(page.at("data").as_array().size(), 1U);
  EXPECT_EQ(page.at("data").at(0).at("reach"), 400);
  const auto rest = body_of(
      api.call("GET", path + "/metrics?cursor=" + std::string(page.at("next_cursor").as_string()),
               brand.viewer));
  ASSERT_EQ(rest.at("data").as_array().size(), 1U);
  EXPECT_EQ(rest.at("data").at(0).at("reach"), 950);
}

TEST_P(Resources, CostsOfADealBelongToItsCampaign) {
  const auto created = post("/v1/costs", R"({"kind":"shipping","amount_minor":700,"currency":"EUR",
                                             "at":"2026-03-02T00:00:00Z","deal_id":")" +
                                             brand.deal.text() + "\"}");
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(member_of(created, "campaign_id"), brand.campaign.text());
  const std::string path = "/v1/costs/" + member_of(created, "id");
  const auto changed =
      api.call("PATCH", path, brand.admin, R"({"amount_minor":800,"note":"twice"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(member_of(changed, "amount_minor"), "800");
  EXPECT_EQ(member_of(changed, "note"), "twice");
}

TEST_P(Resources, AnswerARepeatedPostWithTheFirstAnswer) {
  const RequestHeaders key = {{"Idempotency-Key", "\"new-influencer\""}};
  const auto first = post("/v1/influencers", R"({"name":"Noa"})", key);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto second = post("/v1/influencers", R"({"name":"Noa"})", key);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(post("/v1/influencers", R"({"name":"Zoe"})", key).status, 422);
  const auto all = api.call("GET", "/v1/influencers", brand.admin);
  EXPECT_EQ(body_of(all).at("data").as_array().size(), 2U);
  // The key of another path, or of another caller, is another key.
  EXPECT_EQ(
      api.call("POST", "/v1/influencers", api.make_brand("South").admin, R"({"name":"Zoe"})", key)
          .status,
      201);
}

TEST_P(Resources, ChangesAreWrittenDownWithWhoAndWhen) {
  const std::string path = "/v1/campaigns/" + brand.campaign.text();
  ASSERT_EQ(api.call("PATCH", path, brand.admin, R"({"budget_minor":1000})").status, 200);
  ASSERT_EQ(api.call("DELETE", path, brand.admin).status, 200);
  const auto events = body_of(api.call("GET", "/v1/events", brand.viewer)).at("data").as_array();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at("verb"), "updated");
  EXPECT_EQ(events[0].at("subject").as_string(), brand.campaign.text());
  EXPECT_EQ(json::serialize(events[0].at("change")), R"({"budget_minor":{"from":null,"to":1000}})");
  EXPECT_EQ(events[0].at("at"), "2026-03-02T09:15:00Z");
  EXPECT_TRUE(events[0].at("actor").as_string().starts_with("key_"));
  EXPECT_EQ(events[1].at("verb"), "archived");
  EXPECT_EQ(member_of(api.call("GET", "/v1/events?subject=cmp_none", brand.viewer), "data"), "[]");
}

TEST_P(Resources, BrandsChangeTheirDomainsAndTellTheRedirect) {
  const auto before = api.call("GET", "/v1/brand", brand.viewer);
  ASSERT_EQ(before.status, 200);
  const auto changed = api.call("PATCH", "/v1/brand", brand.admin,
                                R"({"allowed_domains":["Shop.Example","www.shop.example"],
                                    "fallback_url":"https://shop.example/","margin_ppm":400000})",
                                {{"If-Match", header_of(before, "ETag")}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(member_of(changed, "allowed_domains"), R"(["shop.example","www.shop.example"])");
  EXPECT_EQ(member_of(changed, "fallback_url"), "https://shop.example/");
  EXPECT_EQ(member_of(changed, "margin_ppm"), "400000");
  EXPECT_EQ(api.brand_changes, 1);
  const auto stale = api.call("PATCH", "/v1/brand", brand.admin, R"({"name":"N"})",
                              {{"If-Match", header_of(before, "ETag")}});
  EXPECT_EQ(stale.status, 412);
  const auto same = api.call("PATCH", "/v1/brand", brand.admin, R"({"margin_ppm":400000})");
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(header_of(same, "ETag"), header_of(changed, "ETag"));
  EXPECT_EQ(api.brand_changes, 1);
  const auto macro = api.call("PATCH", "/v1/brand", brand.admin,
                              R"({"fallback_url":"https://shop.example/{slug}"})");
  EXPECT_EQ(macro.status, 400);
  EXPECT_NE(macro.body.find("fallback_url must not have macros"), std::string::npos) << macro.body;
  const auto none = api.call("PATCH", "/v1/brand", brand.admin, R"({"fallback_url":null})");
  EXPECT_EQ(member_of(none, "fallback_url"), "null");
}

TEST_P(Resources, AllowedDomainsAreStoredInAsciiHoweverTheyAreWritten) {
  const auto changed = api.call("PATCH", "/v1/brand", brand.admin,
                                R"({"allowed_domains":["GRÖßE.example","xn--gre-6ka8i.example",
                                                       "HTTP://Größe.example"],
                                    "fallback_url":"https://größe.example/"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(member_of(changed, "allowed_domains"),
            R"(["http://xn--gre-6ka8i.example","xn--gre-6ka8i.example"])");
  EXPECT_EQ(member_of(changed, "fallback_url"), "https://xn--gre-6ka8i.example/");
  for (const char* bad :
       {"größe", "größe.example/x", "größe.example:443", "1א.example", "xn--99999999999.example",
        "１２７.０.０.１", "ftp://shop.example", "evil.example／.shop.example", ""})
    EXPECT_EQ(api.call("PATCH", "/v1/brand", brand.admin,
                       R"({"allowed_domains":[")" + std::string(bad) + R"("]})")
                  .status,
              400)
        << bad;
}

}  // namespace

}  // namespace fairlead::admin
