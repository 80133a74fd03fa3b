// What else an order's visitor clicked: only by the cookie's word, only of this brand, only within
// the lookback, and never a click that no person made.
#include <gtest/gtest.h>

#include "attribution/attribute.hpp"
#include "attribution/sql.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t by_cookie = 1'024 + 512;
constexpr std::int64_t anna = 77;  // a visitor

class VisitorClicks : public test::OnEveryEngine {
 protected:
  VisitorClicks() {
    run_on_clicks(
        "INSERT INTO click_links (number, brand_id, link_id) VALUES (1, 1001, 5001), "
        "(2, 1001, 5002), (3, 1002, 5101), (4, 1001, 5004)");
    shop.run("UPDATE campaigns SET model = 'linear', version = version + 1");
  }
  void run_on_clicks(const std::string& sql) {
    clicks_
        ->transact([&](storage::Session& session) {
          session.run(storage::Statement{"test.clicks", sql, "", 0});
        })
        .value();
  }
  // Links 1 to 4 of the file above are 5001, mia's, 5002, leo's, the other brand's 5101, and 5004
  // of leo's ended deal.
  std::int64_t click(std::string_view at, int link, std::int64_t visitor = anna,
                     std::int64_t flags = by_cookie,
                     core::ClickVerdict verdict = core::ClickVerdict::valid) {
    const auto id = core::first_id_at(core::parse_instant(at).value()) + ++clicks_made_;
    run_on_clicks("INSERT INTO clicks VALUES (" + std::to_string(id) + ", " + std::to_string(link) +
                  ", " + std::to_string(static_cast<int>(verdict)) + ", 0, " +
                  std::to_string(visitor) + ", X'', 0, 0, 0, 0, " + std::to_string(flags) + ", 0)");
    return id;
  }
  // The order of somebody who clicked mia's link on 2026-03-01.
  Reply order_after_mias_click(std::int64_t flags = by_cookie) {
    constexpr auto at = "2026-03-01T12:00:00Z";
    return shop.order(simple_order(
        "A-" + std::to_string(clicks_made_), 1'000,
        R"(,"click_ids":[")" + Shop::token(click(at, 1, anna, flags), 5001, at) + R"("])"));
  }
  // "leo 500 mia 500", by name.
  std::string shares(const Reply& reply) const {
    EXPECT_EQ(reply.status, 201) << reply.body;
    std::map<std::string, std::int64_t> sums;
    const auto body = reply.json();
    for (const auto& credit : body.at("credits").as_array()) {
      const bool is_mia = credit.at("influencer_id").as_string() == mia.text();
      sums[is_mia ? "mia" : "leo"] += credit.at("base_minor").as_int64();
    }
    std::string text;
    for (const auto& [name, base] : sums)
      text += (text.empty() ? "" : " ") + name + " " + std::to_string(base);
    return text;
  }

  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_ =
      storage::open(
          {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
          .value();
  const Shop shop{database(), clicks_.get()};
  int clicks_made_ = 0;
};
INSTANTIATE_ON_ENGINES(VisitorClicks);

TEST_P(VisitorClicks, OfTheCookiesVisitorShareTheOrderAndAreExplained) {
  click("2026-02-20T12:00:00Z", 2);
  const auto reply = order_after_mias_click();
  EXPECT_EQ(shares(reply), "leo 500 mia 500");
  EXPECT_EQ(shop.verify(), "");
  const auto why = shop.get("/v1/commissions/" + reply.at("/commissions/0/id") + "/explain");
  EXPECT_EQ(why.at("/considered/1/outcome"), "credited") << why.body;
  EXPECT_EQ(why.at("/considered/1/touched_at"), "2026-02-20T12:00:00Z");
}

TEST_P(VisitorClicks, OfADaysHashAreNobodys) {
  const std::int64_t granted = 512;  // consent, and still no cookie: the brand counts by the hash
  click("2026-03-01T08:00:00Z", 2, anna, granted);
  EXPECT_EQ(shares(order_after_mias_click()), "mia 1000") << "the earlier click";
  click("2026-03-01T08:00:00Z", 2);
  EXPECT_EQ(shares(order_after_mias_click(granted)), "mia 1000") << "the order's click";
}

TEST_P(VisitorClicks, OfSomebodyElseOrAnotherBrandStayThere) {
  click("2026-02-20T12:00:00Z", 2, anna + 1);
  click("2026-02-20T12:00:00Z", 3);
  EXPECT_EQ(shares(order_after_mias_click()), "mia 1000");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"), 1);
}

TEST_P(VisitorClicks, BeyondTheLookbackOrBehindTheOrderAreNotItsTouches) {
  click("2025-12-01T12:00:00Z", 2);
  click("2026-03-02T12:00:00Z", 2);
  EXPECT_EQ(shares(order_after_mias_click()), "mia 1000");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"), 1);
}

TEST_P(VisitorClicks, ThatEarnNothingAreShownWithTheirReason) {
  using core::ClickVerdict;
  for (const auto verdict : {ClickVerdict::bot, ClickVerdict::prefetch, ClickVerdict::duplicate})
    click("2026-02-20T12:00:00Z", 2, anna, by_cookie, verdict);
  click("2026-03-01T13:00:00Z", 4);
  EXPECT_EQ(shares(order_after_mias_click()), "mia 1000");
  for (const auto* outcome : {"invalid_bot", "invalid_prefetch", "invalid_duplicate", "deal_ended"})
    EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = '" +
                          std::string(outcome) + "'"),
              1)
        << outcome;
}

TEST_P(VisitorClicks, AreTheNewestWhenThereAreTooMany) {
  click("2026-02-19T12:00:00Z", 2);
  for (int i = 0; i < 60; ++i)
    click("2026-02-20T12:00:00Z", 1);
  EXPECT_EQ(shares(order_after_mias_click()), "mia 1000") << "leo's is the oldest of 61";
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"), 50);
}

TEST_P(VisitorClicks, OfSeveralVisitorsStayBelowTheMostTouchesOfAnOrder) {
  std::string tokens;
  for (std::int64_t visitor = 1; visitor <= 3; ++visitor) {
    for (int i = 0; i < 50; ++i)
      click("2026-02-20T12:00:00Z", 1, visitor);
    constexpr auto at = "2026-03-01T12:00:00Z";
    tokens += (tokens.empty() ? "\"" : ",\"") + Shop::token(click(at, 1, visitor), 5001, at) + "\"";
  }
  EXPECT_EQ(shares(shop.order(simple_order("A-1", 1'000, R"(,"click_ids":[)" + tokens + "]"))),
            "mia 1000");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"),
            static_cast<std::int64_t>(touches_max));
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(VisitorClicks, AreFoundByTheirIndex) {
  const auto plan = clicks_->read([](storage::Session& session) {
    const std::string sql = "EXPLAIN QUERY PLAN " + std::string(sql::list_clicks_of_visitor.sqlite);
    std::string text;
    for (const auto& row : session.run(storage::Statement{"test.plan", sql, "", 5}, 1, 1, 1, 1, 1))
      text += row.text(3) + "\n";
    return text;
  });
  EXPECT_NE(plan->find("USING INDEX clicks_by_visitor"), std::string::npos) << *plan;
  EXPECT_EQ(plan->find("SCAN"), std::string::npos) << *plan;
}

}  // namespace

}  // namespace fairlead::attribution
