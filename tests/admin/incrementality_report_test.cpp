// The report of holdouts over rows of clicks and orders: which orders count, in which arm, and when
// an effect is told.
#include "admin/incrementality_report.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "admin/sql.hpp"
#include "tests/admin/api.hpp"
#include "tests/ledger/rows.hpp"

namespace fairlead::admin {
namespace {

namespace json = boost::json;
using test::run_sql;

constexpr std::int64_t in_run = 1 << 16;
constexpr std::int64_t held_out = 1 << 17;
constexpr std::int64_t version_one = 1 << 18;

class IncrementalityReport : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    write([&](storage::Session& session) {
      for (const core::LinkId each : {link, other})
        run_sql(session,
                "INSERT INTO links (brand_id, link_id, deal_id, domain, slug, destination, utm, "
                "created_at, changed_at) VALUES ($1, $2, $3, '', $4, 'https://shop.example/', "
                "'{}', 0, 0)",
                brand.id, each, brand.deal, each == link ? "mia" : "mia-two");
    });
    clicks_
        ->transact([&](storage::Session& session) {
          run_sql(session,
                  "INSERT INTO click_links (number, brand_id, link_id) VALUES (1, $1, $2), (2, $1, "
                  "$3)",
                  brand.id, link, other);
          run_sql(session,
                  "INSERT INTO click_words (word_id, kind, word) VALUES (1, 1, 'DE'), (2, 1, "
                  "'FR')");
          for (int country = 0; country <= 2; ++country)
            run_sql(session,
                    "INSERT INTO click_profiles (number, device, os, browser, app, country, "
                    "language) VALUES ($1, 0, 0, 0, 0, $1, 0)",
                    country);
        })
        .value();
  }
  void write(const std::function<void(storage::Session&)>& what) {
    database().transact(what).value();
  }
  void add_run(const std::string& settings, std::int64_t version = 1,
               std::optional<core::Instant> stopped = std::nullopt) {
    write([&](storage::Session& session) {
      run_sql(session,
              "INSERT INTO holdout_runs (brand_id, link_id, version, settings, starts_at, ends_at, "
              "begun_at, stopped_at) VALUES ($1, $2, $3, $4, $5, $6, $5, $7)",
              brand.id, link, version,
              R"({"withhold":"code","starts_at":"2026-02-01T00:00:00Z",)" + settings + "}", start,
              end, stopped);
    });
  }
  // `hour` after the run's start.
  core::ClickId add_click(std::int64_t hour, std::int64_t visitor, std::int64_t flags,
                          std::int64_t country = 1, std::int64_t verdict = 0,
                          std::int64_t number = 1) {
    const core::ClickId click{core::first_id_at(start.plus_seconds(hour * 3'600)) + ++clicks_made_};
    storage::Value who = storage::Null{};
    if (visitor != 0) who = visitor;
    clicks_
        ->transact([&](storage::Session& session) {
          run_sql(session,
                  "INSERT INTO clicks (click_id, link, verdict, rule, visitor, network, profile, "
                  "referrer, utm, subs, flags, variant) VALUES ($1, $2, $3, 0, $4, $5, $6, 0, 0, "
                  "0, $7, 0)",
                  click, number, verdict, who, storage::Blob{}, country, flags);
        })
        .value();
    return click;
  }
  void add_order(const std::vector<core::ClickId>& clicks, std::int64_t base_minor = 5'000,
                 std::string_view outcome = "credited", bool is_test = false) {
    write([&](storage::Session& session) {
      const std::int64_t order = 1'000 + ++orders_made_;
      const core::Instant at = core::instant_of_id(clicks.back().number).plus_seconds(600);
      run_sql(session,
              "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
              "base_minor, discount_minor, shipping_minor, tax_minor, is_test, body_sha256, "
              "booked_at) VALUES ($1, $2, $3, 'api', $4, 'EUR', $5, 0, 0, 0, $6, '', 0)",
              brand.id, order, std::to_string(order), at, base_minor, is_test ? 1 : 0);
      std::int64_t position = 0;
      for (const core::ClickId click : clicks)
        run_sql(session,
                "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, link_id, "
                "click_id, touched_at, outcome) VALUES ($1, $2, $3, 'click', '', $4, $5, $6, $7)",
                brand.id, order, position++, link, click, core::instant_of_id(click.number),
                outcome);
    });
  }
  core::Answer ask(const std::string& query, core::Instant now,
                   std::optional<core::BrandId> whose = std::nullopt) {
    net::Request request;
    request.query = query;
    const net::Principal who{.brand = whose.value_or(brand.id),
                             .key = {},
                             .role = net::Role::admin,
                             .influencer = {},
                             .origins = {}};
    return answer_incrementality_report(database(), *clicks_,
                                        {request, who, {}, now, "/v1/reports/incrementality"});
  }
  json::value run(core::Instant now, const std::string& more = "") {
    const auto answer = ask("link_id=" + link.text() + more, now);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return body_of(answer).at("data").at(0);
  }

  Api api{database()};
  TestBrand brand = api.make_brand("North");
  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_ =
      storage::open(
          {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
          .value();
  const core::LinkId link{8'000'001};
  const core::LinkId other{8'000'002};
  const core::Instant start = core::parse_instant("2026-02-01T00:00:00Z").value();
  const core::Instant end = core::parse_instant("2026-02-22T00:00:00Z").value();
  std::int64_t clicks_made_ = 0;
  std::int64_t orders_made_ = 0;
};
INSTANTIATE_ON_ENGINES(IncrementalityReport);

const std::string by_visitor = R"("kind":"visitor","share_ppm":500000)";

TEST_P(IncrementalityReport, CountsWhatIsInTheRunAndOnce) {
  add_run(by_visitor);
  const auto treated = in_run | version_one;
  const auto first = add_click(1, 11, treated);
  const auto again = add_click(2, 11, treated);
  const auto without = add_click(3, 12, treated | held_out);
  add_order({first, again});  // one visitor, one order, two clicks
  add_order({without}, 7'000);
  add_order({without}, 900, "code_won");  // whoever was paid for it
  add_order({without}, 900, "expired");
  add_order({without}, 900, "after_order");
  add_order({without}, 0, "test_order", true);
  add_order({add_click(4, 13, treated, 1, 3)});             // a bot
  add_order({add_click(4, 14, 0)});                         // before the holdout, or unknown
  add_order({add_click(4, 15, in_run | version_one * 2)});  // of another run
  add_order({add_click(24 * 21, 16, treated)});             // when the run was over
  add_order({again, add_click(5, 17, treated | held_out)}, 1'000);  // the newest click counts
  add_click(6, 18, treated, 1, 0, 2);                               // of the other link
  const auto repeat = add_click(7, 19, treated, 1, 6);  // a repeat of a click that is counted
  add_click(7, 19, treated);
  add_order({repeat}, 300);
  write([&](storage::Session& session) {
    // As the journal of refunds has them: what is taken is above zero, what is given back below.
    for (const auto& [refund, amount] : {std::pair{1, 250}, std::pair{2, -50}})
      run_sql(session,
              "INSERT INTO refunds (brand_id, refund_id, order_id, refund_ref, placed_at, "
              "base_minor, body_sha256, booked_at) VALUES ($1, $2, 1001, $3, 0, $4, '', 0)",
              brand.id, refund, std::to_string(refund), amount);
  });
  const auto report = run(end);
  EXPECT_EQ(json::serialize(report.at("treated")),
            R"({"clicks":3,"visitors":2,"orders":2,"buyers":2,)"
            R"("net_revenue_minor":{"EUR":5100}})");
  EXPECT_EQ(json::serialize(report.at("held_out")),
            R"({"clicks":2,"visitors":2,"orders":3,"buyers":2,)"
            R"("net_revenue_minor":{"EUR":8900}})");
  EXPECT_EQ(report.at("status"), "ended");
  EXPECT_TRUE(report.at("orders").is_null());
  EXPECT_EQ(json::serialize(report.at("not_enough_data")),
            R"({"have":{"orders":5,"visitors":2},"need":{"orders":20,"visitors":100}})");
}

TEST_P(IncrementalityReport, TellsTheEffectWhenTheRunIsOver) {
  add_run(by_visitor);
  for (std::int64_t visitor = 1; visitor <= 400; ++visitor) {
    const bool is_held_out = visitor % 2 == 0;
    const auto click =
        add_click(visitor, visitor, in_run | version_one | (is_held_out ? held_out : 0));
    if (visitor % (is_held_out ? 8 : 4) <= 1 && visitor % 8 < 6) add_order({click});
  }
  const auto running = run(end.plus_micros(-1));
  EXPECT_EQ(running.at("status"), "running");
  EXPECT_TRUE(running.at("orders").at("incremental").is_null());
  EXPECT_TRUE(running.at("orders").at("p").is_null());
  EXPECT_FALSE(running.at("orders").at("detectable_lift_ppm").is_null());
  // 100 of 200 treated ordered and 50 of 200 held out.
  const auto over = run(end);
  EXPECT_EQ(over.at("treated").at("orders"), 100);
  EXPECT_EQ(over.at("held_out").at("orders"), 50);
  EXPECT_EQ(over.at("orders").at("incremental"), 50);
  EXPECT_EQ(over.at("orders").at("lift_ppm"), 1'000'000);
  EXPECT_EQ(over.at("revenue").at("EUR").at("incremental_minor"), 250'000);
  EXPECT_LT(over.at("orders").at("p").as_double(), 1e-5);
  EXPECT_FALSE(over.at("sample_ratio").at("is_mismatch").as_bool());
  const auto csv = ask("format=csv&link_id=" + link.text(), end);
  EXPECT_NE(csv.body.find(",ended,orders,200,200,100,200,200,50,0,50,"), std::string::npos)
      << csv.body;
  EXPECT_NE(csv.body.find(",ended,EUR,200,200,500000,200,200,250000,0,250000,"), std::string::npos)
      << csv.body;
}

TEST_P(IncrementalityReport, OfRegionsAndWindowsCountsTheirUnits) {
  add_run(R"("kind":"region","regions":["DE","FR"],"held_out_regions":["FR"])");
  add_order({add_click(1, 11, in_run | version_one, 1)});
  add_order({add_click(2, 0, in_run | version_one | held_out, 2)});
  add_click(3, 0, in_run | version_one, 1);
  auto report = run(end);
  EXPECT_EQ(json::serialize(report.at("treated")),
            R"({"clicks":2,"visitors":1,"orders":1,"buyers":1,)"
            R"("net_revenue_minor":{"EUR":5000},"units":1})");
  EXPECT_EQ(report.at("held_out").at("units"), 1);
  EXPECT_EQ(report.at("not_enough_data").at("have").at("ways_to_draw"), 2);
  EXPECT_TRUE(report.at("share_ppm").is_null());

  add_run(R"("kind":"time","share_ppm":500000,"window_hours":12,"washout_minutes":0)", 2);
  const auto two = in_run | version_one * 2;
  for (std::int64_t hour = 0; hour < 21 * 24; hour += 3) {
    const bool is_held_out = hour / 12 % 3 == 0;
    const auto click = add_click(hour, hour + 1'000, two | (is_held_out ? held_out : 0));
    if (hour % (is_held_out ? 12 : 6) == 0) add_order({click});
  }
  report = run(end);
  EXPECT_EQ(report.at("version"), 2);
  EXPECT_EQ(report.at("held_out").at("units"), 14);
  EXPECT_EQ(report.at("treated").at("units"), 28);
  EXPECT_EQ(report.at("sample_ratio").at("units_in_both_arms"), 0);
  // Every treated window has four clicks and two orders, every other one order.
  EXPECT_EQ(report.at("orders").at("method"), "draws");
  EXPECT_EQ(report.at("orders").at("incremental"), 28);
  EXPECT_EQ(report.at("orders").at("incremental_low"), 28);
  EXPECT_EQ(report.at("revenue").at("EUR").at("incremental_minor"), 140'000);
  EXPECT_EQ(run(end, "&version=1").at("kind"), "region");
}

TEST_P(IncrementalityReport, ARunEndsWithItsLinkAndShowsOnlyItsOwnTime) {
  add_run(by_visitor, 1, start.plus_seconds(3'600 * 10));
  add_click(9, 11, in_run | version_one);
  add_click(11, 12, in_run | version_one);
  const auto report = run(start.plus_seconds(3'600 * 12));
  EXPECT_EQ(report.at("status"), "stopped");
  EXPECT_EQ(report.at("stopped_at"), "2026-02-01T10:00:00Z");
  EXPECT_EQ(report.at("treated").at("clicks"), 1);
  write([&](storage::Session& session) {
    run_sql(session, "UPDATE links SET archived_at = $1 WHERE brand_id = $2",
            start.plus_seconds(3'600 * 5), brand.id);
  });
  EXPECT_EQ(run(end).at("stopped_at"), "2026-02-01T05:00:00Z");
  EXPECT_EQ(run(start).at("status"), "running");
  EXPECT_EQ(run(start.plus_micros(-1)).at("status"), "scheduled");
}

// Other clicks cost it nothing.
TEST_P(IncrementalityReport, FindsTheClicksOfARunByTheirOwnIndex) {
  for (const storage::Statement& each :
       {sql::report_run_visitors, sql::report_run_regions, sql::report_run_windows}) {
    const std::string text = "EXPLAIN QUERY PLAN " + std::string(each.sqlite);
    const storage::Statement explain{"explain", text, text, each.parameters};
    std::string plan;
    const auto rows = clicks_->read([&](storage::Session& session) {
      if (each.parameters == 5) return session.run(explain, 1, 2, 3, 4, 1);
      return session.run(explain, 1, 2, 3, 4, 1, 0, 1);
    });
    for (const storage::Row& row : *rows)
      plan += row.text(3) + "\n";
    EXPECT_NE(plan.find("clicks_in_runs (link=? AND click_id>? AND click_id<?)"), std::string::npos)
        << plan;
  }
}

TEST_P(IncrementalityReport, IsRefusedWhenItsClicksAreRemoved) {
  add_run(by_visitor);
  clicks_
      ->transact([&](storage::Session& session) {
        run_sql(session, "UPDATE click_state SET value = $1 WHERE name = 'clicks_from'",
                core::first_id_at(start) + 1);
      })
      .value();
  const auto answer = ask("link_id=" + link.text(), end);
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("clicks_removed"), std::string::npos) << answer.body;
}

TEST_P(IncrementalityReport, IsTheBrandsAloneAndNamesWhatIsWrong) {
  add_run(by_visitor);
  const TestBrand stranger = api.make_brand("South");
  EXPECT_EQ(ask("link_id=" + link.text(), end, stranger.id).status, 404);
  EXPECT_EQ(ask("link_id=" + other.text(), end).status, 404) << "no run on it";
  EXPECT_EQ(body_of(ask("campaign_id=" + brand.campaign.text(), end)).at("data").as_array().size(),
            1U);
  EXPECT_EQ(ask("link_id=" + link.text() + "&version=2", end).status, 404);
  for (const auto& [query, pointer] :
       {std::pair<std::string, std::string>{"", "?link_id"},
        {"link_id=" + link.text() + "&campaign_id=" + brand.campaign.text(), "?link_id"},
        {"link_id=7", "?link_id"},
        {"campaign_id=x", "?campaign_id"},
        {"version=1&campaign_id=" + brand.campaign.text(), "?version"},
        {"version=0&link_id=" + link.text(), "?version"},
        {"version=x&link_id=" + link.text(), "?version"},
        {"format=xml&link_id=" + link.text(), "?format"},
        {"from=2026-01-01&link_id=" + link.text(), "?from"},
        {"link_id=" + link.text() + "&link_id=" + link.text(), "?link_id"}}) {
    const auto answer = ask(query, end);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(body_of(answer).at("errors").at(0).at("pointer").as_string(),
              std::string_view(pointer))
        << answer.body;
  }
}

}  // namespace
}  // namespace fairlead::admin
