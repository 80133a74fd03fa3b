// The click file: rows and rollups agree under random clicks, verdicts that change, and a file of
// the version before.
#include "redirect/click_store.hpp"

#include <gtest/gtest.h>

#include <random>

#include "redirect/rejudge.hpp"
#include "redirect/rollups.hpp"
#include "storage/migrations.hpp"
#include "tests/redirect/click_file.hpp"

namespace fairlead::redirect {
namespace {

using core::ClickVerdict;
using test::ClickFile;
using test::other_brand;

INSTANTIATE_ON_ENGINES(ClickFile);

TEST_P(ClickFile, RandomClicksEqualARecount) {
  const auto seed = static_cast<std::uint64_t>(std::random_device{}());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::set<std::int64_t> ids;
  std::size_t added = 0;
  {
    const auto store = open_store();
    for (int batch = 0; batch < 6; ++batch) {
      std::vector<ClickRecord> clicks = random_clicks(random, 1'000);
      const std::vector<ClickRecord> again(clicks.begin(), clicks.begin() + 100);
      clicks.insert(clicks.end(), again.begin(), again.end());
      for (const ClickRecord& click : clicks)
        ids.insert(click.id.number);
      added += store->append(clicks, {batch + 1}).value();
    }
  }
  EXPECT_EQ(added, ids.size());
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks"), static_cast<std::int64_t>(ids.size()));
  for (const char* sum :
       {"SELECT SUM(clicks) FROM click_rollups WHERE span = 2",
        "SELECT SUM(clicks) FROM click_rollups WHERE span = 3",
        "SELECT SUM(clicks) FROM click_rollups_by WHERE dimension = 0 AND span = 2",
        "SELECT SUM(clicks) FROM click_rollups_by WHERE dimension = 4 AND span = 3"})
    EXPECT_EQ(number(sum), static_cast<std::int64_t>(ids.size())) << sum;
  for (const core::Difference& one : differences())
    ADD_FAILURE() << one.what << ": " << one.expected << ", stored " << one.stored;
}

TEST_P(ClickFile, NewVerdictsKeepEverythingEqualToARecount) {
  const auto seed = static_cast<std::uint64_t>(std::random_device{}());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<ClickRecord> clicks = random_clicks(random, 2'000);
  open_store()->append(clicks, {1}).value();
  std::vector<NewVerdict> verdicts{{core::ClickId{1}, ClickVerdict::bot, "not there"}};
  for (std::size_t i = 0; i < clicks.size(); i += 3)
    verdicts.push_back({clicks[i].id, static_cast<ClickVerdict>(random() % 10), "new-rule"});
  const auto judge = [&] {
    return open()
        ->transact([&](storage::Session& session) { return rejudge(session, verdicts, brands_); })
        .value();
  };
  EXPECT_GT(judge(), 100u);
  for (const core::Difference& one : differences())
    ADD_FAILURE() << one.what << ": " << one.expected << ", stored " << one.stored;
  EXPECT_GT(number("SELECT COUNT(*) FROM clicks AS c JOIN click_words AS w ON w.word_id = c.rule "
                   "WHERE w.word = 'new-rule'"),
            100);
}

TEST_P(ClickFile, VerifyNamesEveryDifference) {
  std::vector<ClickRecord> clicks;
  for (int i = 0; i < 3; ++i) {
    clicks.push_back(click(test::Shop::brand, 1, test::start_of_test.plus_days(i), i));
    clicks.back().visitor = i + 1;
  }
  open_store()->append(clicks, {1}).value();
  EXPECT_TRUE(differences().empty());
  write("UPDATE click_rollups SET clicks = clicks + 1 WHERE span = 2 AND start = 20514");
  write("DELETE FROM click_rollups_by WHERE dimension = 1 AND span = 3");
  write("UPDATE click_visitors SET link_id = 9 WHERE span = 2 AND link_id = 1 AND start = 20515");
  const core::Differences found = differences();
  ASSERT_EQ(found.size(), 4u);
  EXPECT_NE(found[0].what.find("2026-03-02"), std::string::npos) << found[0].what;
  EXPECT_EQ(found[0].expected, "1 clicks, 0 without visitor");
  EXPECT_EQ(found[0].stored, "2 clicks, 0 without visitor");
  EXPECT_NE(found[1].what.find("dimension 1 value 0 month 2026-3"), std::string::npos)
      << found[1].what;
  EXPECT_EQ(found[1].stored, "missing");
  EXPECT_EQ(found[2].expected, "nothing");
  EXPECT_NE(found[3].what.find("visitors"), std::string::npos) << found[3].what;
}

TEST_P(ClickFile, HoursAreKeptForAWeekAndThenLetGo) {
  {
    const auto store = open_store();
    for (int day = 0; day < 20; ++day)
      store
          ->append(std::vector{click(test::Shop::brand, 1, test::start_of_test.plus_days(day), 0)},
                   {day + 1})
          .value();
  }
  EXPECT_TRUE(differences().empty()) << "left-overs are no difference";
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_rollups WHERE span = 1"), 20);
  const auto drop = [&] {
    return open()
        ->transact([](storage::Session& session) { return drop_old_hours(session, 5); })
        .value();
  };
  EXPECT_EQ(drop(), 10) << "five rows of each table";
  while (drop() > 0) {
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_rollups WHERE span = 1"), hours_kept_days + 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_rollups_by WHERE span = 1"), hours_kept_days + 1);
  EXPECT_TRUE(differences().empty());
}

TEST_P(ClickFile, TheStoreLetsGoOfOldHoursByItself) {
  const auto store = open_store();
  for (int day = 0; day < 20; ++day) {
    store
        ->append(std::vector{click(test::Shop::brand, 1, test::start_of_test.plus_days(day), 0),
                             click(other_brand, 2, test::start_of_test.plus_days(day), 1)},
                 {day + 1})
        .value();
    store->maintain();
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_rollups WHERE span = 1"), 2 * (hours_kept_days + 1));
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_rollups_by WHERE span = 1"),
            2 * (hours_kept_days + 1));
  EXPECT_TRUE(differences().empty());
}

TEST_P(ClickFile, ManyWordsCostNoMemory) {
  auto database = open();
  constexpr std::size_t kept_max = 100;
  ClickWords words(kept_max);
  database
      ->transact([&](storage::Session& session) {
        const std::int64_t first = words.word(session, WordKind::utm, "word 0");
        for (std::size_t i = 1; i <= kept_max + 10; ++i) {
          words.word(session, WordKind::utm, "word " + std::to_string(i));
          ASSERT_LE(words.kept(), kept_max);
        }
        EXPECT_LT(words.kept(), 20u) << "all were forgotten at the limit";
        EXPECT_EQ(words.word(session, WordKind::utm, "word 0"), first) << "read from the file";
      })
      .value();
}

TEST_P(ClickFile, ABatchThatFailedLeavesNoNumbersBehind) {
  const auto store = open_store();
  ClickRecord good = click(test::Shop::brand, 1, test::start_of_test, 0);
  good.referrer = "good.example";
  ClickRecord bad = click(test::Shop::brand, 1, test::start_of_test, 1);
  bad.referrer = "\xff";  // not UTF-8, which the file refuses
  EXPECT_FALSE(store->append(std::vector{good, bad}, {7}));
  EXPECT_EQ(store->position(), JournalPosition{});
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_words"), 0);
  EXPECT_EQ(store->append(std::vector{good}, {7}).value(), 1u);
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks AS c JOIN click_words AS w ON w.word_id = "
                   "c.referrer WHERE w.word = 'good.example'"),
            1);
  EXPECT_TRUE(differences().empty());
}

TEST_P(ClickFile, ThePositionInTheJournalIsStoredWithTheClicksAndNeverFalls) {
  const std::vector<ClickRecord> one{click(test::Shop::brand, 1, test::start_of_test, 0)};
  {
    const auto store = open_store();
    EXPECT_EQ(store->position().batch, 0);
    store->append(one, {5}).value();
    store->append(one, {3}).value();
    EXPECT_EQ(store->position().batch, 5);
  }
  EXPECT_EQ(open_store()->position().batch, 5);
}

TEST_P(ClickFile, RulesVersionsBeginWhereTheirClicksDo) {
  open_store()
      ->append(std::vector{click(test::Shop::brand, 1, test::start_of_test, 0)}, {1})
      .value();
  const std::int64_t stored = number("SELECT MAX(click_id) FROM clicks");
  EXPECT_EQ(number("SELECT first_click_id FROM click_epochs"), 0);
  write("UPDATE click_epochs SET rules_version = 0");
  open_store();
  open_store();
  EXPECT_EQ(number("SELECT COUNT(*) FROM click_epochs"), 2);
  EXPECT_EQ(number("SELECT MAX(first_click_id) FROM click_epochs"), stored + 1);
}

// The statements of a migration, which a session runs one by one.
void run_script(storage::Session& session, std::string_view script) {
  while (!script.empty()) {
    const std::size_t end = std::min(script.find(';'), script.size());
    const test::TestStatement statement(script.substr(0, end));
    if (script.substr(0, end).find_first_not_of(" \n") != std::string_view::npos)
      session.run(statement);
    script.remove_prefix(std::min(end + 1, script.size()));
  }
}

TEST_P(ClickFile, AFileOfTheFirstVersionIsCarriedOver) {
  const auto day = std::to_string(core::first_id_at(test::start_of_test));
  open()
      ->transact([&](storage::Session& session) {
        for (const char* table :
             {"clicks", "click_words", "click_rollups", "click_rollups_by", "click_visitors",
              "click_links", "click_profiles", "click_epochs", "click_state", "click_uses"})
          run_script(session, std::string("DROP TABLE ") + table);
        run_script(session, storage::migrations(storage::Schema::clicks)[0].sqlite);
        run_script(session, "DELETE FROM schema_migrations WHERE number > 1");
        run_script(session,
                   "INSERT INTO click_words (word_id, kind, word) VALUES (1, 1, 'DE'), (2, 2, "
                   "'phone'), (3, 6, 'from.example')");
        for (int i = 0; i < 3; ++i)
          run_script(session,
                     "INSERT INTO clicks (click_id, brand_id, link_id, verdict, rules_version, "
                     "visitor, network, country, device, os, browser, app, referrer, language, "
                     "utm, subs, flags) VALUES (" +
                         day + " + " + std::to_string(i) + ", 11, " + std::to_string(70 + i / 2) +
                         ", 0, 1, 9, x'010203', 1, 2, 0, 0, 0, 3, 0, 0, 0, 4)");
      })
      .value();
  auto clicks = open();
  ASSERT_TRUE(complete_rollups(database(), *clicks));
  ASSERT_TRUE(complete_rollups(database(), *clicks)) << "once is enough";
  clicks.reset();
  EXPECT_EQ(number("SELECT COUNT(*) FROM clicks AS c JOIN click_links AS l ON l.number = c.link "
                   "JOIN click_profiles AS p ON p.number = c.profile WHERE l.link_id = 70 AND "
                   "l.brand_id = 11 AND p.country = 1 AND p.device = 2 AND c.referrer = 3 AND "
                   "c.network = x'010203' AND c.visitor = 9 AND c.flags = 4"),
            2);
  EXPECT_EQ(number("SELECT clicks FROM click_rollups WHERE span = 2 AND link_id = 71"), 1);
  EXPECT_EQ(number("SELECT rules_version FROM click_epochs"), 1);
  EXPECT_TRUE(differences().empty());
}

}  // namespace
}  // namespace fairlead::redirect
