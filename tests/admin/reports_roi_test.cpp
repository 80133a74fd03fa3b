#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <map>

#include "admin/columns.hpp"
#include "admin/reports_directory.hpp"
#include "tests/admin/reports_scene.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::admin {
namespace {

class RoiReports : public test::OnEveryEngine {
 protected:
  // The row of a key and currency; fails the test when there is none.
  boost::json::object row(const boost::json::value& report, const std::string& key,
                          const std::string& currency = "EUR") {
    for (const boost::json::value& each : report.at("data").as_array())
      if (each.at("key").as_string() == key && each.at("currency").as_string() == currency)
        return each.as_object();
    ADD_FAILURE() << "no row " << key << " " << currency << " in " << report;
    return {};
  }
  std::int64_t number(const boost::json::object& of, const std::string& name) {
    return of.at(name).as_int64();
  }
  Scene scene{database()};
};
INSTANTIATE_ON_ENGINES(RoiReports);

const char* const march = "&from=2026-03-01&to=2026-04-01";
const char* const groups[] = {"influencer", "campaign", "deal", "link", "code", "platform",
                              "tier",       "country",  "day",  "week", "month"};

std::string roi(const std::string& group, const std::string& more = march) {
  return "roi?group_by=" + group + more;
}

TEST_P(RoiReports, ByInfluencerIsWhatAHandWorksOut) {
  const core::Answer answer = scene.get(roi("influencer", std::string(march) + "&format=csv"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.media_type, "text/csv; charset=utf-8");
  EXPECT_EQ(
      answer.body,
      "key,name,clicks_gross,clicks_valid,visitors,code_uses,orders,new_customers,revenue_minor,"
      "refunds_minor,net_revenue_minor,discount_minor,commission_minor,fee_minor,gift_minor,"
      "other_cost_minor,cost_minor,profit_minor,roi_ppm,roas_ppm,conversion_rate_ppm,aov_minor,"
      "epc_minor,cpa_minor,currency,click_orders,conversion_rate_low_ppm,conversion_rate_high_ppm"
      "\r\n" +
          mia.text() +
          ",Mia,5,4,2,2,2,2,14001,3000,11001,1051,1100,10000,7500,0,18600,-11999,-645108,591452,"
          "250000,5501,275,9300,EUR,1,45587,699358\r\n" +
          ben.text() +
          ",\"Ben, the \"\"B\"\"\",2,2,2,0,2,1,10000,0,10000,51,1000,0,0,700,1700,4300,2529412,"
          "5882353,1000000,5000,500,850,EUR,2,342380,1000000\r\n" +
          mia.text() +
          ",Mia,2,2,1,0,1,0,3000,0,3000,0,300,0,0,0,300,1500,5000000,10000000,500000,3000,150,300,"
          "USD,1,94531,905469\r\n"
          ",Without an influencer,0,0,0,0,0,0,0,0,0,0,0,0,0,1500,1500,-1500,-1000000,0,,,,,EUR,0,,"
          "\r\n");
}

TEST_P(RoiReports, TotalsCountDistinctOrdersAndVisitorsOnce) {
  const boost::json::value report = scene.json(roi("influencer"));
  const boost::json::object& euro = report.at("totals").at("EUR").as_object();
  EXPECT_EQ(number(euro, "orders"), 3);
  EXPECT_EQ(number(euro, "new_customers"), 2);
  EXPECT_EQ(number(euro, "click_orders"), 3);
  EXPECT_EQ(number(euro, "visitors"), 3);
  EXPECT_EQ(number(euro, "clicks_gross"), 7);
  EXPECT_EQ(number(euro, "net_revenue_minor"), 21'001);
  EXPECT_EQ(number(euro, "cost_minor"), 21'800);
  EXPECT_EQ(number(report.at("totals").at("USD").as_object(), "revenue_minor"), 3'000);
  EXPECT_FALSE(euro.contains("key"));
}

// Additive columns sum to the totals, whatever they are grouped by.
TEST_P(RoiReports, EveryGroupingSumsToTheSameTotals) {
  const char* const additive[] = {"clicks_gross",   "clicks_valid",     "code_uses",
                                  "revenue_minor",  "refunds_minor",    "net_revenue_minor",
                                  "discount_minor", "commission_minor", "fee_minor",
                                  "gift_minor",     "other_cost_minor", "cost_minor"};
  const boost::json::value expected = scene.json(roi("influencer")).at("totals");
  for (const char* group : groups) {
    SCOPED_TRACE(group);
    const boost::json::value report = scene.json(roi(group));
    EXPECT_EQ(report.at("totals"), expected);
    for (const char* currency : {"EUR", "USD"})
      for (const char* column : additive) {
        std::int64_t sum = 0;
        for (const boost::json::value& each : report.at("data").as_array())
          if (each.at("currency").as_string() == currency) sum += each.at(column).as_int64();
        EXPECT_EQ(sum, number(expected.at(currency).as_object(), column)) << column;
      }
  }
}

TEST_P(RoiReports, JsonAndCsvSayTheSame) {
  for (const char* group : groups) {
    SCOPED_TRACE(group);
    std::string csv;
    std::vector<core::Cell> cells;
    for (const Column& column : roi_columns())
      cells.emplace_back(std::string(column.name));
    core::append_csv_record(csv, cells);
    const boost::json::value report = scene.json(roi(group));
    for (const boost::json::value& each : report.at("data").as_array()) {
      cells.clear();
      ASSERT_EQ(each.as_object().size(), roi_columns().size());
      for (const auto& member : each.as_object()) {
        const boost::json::value& value = member.value();
        if (value.is_null())
          cells.emplace_back(nullptr);
        else if (value.is_int64())
          cells.emplace_back(value.get_int64());
        else
          cells.emplace_back(std::string(value.as_string()));
      }
      core::append_csv_record(csv, cells);
    }
    EXPECT_EQ(scene.get(roi(group, std::string(march) + "&format=csv")).body, csv);
  }
}

TEST_P(RoiReports, ByDayUsesTheBrandsDaysInOrderOfTime) {
  const boost::json::value report = scene.json(roi("day"));
  std::string keys;
  for (const boost::json::value& each : report.at("data").as_array())
    keys += std::string(each.at("key").as_string()) + each.at("currency").as_string().c_str() + " ";
  EXPECT_EQ(keys,
            "2026-03-01EUR 2026-03-02EUR 2026-03-03EUR 2026-03-03USD 2026-03-04EUR 2026-03-04USD "
            "2026-03-05EUR ");
  EXPECT_EQ(number(row(report, "2026-03-01"), "fee_minor"), 10'000);
  const auto second = row(report, "2026-03-02");
  EXPECT_EQ(number(second, "clicks_gross"), 5);
  EXPECT_EQ(number(second, "visitors"), 2);
  EXPECT_EQ(number(second, "code_uses"), 1);
  EXPECT_EQ(number(second, "orders"), 1);
  const auto third = row(report, "2026-03-03");
  EXPECT_EQ(number(third, "clicks_gross"), 2) << "23:30 in UTC is the next day in Berlin";
  EXPECT_EQ(number(third, "visitors"), 2);
  EXPECT_EQ(number(third, "orders"), 2);
  EXPECT_EQ(number(third, "commission_minor"), 1'500);
  const auto fifth = row(report, "2026-03-05");
  EXPECT_EQ(number(fifth, "commission_minor"), -300);
  EXPECT_EQ(number(fifth, "refunds_minor"), 3'000);
  EXPECT_EQ(number(fifth, "net_revenue_minor"), -3'000);
}

TEST_P(RoiReports, ByWeekAndMonthAreNamedByTheirStart) {
  const boost::json::value weeks = scene.json(roi("week"));
  EXPECT_EQ(number(row(weeks, "2026-02-23"), "gift_minor"), 7'500) << "a Sunday";
  EXPECT_EQ(number(row(weeks, "2026-03-02"), "orders"), 3);
  EXPECT_EQ(number(row(weeks, "2026-03-02"), "visitors"), 3);
  EXPECT_EQ(number(row(scene.json(roi("month")), "2026-03"), "orders"), 3);
  EXPECT_EQ(number(row(scene.json(roi("month")), "2026-03"), "visitors"), 3);
}

TEST_P(RoiReports, ByLinkAndCodeKeepWhatTheyCannotAssignApart) {
  const boost::json::value links = scene.json(roi("link"));
  const auto ben_row = row(links, ben_link.text());
  EXPECT_EQ(ben_row.at("name").as_string(), "=ben");
  EXPECT_EQ(number(ben_row, "revenue_minor"), 10'000);
  EXPECT_EQ(number(ben_row, "cost_minor"), 1'000) << "fees, gifts and costs belong to no link";
  EXPECT_EQ(number(row(links, mia_link.text()), "revenue_minor"), 0);
  EXPECT_EQ(number(row(links, ""), "revenue_minor"), 14'001);
  EXPECT_EQ(number(row(links, ""), "fee_minor"), 10'000);
  const boost::json::value codes = scene.json(roi("code"));
  EXPECT_EQ(number(row(codes, mia_code.text()), "revenue_minor"), 14'001);
  EXPECT_EQ(number(row(codes, mia_code.text()), "code_uses"), 2);
  EXPECT_EQ(number(row(codes, ""), "clicks_gross"), 7);
  EXPECT_NE(scene.get(roi("link", "&format=csv")).body.find(",\"'=ben\","), std::string::npos);
}

TEST_P(RoiReports, ByPlatformTierAndCountryCountSharedOrdersOnce) {
  const boost::json::value countries = scene.json(roi("country"));
  const auto germany = row(countries, "DE");
  EXPECT_EQ(number(germany, "orders"), 3) << "one of them is shared by two influencers";
  EXPECT_EQ(number(germany, "new_customers"), 2);
  EXPECT_EQ(number(germany, "click_orders"), 3);
  EXPECT_EQ(number(germany, "visitors"), 3);
  EXPECT_EQ(number(row(countries, ""), "other_cost_minor"), 1'500);
  EXPECT_EQ(number(row(scene.json(roi("platform")), "instagram"), "orders"), 2);
  EXPECT_EQ(number(row(scene.json(roi("platform")), "tiktok"), "orders"), 2);
  EXPECT_EQ(number(row(scene.json(roi("tier")), "nano"), "revenue_minor"), 14'001);
  EXPECT_EQ(number(row(scene.json(roi("tier")), "macro"), "revenue_minor"), 10'000);
}

TEST(ReportTiers, HaveTheirBounds) {
  const std::pair<std::int64_t, std::string_view> cases[] = {
      {0, "below_nano"}, {999, "below_nano"}, {1'000, "nano"},    {4'999, "nano"},
      {5'000, "micro"},  {100'000, "micro"},  {100'001, "macro"},
  };
  for (const auto& [followers, tier] : cases)
    EXPECT_EQ(tier_of(followers), tier) << followers;
}

TEST_P(RoiReports, FromIsInclusiveAndToExclusive) {
  const auto orders = [&](const std::string& period) {
    const auto report = scene.json(roi("campaign", period));
    return number(report.at("totals").at("EUR").as_object(), "orders");
  };
  EXPECT_EQ(orders("&from=2026-03-02T12:00:00Z&to=2026-03-03T10:00:00Z"), 1);
  EXPECT_EQ(orders("&from=2026-03-02T12:00:00.000001Z&to=2026-03-03T10:00:00.000001Z"), 1);
  EXPECT_EQ(orders("&from=2026-03-02T12:00:00.000001Z&to=2026-03-03T10:00:00Z"), 0);
  EXPECT_EQ(orders("&from=2026-03-02T13:00:00%2B01:00"), 3);
  EXPECT_EQ(orders("&to=2026-03-03"), 1);
  EXPECT_EQ(orders(""), 3);
}

TEST_P(RoiReports, PartsOfDaysCountTheSameClicks) {
  for (const char* group : {"link", "day"})
    for (const char* cut : {"2026-03-01", "2026-03-02T09:00:01Z", "2026-03-02T23:00:00Z",
                            "2026-03-02T23:30:00Z", "2026-03-03T09:00:00.001Z", "2026-03-09"}) {
      SCOPED_TRACE(std::string(group) + " " + cut);
      std::int64_t sum = 0;
      for (const std::string side : {"&from=2026-02-28T12:00:00Z&to=", "&to=2026-03-10&from="}) {
        const boost::json::value report = scene.json(roi(group, side + cut));
        for (const auto& [currency, total] : report.at("totals").as_object())
          sum += total.at("clicks_gross").as_int64();
      }
      EXPECT_EQ(sum, 9);
    }
}

TEST_P(RoiReports, CampaignFilterLeavesOthersOut) {
  const boost::json::value report =
      scene.json(roi("influencer", std::string(march) + "&campaign_id=" + abroad.text()));
  ASSERT_EQ(report.at("data").as_array().size(), 1u);
  EXPECT_EQ(number(row(report, mia.text(), "USD"), "visitors"), 1);
  EXPECT_EQ(number(report.at("totals").at("EUR").as_object(), "revenue_minor"), 0);
  EXPECT_EQ(number(row(scene.json(roi("day", "&campaign_id=" + spring.text())), "2026-03-03"),
                   "visitors"),
            2);
}

TEST_P(RoiReports, InfluencersSeeTheirOwnRowsAndNoMargin) {
  for (const char* group : groups) {
    const boost::json::value report = scene.json(roi(group), "mia");
    const std::string text = boost::json::serialize(report);
    EXPECT_EQ(text.find(ben.text()), std::string::npos) << group;
    EXPECT_EQ(text.find("=ben"), std::string::npos) << group;
    EXPECT_EQ(number(report.at("totals").at("EUR").as_object(), "revenue_minor"), 14'001) << group;
    EXPECT_EQ(number(report.at("totals").at("EUR").as_object(), "other_cost_minor"), 0) << group;
    EXPECT_EQ(number(report.at("totals").at("EUR").as_object(), "profit_minor"), 11'001 - 18'600);
  }
}

TEST_P(RoiReports, AreOfOneBrand) {
  const boost::json::value report = scene.json(roi("influencer"), "stranger");
  EXPECT_TRUE(report.at("data").as_array().empty());
  EXPECT_EQ(number(report.at("totals").at("EUR").as_object(), "clicks_gross"), 0);
}

TEST_P(RoiReports, RefuseBadQuestionsByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"roi", "?group_by"},
      {"roi?group_by=planet", "?group_by"},
      {"roi?group_by=Influencer", "?group_by"},
      {"roi?group_by=link&from=yesterday", "?from"},
      {"roi?group_by=link&from=2026-02-30", "?from"},
      {"roi?group_by=link&to=2026-03-01T00:00:00", "?to"},
      {"roi?group_by=link&from=2026-03-02&to=2026-03-02", "?to"},
      {"roi?group_by=link&from=2026-03-02&to=2026-03-01", "?to"},
      {"roi?group_by=link&from=2099-01-01", "?to"},
      {"roi?group_by=link&campaign_id="
       "inf_0000000000012",
       "?campaign_id"},
      {"roi?group_by=link&campaign_id=", "?campaign_id"},
      {"roi?group_by=link&format=xml", "?format"},
      {"roi?group_by=link&groupby=link", "?groupby"},
      {"roi?group_by=link&group_by=code", "?group_by"},
      {"clicks?group_by=planet", "?group_by"},
      {"clicks?link_id=inf_0000000000012", "?link_id"},
      {"clicks?influencer_id=", "?influencer_id"},
      {"roi?group_by=link&link_id=lnk_0000000000012", "?link_id"},
  };
  for (const auto& [target, pointer] : cases) {
    const core::Answer answer = scene.get(target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_NE(answer.body.find("\"" + std::string(pointer) + "\""), std::string::npos)
        << target << ": " << answer.body;
  }
  EXPECT_NE(scene.get("roi?group_by=colour")
                .body.find("influencer, campaign, deal, link, code, platform"),
            std::string::npos);
}

TEST_P(RoiReports, AreNotForShops) {
  EXPECT_EQ(scene.get(roi("influencer"), "shop").status, 403);
  EXPECT_EQ(scene.get("clicks", "shop").status, 403);
  EXPECT_EQ(scene.get(roi("influencer"), "viewer").status, 200);
}

}  // namespace
}  // namespace fairlead::admin
