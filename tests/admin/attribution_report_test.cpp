// The report of all attribution models over the same journeys.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/admin/api.hpp"
#include "tests/ledger/rows.hpp"

namespace fairlead::admin {
namespace {

namespace json = boost::json;
using test::run_sql;

class AttributionReport : public test::OnEveryEngine {
 protected:
  struct TouchRow {
    core::InfluencerId influencer;
    std::int64_t seconds_before = 0;
    std::string kind = "click";
    std::string outcome = "no_share";
  };

  void SetUp() override {
    database()
        .transact([&](storage::Session& session) {
          run_sql(session,
                  "INSERT INTO influencers (brand_id, influencer_id, name, created_at) VALUES ($1, "
                  "$2, 'Ben', 0)",
                  brand.id, ben);
        })
        .value();
  }

  void add_order(std::string_view placed_at, std::int64_t base_minor,
                 const std::vector<TouchRow>& touches, std::string_view currency = "EUR",
                 core::CampaignId campaign = {}, bool is_test = false) {
    const core::Instant at = core::parse_instant(placed_at).value();
    database()
        .transact([&](storage::Session& session) {
          const std::int64_t order = 10'000 + ++next_;
          run_sql(session,
                  "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
                  "base_minor, discount_minor, shipping_minor, tax_minor, is_test, body_sha256, "
                  "booked_at) VALUES ($1, $2, $3, 'api', $4, $5, $6, 0, 0, 0, $7, '', 0)",
                  brand.id, order, std::to_string(order), at, currency, base_minor,
                  is_test ? 1 : 0);
          std::int64_t position = 0;
          for (const TouchRow& touch : touches) {
            ++position;
            run_sql(session,
                    "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, click_id, "
                    "influencer_id, campaign_id, touched_at, outcome) VALUES ($1, $2, $3, $4, '', "
                    "$5, $6, $7, $8, $9)",
                    brand.id, order, position, touch.kind, order * 10 + position, touch.influencer,
                    campaign ? campaign : brand.campaign, at.plus_seconds(-touch.seconds_before),
                    touch.outcome);
          }
        })
        .value();
  }

  json::value get(std::string_view query, const std::string& key) const {
    const auto answer = api.call("GET", "/v1/reports/attribution" + std::string(query), key);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return body_of(answer);
  }
  json::value get(std::string_view query = "") const { return get(query, brand.admin); }

  // "linear 1500000 4000" of each row, in the rows' order.
  static std::string column(const json::value& report, std::string_view model) {
    std::string text;
    for (const auto& row : report.at("data").as_array()) {
      const auto& credit = row.at("models").at(model);
      text += (text.empty() ? "" : "; ") + std::string(row.at("name").as_string()) + " ";
      if (credit.is_null()) {
        text += "null";
        continue;
      }
      text += std::to_string(credit.at("orders_ppm").as_int64()) + " " +
              std::to_string(credit.at("revenue_minor").as_int64());
    }
    return text;
  }

  Api api{database()};
  TestBrand brand = api.make_brand("North");
  const core::InfluencerId mia = brand.influencer;
  const core::InfluencerId ben{mia.number + 1};
  std::int64_t next_ = 0;
};
INSTANTIATE_ON_ENGINES(AttributionReport);

TEST_P(AttributionReport, SetsTheRulesSideBySideAndSaysWhatIsMissing) {
  // Mia a week before Ben, who was there in the last minute.
  add_order("2026-02-10T12:00:00Z", 9'001,
            {{ben, 60, "click", "credited"}, {mia, 60 + 7 * 86'400}});
  // A code is the last touch, whatever its clock says; a touch that could not take part is none.
  add_order("2026-02-11T12:00:00Z", 1'000,
            {{mia, -3600, "code", "credited"},
             {ben, 5, "click", "code_won"},
             {ben, 10, "click", "expired"}});
  add_order("2026-02-11T13:00:00Z", 500, {});
  add_order("2026-02-11T14:00:00Z", 700, {{mia, 5, "click", "test_order"}}, "EUR", {}, true);
  const auto report = get();
  EXPECT_EQ(column(report, "last_click"), "Mia 1000000 1000; Ben 1000000 9001");
  EXPECT_EQ(column(report, "first_click"), "Mia 1000000 9001; Ben 1000000 1000");
  EXPECT_EQ(column(report, "linear"), "Mia 1000000 5001; Ben 1000000 5000");
  // 1 to 2 of the first order by a half-life of 7 days; nearly alike of the second.
  const auto decay = column(report, "time_decay");
  EXPECT_TRUE(decay.starts_with("Mia 83333")) << decay;
  EXPECT_EQ(column(report, "markov"), "Mia null; Ben null");
  EXPECT_EQ(column(report, "shapley"), "Mia null; Ben null");
  const auto& totals = report.at("totals").at("EUR");
  EXPECT_EQ(totals.at("summary"), "2 of 2 journeys have two or more influencers");
  EXPECT_EQ(totals.at("orders"), 3);
  EXPECT_EQ(totals.at("orders_without_journey"), 1);
  EXPECT_EQ(totals.at("revenue_minor"), 10'001);
  EXPECT_EQ(json::serialize(totals.at("not_enough_data")),
            R"({"have":{"journeys":2,"with_two_influencers":2},)"
            R"("need":{"journeys":100,"with_two_influencers":30}})");
  EXPECT_EQ(totals.at("replicates"), 0);
  EXPECT_EQ(report.at("nulls"), "none");
}

// 200 orders of Mia alone, 100 of Mia and then Ben.
TEST_P(AttributionReport, EstimatesWithIntervalsOnceThereIsEnough) {
  for (int i = 0; i < 100; ++i) {
    add_order("2026-02-10T12:00:00Z", 1'000 + i, {{mia, 60}});
    add_order("2026-02-11T12:00:00Z", 2'000, {{mia, 60}});
    add_order("2026-02-12T12:00:00Z", 4'000, {{mia, 60}, {ben, 30}});
  }
  const auto report = get();
  EXPECT_EQ(column(report, "shapley"), "Mia 250000000 504950; Ben 50000000 200000");
  // Every order led over Mia, a third over Ben, with 400,000 of the value 704,950.
  EXPECT_EQ(column(report, "markov"), "Mia 225000000 449753; Ben 75000000 255197");
  const auto& rows = report.at("data");
  EXPECT_EQ(rows.at(0).at("removal_effect_ppm"), 1'000'000);
  EXPECT_EQ(rows.at(1).at("removal_effect_ppm"), 333'333);
  EXPECT_EQ(rows.at(0).at("journeys"), 300);
  EXPECT_EQ(rows.at(1).at("journeys_with_others"), 100);
  EXPECT_EQ(json::serialize(rows.at(1).at("shapley_by_place")),
            R"([{"place":2,"orders_ppm":50000000,"revenue_minor":200000}])");
  for (const char* model : {"markov", "shapley"})
    for (const auto& row : rows.as_array()) {
      const auto& credit = row.at("models").at(model);
      for (const std::string what : {"orders", "revenue"}) {
        const std::string unit = what == "orders" ? "_ppm" : "_minor";
        EXPECT_LT(credit.at(what + "_low" + unit).as_int64(), credit.at(what + unit).as_int64());
        EXPECT_GT(credit.at(what + "_high" + unit).as_int64(), credit.at(what + unit).as_int64());
      }
    }
  // Ben's half of 100 orders: ±1.96 · √(100 / 4).
  const auto& ben_shapley = rows.at(1).at("models").at("shapley");
  EXPECT_NEAR(double(ben_shapley.at("orders_low_ppm").as_int64()), 40.2e6, 1.5e6);
  EXPECT_NEAR(double(ben_shapley.at("orders_high_ppm").as_int64()), 59.8e6, 1.5e6);
  EXPECT_EQ(report.at("totals").at("EUR").at("replicates"), 2'000);
  EXPECT_EQ(get(), report);  // the days are remembered now, and dice have names
}

TEST_P(AttributionReport, CountsOrdersThatComeLater) {
  add_order("2026-02-10T12:00:00Z", 1'000, {{mia, 60}});
  EXPECT_EQ(column(get(), "linear"), "Mia 1000000 1000");
  add_order("2026-02-10T12:00:00Z", 3'000, {{mia, 60}});
  add_order("2026-02-09T23:00:00Z", 5'000, {{ben, 60}});
  EXPECT_EQ(column(get(), "linear"), "Mia 2000000 4000; Ben 1000000 5000");
  EXPECT_EQ(column(get("?from=2026-02-10&to=2026-02-11"), "linear"), "Mia 2000000 4000");
  EXPECT_EQ(column(get("?to=2026-02-10"), "linear"), "Ben 1000000 5000");
  EXPECT_EQ(column(get("?from=2026-02-10T12:00:01Z"), "linear"), "");
}

TEST_P(AttributionReport, NarrowsToACampaignModelAndOrder) {
  add_order("2026-02-10T12:00:00Z", 1'000, {{mia, 60}});
  add_order("2026-02-10T13:00:00Z", 9'000, {{ben, 60}}, "EUR", core::CampaignId{77});
  add_order("2026-02-10T13:00:00Z", 5, {{ben, 60}}, "USD", core::CampaignId{77});
  EXPECT_EQ(column(get("?campaign_id=" + brand.campaign.text()), "linear"), "Mia 1000000 1000");
  EXPECT_EQ(column(get("?campaign_id=" + core::CampaignId{77}.text()), "linear"),
            "Ben 1000000 9000; Ben 1000000 5");
  const auto one = get("?model=position&order=2");
  EXPECT_EQ(column(one, "linear"), "Mia null; Ben null; Ben null");
  EXPECT_EQ(column(one, "position"), "Mia 1000000 1000; Ben 1000000 9000; Ben 1000000 5");
  EXPECT_EQ(one.at("markov_order"), 2);
  const std::pair<std::string, std::string> refused[] = {
      {"?order=0", "?order"},         {"?order=5", "?order"}, {"?order=two", "?order"},
      {"?model=magic", "?model"},     {"?to=never", "?to"},   {"?format=xml", "?format"},
      {"?group_by=link", "?group_by"}};
  for (const auto& [query, pointer] : refused) {
    const auto answer = api.call("GET", "/v1/reports/attribution" + query, brand.admin);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(body_of(answer).at("errors").at(0).at("pointer").as_string().c_str(), pointer);
  }
}

TEST_P(AttributionReport, ShowsAnInfluencerItsOwnRowAndNoTotals) {
  add_order("2026-02-10T12:00:00Z", 1'000, {{mia, 60}, {ben, 30}});
  const auto own = get("", brand.influencer_key);
  EXPECT_EQ(column(own, "linear"), "Mia 500000 500");
  EXPECT_TRUE(own.at("totals").as_object().empty());
  EXPECT_EQ(column(get("", brand.viewer), "linear"), "Mia 500000 500; Ben 500000 500");
  EXPECT_EQ(api.call("GET", "/v1/reports/attribution", brand.shop).status, 403);
  EXPECT_TRUE(get("", api.make_brand("South").admin).at("data").as_array().empty());
}

TEST_P(AttributionReport, IsACsvOfTheSameNumbers) {
  add_order("2026-02-10T12:00:00Z", 1'000, {{mia, 60}, {ben, 30}});
  const auto answer = api.call("GET", "/v1/reports/attribution?format=csv", brand.admin);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header_of(answer, "Content-Disposition"), "attachment; filename=\"attribution.csv\"");
  const std::string& csv = answer.body;
  EXPECT_TRUE(
      csv.starts_with("influencer_id,name,currency,journeys,journeys_with_others,"
                      "removal_effect_ppm,last_click_orders_ppm,last_click_revenue_minor,"));
  EXPECT_NE(csv.find("shapley_revenue_low_minor,shapley_revenue_high_minor\r\n"),
            std::string::npos);
  EXPECT_NE(csv.find(mia.text() + ",Mia,EUR,1,1,,0,0,1000000,1000,"), std::string::npos) << csv;
}

}  // namespace
}  // namespace fairlead::admin
