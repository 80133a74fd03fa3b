#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "tests/admin/reports_scene.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::admin {
namespace {

class ClickReports : public test::OnEveryEngine {
 protected:
  // "key gross valid visitors without_visitor" of each row.
  std::string rows(const std::string& query, std::string_view key = "admin") {
    std::string text;
    const boost::json::value report = scene.json("clicks" + query, key);
    for (const boost::json::value& row : report.at("data").as_array()) {
      text += row.at("key").as_string().c_str();
      for (const char* name :
           {"clicks_gross", "clicks_valid", "visitors", "clicks_without_visitor"})
        text += " " + boost::json::serialize(row.at(name));
      text += "\n";
    }
    return text;
  }
  Scene scene{database()};
};
INSTANTIATE_ON_ENGINES(ClickReports);

const std::string march = "?from=2026-03-01&to=2026-04-01";

TEST_P(ClickReports, NameTheReasonsTheRulesAndTheError) {
  const boost::json::value report = scene.json("clicks" + march);
  ASSERT_EQ(report.at("data").as_array().size(), 3u);
  EXPECT_EQ(boost::json::serialize(report.at("data").at(0)),
            "{\"key\":\"" + mia_link.text() +
                "\",\"name\":\"mia\",\"clicks_gross\":5,\"clicks_valid\":4,\"visitors\":2,"
                "\"clicks_without_visitor\":0,\"reasons\":{\"bot\":1}}");
  EXPECT_EQ(report.at("visitors_error_ppm").as_int64(), 23'000);
  EXPECT_EQ(report.at("rules_versions").as_array().size(), 1u);
  EXPECT_TRUE(scene.get("clicks?format=csv")
                  .body.starts_with("key,name,clicks_gross,clicks_valid,head,prefetch,bot,preview,"
                                    "unknown_agent,duplicate,datacenter,flood,embedded,visitors,"
                                    "clicks_without_visitor\r\n" +
                                    mia_link.text() + ",mia,5,4,0,0,1,0,0,0,0,0,0,2,0\r\n"));
}

TEST_P(ClickReports, EveryGroupOfTheSamePeriodHasTheSameClicks) {
  for (const char* group : {"link", "influencer", "campaign", "deal", "day", "week", "month",
                            "country", "device", "os", "browser", "app", "language"})
    for (const char* period : {"", "&from=2026-03-02T09:30:00Z&to=2026-03-03T09:00:01Z"})
      for (const char* filter : {"", "&influencer_id=inf_"}) {
        std::string query = std::string("?group_by=") + group + period;
        if (*filter != 0) query += "&influencer_id=" + mia.text();
        std::int64_t clicks = 0;
        const boost::json::value report = scene.json("clicks" + query);
        for (const boost::json::value& row : report.at("data").as_array())
          clicks += row.at("clicks_gross").as_int64();
        const bool is_all = *filter == 0;
        EXPECT_EQ(clicks, *period == 0 ? (is_all ? 9 : 7) : (is_all ? 6 : 4)) << query;
      }
}

TEST_P(ClickReports, CountVisitorsOnceInEachRow) {
  EXPECT_EQ(rows("?group_by=influencer"), mia.text() + " 7 6 3 1\n" + ben.text() + " 2 2 2 0\n");
  EXPECT_EQ(rows("?group_by=day"), "2026-03-02 5 4 2 0\n2026-03-03 4 4 3 1\n");
  EXPECT_EQ(rows("?group_by=month"), "2026-03 9 8 4 1\n");
  EXPECT_EQ(rows("?group_by=week&from=2026-03-02&to=2026-03-03"), "2026-03-02 5 4 2 0\n");
}

TEST_P(ClickReports, AreFilteredByCampaignInfluencerAndLink) {
  EXPECT_EQ(rows("?group_by=day&link_id=" + ben_link.text()),
            "2026-03-02 1 1 1 0\n2026-03-03 1 1 1 0\n");
  EXPECT_EQ(rows("?campaign_id=" + abroad.text()), mia_abroad_link.text() + " 2 2 1 1\n");
  EXPECT_EQ(rows("?group_by=app&influencer_id=" + ben.text()), "tiktok 2 2 null 0\n");
  EXPECT_EQ(rows("?group_by=app"), "instagram 7 6 null 1\ntiktok 2 2 null 0\n");
}

TEST_P(ClickReports, RememberTheDaysThatAreOverUntilOneOfThemChanges) {
  const auto of_links = [](const char* of_mia, const char* of_ben) {
    return mia_link.text() + of_mia + ben_link.text() + of_ben + mia_abroad_link.text() +
           " 2 2 1 1\n";
  };
  scene.add_click(mia_link, "2026-03-09T09:00:00Z", core::ClickVerdict::valid, 9);
  const std::string before = of_links(" 6 5 3 0\n", " 2 2 2 0\n");
  const std::string of_days_over = of_links(" 5 4 2 0\n", " 2 2 2 0\n");
  EXPECT_EQ(rows(""), before);
  scene.falsify_days(1000);
  EXPECT_EQ(rows("?to=2026-03-09"), of_days_over) << "the same days are not read again";
  EXPECT_NE(rows("?to=2026-03-04"), of_days_over) << "others are";
  scene.falsify_days(-1000);
  scene.add_click(ben_link, "2026-03-02T12:00:00Z", core::ClickVerdict::valid, 11);
  EXPECT_EQ(rows("?to=2026-03-09"), of_links(" 5 4 2 0\n", " 3 3 3 0\n")) << "a late click";
  EXPECT_EQ(rows("?group_by=influencer"), mia.text() + " 8 7 4 1\n" + ben.text() + " 3 3 3 0\n");
}

TEST_P(ClickReports, OfAnInfluencerAreItsOwnAndNeverOthersThanAskedFor) {
  EXPECT_EQ(rows("?group_by=influencer", "mia"), mia.text() + " 7 6 3 1\n");
  EXPECT_EQ(rows("?group_by=influencer&influencer_id=" + mia.text(), "mia"),
            mia.text() + " 7 6 3 1\n");
  const std::string unknown = core::InfluencerId{987'654}.text();
  for (const char* group : {"influencer", "link", "device", "day", "hour", "country"}) {
    const std::string query =
        std::string("clicks?group_by=") + group + "&from=2026-03-02&to=2026-03-04&influencer_id=";
    for (const char* format : {"&format=json", "&format=csv"})
      EXPECT_EQ(scene.get(query + ben.text() + format, "mia").body,
                scene.get(query + unknown + format, "admin").body)
          << "as if there were no such influencer";
  }
  EXPECT_EQ(scene.get("roi?group_by=influencer&influencer_id=" + ben.text(), "mia").status, 400)
      << "this report takes no such filter from anybody";
  EXPECT_EQ(rows("?group_by=device", "mia"), "bot 1 0 null 0\nphone 6 6 null 1\n");
  EXPECT_EQ(rows("", "stranger"), "");
}

TEST_P(ClickReports, OfWhatIsRemovedAreWholeOrRefused) {
  scene.remove_clicks_before("2026-03-03T00:00:00Z");
  EXPECT_EQ(rows("?group_by=day"), "2026-03-02 5 4 2 0\n2026-03-03 4 4 3 1\n");
  EXPECT_EQ(rows("?group_by=app"), "instagram 7 6 null 1\ntiktok 2 2 null 0\n");
  EXPECT_EQ(rows("?group_by=day&from=2026-03-03T09:00:01Z").substr(0, 10), "2026-03-03");
  for (const char* query :
       {"?group_by=day&from=2026-03-02T09:30:00Z", "?group_by=app&to=2026-03-02T20:00:00Z",
        "?group_by=app&influencer_id=inf_"}) {
    const std::string target = std::string("clicks") + query;
    const auto answer = scene.get(
        target.ends_with('_') ? "clicks?group_by=app&influencer_id=" + ben.text() : target);
    EXPECT_EQ(answer.status, 422) << query << answer.body;
    EXPECT_NE(answer.body.find("clicks_removed"), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("2026-03-03T00:00:00Z"), std::string::npos) << answer.body;
  }
}

TEST_P(ClickReports, ByTheHourFollowTheBrandsClock) {
  EXPECT_EQ(rows("?group_by=hour&from=2026-03-02T23:00:00Z&to=2026-03-03T10:00:00Z"),
            "2026-03-03 00:00 1 1 null 0\n2026-03-03 10:00 3 3 null 1\n");
  EXPECT_EQ(rows("?group_by=hour&link_id=" + ben_link.text()),
            "2026-03-02 12:00 1 1 null 0\n2026-03-03 00:00 1 1 null 0\n");
}

}  // namespace
}  // namespace fairlead::admin
