// Old clicks go, and what only they used; every number that was made of them stays, and verify and
// rescore keep to what can still be counted.
#include "redirect/retention.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "redirect/rescore.hpp"
#include "redirect/rollups.hpp"
#include "tests/redirect/click_file.hpp"
#include "tests/redirect/running_redirect.hpp"

namespace fairlead::redirect {
namespace {

using core::ClickVerdict;
using test::other_brand;
using test::start_of_test;

core::Instant utc(const char* text) {
  return core::parse_instant(text).value();
}

BrandRecord brand_in(std::int64_t id, const char* zone) {
  return {{id}, "", core::Zone::parse(zone).value(), {}, "", {}};
}

TEST(KeptDays, BeginWithTheFirstWholeDayOfEachZone) {
  const std::vector<BrandRecord> brands = {brand_in(1, "UTC"), brand_in(2, "Europe/Berlin"),
                                           brand_in(3, "America/New_York"),
                                           brand_in(4, "Pacific/Kiritimati")};
  const KeptDays kept(core::first_id_at(utc("2026-03-10T00:00:00Z")), brands);
  const auto first = [&](std::int64_t brand) { return core::format_day(kept.first_of({brand})); };
  EXPECT_EQ(first(1), "2026-03-10");
  EXPECT_EQ(first(2), "2026-03-11") << "the 10th began an hour before";
  EXPECT_EQ(first(3), "2026-03-10") << "the 10th begins four hours later";
  EXPECT_EQ(first(4), "2026-03-11");
  EXPECT_EQ(first(99), "2026-03-10") << "a brand that is gone is in UTC";
  EXPECT_EQ(kept.all_from(), utc("2026-03-10T23:00:00Z")) << "Berlin's day is the last to begin";
}

TEST(KeptDays, CoverHoursOfTheirDayAndMonthsFromTheirFirst) {
  const std::vector<BrandRecord> brands = {brand_in(1, "UTC"), brand_in(2, "Europe/Berlin")};
  const auto day = [](const char* text) { return core::parse_day(text).value().number; };
  const auto month = [](std::int64_t year, std::int64_t of) { return year * 12 + of - 1; };
  const KeptDays kept(core::first_id_at(utc("2026-03-01T00:00:00Z")), brands);
  EXPECT_TRUE(kept.cover(1, 2, day("2026-03-01")));
  EXPECT_FALSE(kept.cover(2, 2, day("2026-03-01")));
  EXPECT_FALSE(kept.cover(1, 2, day("2026-02-28")));
  EXPECT_TRUE(kept.cover(1, 1, day("2026-03-01") * 24));
  EXPECT_FALSE(kept.cover(1, 1, day("2026-02-28") * 24 + 23));
  EXPECT_FALSE(kept.cover(2, 1, day("2026-03-01") * 24 + 23));
  EXPECT_TRUE(kept.cover(1, 3, month(2026, 3)));
  EXPECT_FALSE(kept.cover(2, 3, month(2026, 3))) << "its first hour was in February in UTC";
  EXPECT_FALSE(kept.cover(1, 3, month(2026, 2)));
  EXPECT_TRUE(KeptDays(0, brands).cover(2, 3, month(1970, 1)));
  EXPECT_EQ(KeptDays(0, brands).all_from(), core::Instant{});
}

class Retaining : public test::ClickFile {
 protected:
  static constexpr std::int64_t days = 10;

  std::unique_ptr<Retention> retention(std::int64_t rows_max = 100, std::int64_t needed = 0) {
    return std::make_unique<Retention>(
        clock_, RetentionRule{days, [needed] { return core::Result<std::int64_t>(needed); }},
        rows_max);
  }
  // Until nothing is due; how many steps it took.
  static int run(Retention& retention, storage::Database& clicks) {
    int steps = 1;
    while (retention.step(clicks).has_more)
      ++steps;
    return steps;
  }
  void run(Retention& retention) {
    const auto clicks = open();
    run(retention, *clicks);
  }
  void remove_at(core::Instant now) {
    clock_.set(now);
    run(*retention());
  }
  void expect_agreement() {
    for (const core::Difference& one : differences())
      ADD_FAILURE() << one.what << ": " << one.expected << ", stored " << one.stored;
  }
  // Every rollup and every sketch, as text.
  std::string numbers_made_of_clicks() const {
    std::ostringstream all;
    for (const char* text :
         {"SELECT brand_id, span, start, link_id, verdict, clicks, unnamed FROM click_rollups "
          "ORDER BY brand_id, span, start, link_id, verdict",
          "SELECT brand_id, span, start, dimension, value, verdict, clicks, unnamed FROM "
          "click_rollups_by ORDER BY brand_id, span, start, dimension, value, verdict",
          "SELECT brand_id, span, start, link_id, HEX(sketch) FROM click_visitors "
          "ORDER BY brand_id, span, start, link_id"}) {
      const test::TestStatement statement(text);
      const storage::Rows rows =
          read([&](storage::Session& session) { return session.run(statement); });
      for (const storage::Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
          all << (i == 4 && row.size() == 5 ? row.text(i) : std::to_string(row.integer(i))) << ' ';
        all << '\n';
      }
    }
    return all.str();
  }
  // Whether a word is stored; its kind does not matter.
  bool is_stored(const std::string& word) const {
    return number(("SELECT COUNT(*) FROM click_words WHERE word = '" + word + "'").c_str()) == 1;
  }
  bool is_in_the_file(const std::string& planted) const {
    for (const auto& file : std::filesystem::directory_iterator(directory_.file("."))) {
      std::ifstream in(file.path(), std::ios::binary);
      std::ostringstream bytes;
      bytes << in.rdbuf();
      if (bytes.str().find(planted) != std::string::npos) return true;
    }
    return false;
  }

  core::ManualClock clock_{start_of_test};
};
INSTANTIATE_ON_ENGINES(Retaining);

TEST_P(Retaining, NumbersStayAndAgreeAtEveryStepWhileClicksGo) {
  const auto seed = static_cast<std::uint64_t>(std::random_device{}());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  open_store()->append(random_clicks(random, 3'000), {1}).value();
  const std::string before = numbers_made_of_clicks();
  const std::int64_t all = number("SELECT COUNT(*) FROM clicks");
  const auto clicks = open();
  // Made anew for each step, as after a kill.
  for (int day = 0; day < 55; day += 9) {
    clock_.set(start_of_test.plus_days(day));
    const std::int64_t kept = number(("SELECT COUNT(*) FROM clicks WHERE click_id >= " +
                                      std::to_string(core::first_id_at(core::Zone::utc().start_of(
                                          {core::Zone::utc().day_of(clock_.now()).number - 10}))))
                                         .c_str());
    while (retention(700)->step(*clicks).has_more)
      expect_agreement();
    EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), kept) << "on day " << day;
    expect_agreement();
    EXPECT_EQ(numbers_made_of_clicks(), before);
  }
  EXPECT_GT(all, 2'000);
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 0);
}

TEST_P(Retaining, VerifyStillNamesADifferenceWhereClicksAreKept) {
  std::vector<ClickRecord> clicks;
  for (int day = 0; day < 20; ++day)
    clicks.push_back(click(test::Shop::brand, 1, start_of_test.plus_days(day), 0));
  open_store()->append(clicks, {1}).value();
  remove_at(start_of_test.plus_days(20));
  expect_agreement();
  write("UPDATE click_rollups SET clicks = clicks + 1 WHERE span = 2 AND start = 20514 + 19");
  EXPECT_EQ(differences().size(), 1u);
  write("UPDATE click_rollups SET clicks = clicks - 1 WHERE span = 2 AND start = 20514 + 19");
  write("UPDATE click_rollups SET clicks = clicks + 1 WHERE span = 2 AND start = 20514 + 2");
  expect_agreement();  // of that day nothing is left to count
}

TEST_P(Retaining, WordsThatOnlyRemovedClicksUsedGo) {
  ClickRecord old_one = click(test::Shop::brand, 1, start_of_test, 0);
  old_one.subs = "sub1=mia%40example.com";
  old_one.utm = "utm_source=old";
  old_one.referrer = "shared.example";
  old_one.rule = "old-rule";
  old_one.country = "FR";
  ClickRecord new_one = click(other_brand, 2, start_of_test.plus_days(9), 0);
  new_one.referrer = "shared.example";
  new_one.utm = "utm_source=new";
  new_one.country = "DE";
  open_store()->append(std::vector{old_one, new_one}, {1}).value();
  EXPECT_TRUE(is_in_the_file("mia%40example.com")) << "the search must be able to find it";
  remove_at(start_of_test.plus_days(11));
  EXPECT_TRUE(is_stored("sub1=mia%40example.com")) << "all in one batch count as its last day's";
  remove_at(start_of_test.plus_days(20));
  for (const char* gone : {"sub1=mia%40example.com", "utm_source=old", "old-rule"})
    EXPECT_FALSE(is_stored(gone)) << gone;
  EXPECT_TRUE(is_stored("FR")) << "rollups by country say it";
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_profiles"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_links"), 0);
  EXPECT_FALSE(is_in_the_file("mia%40example.com")) << "freed pages are overwritten";
  expect_agreement();
}

TEST_P(Retaining, AWordOfLongAgoStaysWhileAClickUsesIt) {
  {
    const auto store = open_store();  // which remembers words from day to day
    const auto append = [&](std::int64_t day, std::int64_t low, const char* referrer) {
      ClickRecord one = click(test::Shop::brand, 1, start_of_test.plus_days(day), low);
      one.referrer = referrer;
      store->append(std::vector{one}, {}).value();
    };
    append(0, 0, "always.example");
    append(0, 1, "once.example");
    append(12, 0, "always.example");
  }
  remove_at(start_of_test.plus_days(20));
  EXPECT_TRUE(is_stored("always.example"));
  EXPECT_FALSE(is_stored("once.example"));
  EXPECT_EQ(
      number("SELECT COUNT(*) FROM clicks AS c JOIN click_words AS w ON w.word_id = c.referrer "
             "JOIN click_links AS l ON l.number = c.link "
             "JOIN click_profiles AS p ON p.number = c.profile"),
      1);
}

TEST_P(Retaining, TheRuleThatANewVerdictWasGivenByStays) {
  ClickRecord prefetch = click(test::Shop::brand, 1, start_of_test.plus_days(12), 0);
  prefetch.verdict = ClickVerdict::prefetch;
  prefetch.rule = "sec-purpose";
  {
    const auto store = open_store();
    store->append(std::vector{click(test::Shop::brand, 1, start_of_test, 0), prefetch}, {1})
        .value();
    EXPECT_EQ(store->activate({{prefetch.id}, brands_}).value(), 1u);
  }
  remove_at(start_of_test.plus_days(20));
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks AS c JOIN click_words AS w ON w.word_id = c.rule "
                   "WHERE w.word = 'activated'"),
            1);
}

TEST_P(Retaining, ANumberThatWasRemovedIsNotUsedFromMemory) {
  const auto kept = std::shared_ptr<Retention>(retention());
  const auto store = ClickStore::open(open(), kept).value();
  ClickRecord first = click(test::Shop::brand, 1, start_of_test, 0);
  first.utm = "utm_source=again";
  store->append(std::vector{first}, {1}).value();
  clock_.set(start_of_test.plus_days(30));
  while (store->maintain()) {
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_words"), 0);
  // From a journal that waited: older than the boundary, and of the store's own day.
  ClickRecord late = click(test::Shop::brand, 1, start_of_test, 1);
  late.utm = "utm_source=again";
  store->append(std::vector{late}, {2}).value();
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks AS c JOIN click_words AS w ON w.word_id = c.utm "
                   "JOIN click_links AS l ON l.number = c.link "
                   "JOIN click_profiles AS p ON p.number = c.profile"),
            1);
  expect_agreement();
  EXPECT_EQ(number("SELECT clicks FROM click_rollups WHERE span = 2"), 2) << "it counts";
  clock_.advance_seconds(3'601);
  while (store->maintain()) {
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_words"), 0);
  expect_agreement();
}

TEST_P(Retaining, IsBoundedInEachStep) {
  std::vector<ClickRecord> clicks;
  for (int i = 0; i < 250; ++i)
    clicks.push_back(click(test::Shop::brand, 1, start_of_test, i));
  open_store()->append(clicks, {1}).value();
  clock_.set(start_of_test.plus_days(30));
  const auto file = open();
  const auto bounded = retention(100);
  for (const std::int64_t left : {150, 50, 0}) {
    EXPECT_TRUE(bounded->step(*file).has_more);
    EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), left);
  }
  run(*bounded, *file);
  EXPECT_FALSE(bounded->step(*file).has_more);
  std::vector<core::Metric> metrics;
  bounded->collect(metrics);
  EXPECT_EQ(metrics[0].value, 250);
  EXPECT_EQ(metrics[1].value, static_cast<double>(utc("2026-03-22T00:00:00Z").micros) / 1e6);
  EXPECT_EQ(metrics[2].value, 0);
}

TEST_P(Retaining, ClicksStayAsLongAsMoneyMayNeedThem) {
  open_store()->append(std::vector{click(test::Shop::brand, 1, start_of_test, 0)}, {1}).value();
  clock_.set(start_of_test.plus_days(59));
  run(*retention(100, 60));
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 1);
  clock_.set(start_of_test.plus_days(61));
  run(*retention(100, 60));
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 0);
  EXPECT_EQ(days_needed(database()).value(), 60) << "30 days of look-back, 30 on hold";
}

TEST_P(Retaining, WhatIsNeededIsNotGuessedWhenItCannotBeRead) {
  open_store()->append(std::vector{click(test::Shop::brand, 1, start_of_test, 0)}, {1}).value();
  bool is_down = true;
  Retention careful(clock_, {days, [&]() -> core::Result<std::int64_t> {
                               if (is_down) return core::fail(core::Errc::busy, "down");
                               return std::int64_t{0};
                             }});
  clock_.set(start_of_test.plus_days(30));
  run(careful);
  is_down = false;
  run(careful);
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 1) << "a minute has not passed";
  clock_.advance_seconds(61);
  run(careful);
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 0);
}

TEST_P(Retaining, NothingGoesWithoutADayToIt) {
  open_store()->append(std::vector{click(test::Shop::brand, 1, start_of_test, 0)}, {1}).value();
  clock_.set(start_of_test.plus_days(3'000));
  Retention for_ever(clock_, {0, {}});
  run(for_ever);
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), 1);
  EXPECT_EQ(number("SELECT value FROM click_state WHERE name = 'clicks_from'"), 0);
}

TEST_P(Retaining, TheBoundaryNeverFalls) {
  remove_at(start_of_test.plus_days(30));
  const std::int64_t boundary =
      read([](storage::Session& session) { return clicks_from(session); });
  EXPECT_EQ(core::instant_of_id(boundary), utc("2026-03-22T00:00:00Z"));
  remove_at(start_of_test);
  EXPECT_EQ(read([](storage::Session& session) { return clicks_from(session); }), boundary);
  EXPECT_EQ(open_store()->newest_click(), boundary) << "ids go on behind what was removed";
}

TEST_P(Retaining, RescoreJudgesOnlyDaysThatAreComplete) {
  std::vector<ClickRecord> clicks;
  for (int hour = 0; hour < 20 * 24; ++hour) {
    clicks.push_back(click(hour % 2 == 0 ? test::Shop::brand : other_brand, 1,
                           start_of_test.plus_seconds(hour * 3'600), 0));
    clicks.back().visitor = 1 + hour % 7;
    clicks.back().rule = "one";
  }
  open_store()->append(clicks, {1}).value();
  remove_at(start_of_test.plus_days(20));
  const std::int64_t left = number("SELECT COUNT(*) FROM clicks");
  const std::int64_t gross = number("SELECT SUM(clicks) FROM click_rollups WHERE span = 3");
  const auto everyone_is_a_bot = [](std::string_view) { return std::optional(ClickVerdict::bot); };
  const auto file = open();
  const RescoreReport report =
      rescore_by(database(), *file, {.duplicate_window_s = 10}, everyone_is_a_bot, 7).value();
  EXPECT_EQ(report.since, utc("2026-03-12T23:00:10Z")) << "Berlin's first whole day, and a window";
  EXPECT_LT(report.clicks, left);
  EXPECT_GT(report.clicks, left - 26);
  expect_agreement();
  EXPECT_EQ(number("SELECT SUM(clicks) FROM click_rollups WHERE span = 3"), gross);
  EXPECT_EQ(number("SELECT SUM(clicks) FROM click_rollups WHERE span = 3 AND verdict = 0"),
            gross - report.clicks)
      << "removed clicks stay as they were judged";
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_visitors WHERE span = 2 AND start < 20524"), 20 + 20)
      << "visitors of days that are cut stay";
}

TEST_P(Retaining, ARunningRedirectRemovesByItself) {
  shop_->add_link({.slug = "mia"});
  Options options = test::every_click_counts();
  options.click_retention_days = days;
  test::RunningRedirect redirect(database(), clock_, options);
  EXPECT_EQ(redirect.get("/mia").status, "302");
  EXPECT_TRUE(redirect->settle());
  clock_.set(start_of_test.plus_days(70));
  EXPECT_EQ(redirect.get("/mia").status, "302");
  const auto removed = [&] {
    std::vector<core::Metric> metrics;
    redirect->collect(metrics);
    const auto found = std::find_if(metrics.begin(), metrics.end(), [](const core::Metric& one) {
      return one.name == "fairlead_clicks_removed_total";
    });
    return found == metrics.end() ? -1 : found->value;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (removed() < 1 && std::chrono::steady_clock::now() < deadline)
    redirect->settle();
  EXPECT_EQ(removed(), 1);
  const test::TestStatement count("SELECT COUNT(*) FROM clicks");
  EXPECT_EQ(
      redirect.read_clicks()
          ->read([&](storage::Session& session) { return session.run(count).one().integer(0); })
          .value(),
      1);
}

}  // namespace
}  // namespace fairlead::redirect
