// History under other rules: there and back again gives the first numbers, rollups stay equal to a
// recount, and what is not stored is not guessed.
#include "redirect/rescore.hpp"

#include <gtest/gtest.h>

#include <random>

#include "redirect/bot_lists.hpp"
#include "redirect/bots.hpp"
#include "redirect/brands.hpp"
#include "redirect/click_store.hpp"
#include "redirect/day_of_brand.hpp"
#include "tests/redirect/shop.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

using core::ClickVerdict;
using Counts = std::map<ClickVerdict, std::int64_t>;

const test::TestStatement insert_touchpoint(
    "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, click_id, link_id, "
    "outcome) VALUES ($1, $2, 0, 'click', 'token', $3, $4, 'credited')");
const test::TestStatement count_verdicts(
    "SELECT verdict, COUNT(*) FROM clicks GROUP BY verdict ORDER BY verdict");
const test::TestStatement find_rule(
    "SELECT COALESCE(w.word, '') FROM clicks AS c LEFT JOIN click_words AS w ON w.word_id = c.rule "
    "WHERE c.click_id = $1");

std::optional<ClickVerdict> first_rules(std::string_view rule) {
  if (rule == "one" || rule == "two") return ClickVerdict::bot;
  return rule == "card" ? std::optional(ClickVerdict::preview) : present_rule(rule);
}
// "one" is forgiven, "card" became a bot, and an app's name is a bot's.
std::optional<ClickVerdict> second_rules(std::string_view rule) {
  if (rule == "one") return std::nullopt;
  if (rule == "two" || rule == "card" || rule == "instagram") return ClickVerdict::bot;
  return present_rule(rule);
}

class Rescoring : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    test::OnEveryEngine::SetUp();
    shop_ = std::make_unique<test::Shop>(database());
    link_ = shop_->add_link({.slug = "mia"});
  }

  core::ClickId add(ClickRecord click, std::int64_t at_ms) {
    const auto zone = core::Zone::parse("Europe/Berlin").value();
    click.id = {core::first_id_at({test::start_of_test.micros + at_ms * 1000}) + next_++};
    click.brand = test::Shop::brand;
    if (!click.link) click.link = link_;
    const DayAndHour at = days_.of(click.brand, zone, core::instant_of_id(click.id.number));
    click.day = at.day;
    click.hour = at.hour;
    added_.push_back(click);
    return click.id;
  }
  std::unique_ptr<storage::Database> open() const {
    return storage::open(
               {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
        .value();
  }
  void store() {
    ClickStore::open(open()).value()->append(added_, {1}).value();
    clicks_ = open();
  }
  RescoreReport rescored(RescoreRequest request = {}, const RuleBook& rules = present_rule) {
    auto report = rescore_by(database(), *clicks_, request, rules, 7);
    EXPECT_TRUE(report) << report.error().detail;
    const auto differences = database().read([&](storage::Session& main) {
      return clicks_->read([&](storage::Session& session) { return verify(main, session); })
          .value();
    });
    for (const core::Difference& one : differences.value())
      ADD_FAILURE() << one.what << ": " << one.expected << ", stored " << one.stored;
    return std::move(*report);
  }
  Counts stored() {
    Counts counts;
    const auto rows =
        clicks_->read([](storage::Session& session) { return session.run(count_verdicts); });
    for (const storage::Row& row : rows->rows)
      counts[static_cast<ClickVerdict>(row.integer(0))] = row.integer(1);
    return counts;
  }
  std::string rule_of(core::ClickId click) {
    return clicks_
        ->read(
            [&](storage::Session& session) { return session.run(find_rule, click).one().text(0); })
        .value();
  }

  test::TemporaryDirectory directory_;
  std::unique_ptr<test::Shop> shop_;
  core::LinkId link_;
  std::unique_ptr<storage::Database> clicks_;
  std::vector<ClickRecord> added_;
  DayOfBrand days_;
  std::int64_t next_ = 0;
};
INSTANTIATE_ON_ENGINES(Rescoring);

TEST_P(Rescoring, ThereAndBackAgainGivesTheFirstNumbers) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  constexpr std::string_view rules[] = {"",          "one",  "two",        "card",
                                        "instagram", "head", "sec-purpose"};
  for (int i = 0; i < 3000; ++i) {
    ClickRecord click;
    click.rule = rules[random() % std::size(rules)];
    click.verdict = click.rule.empty() ? ClickVerdict::valid
                                       : first_rules(click.rule).value_or(ClickVerdict::valid);
    click.visitor = static_cast<std::int64_t>(random() % 200);
    click.link = {static_cast<std::int64_t>(1 + random() % 3)};
    add(click, static_cast<std::int64_t>(random() % 600'000) + i * 60'000);
  }
  std::sort(added_.begin(), added_.end(),
            [](const ClickRecord& a, const ClickRecord& b) { return a.id < b.id; });
  store();
  rescored({}, first_rules);
  const Counts first = stored();
  EXPECT_EQ(rescored({}, first_rules).changed, 0);
  const RescoreReport report = rescored({}, second_rules);
  EXPECT_GT(report.changed, 500);
  EXPECT_EQ(report.clicks, 3000);
  const Counts second = stored();
  EXPECT_NE(second, first);
  Counts after;
  for (const auto& [link, effect] : report.links)
    for (const auto& [verdict, count] : effect.after)
      after[verdict] += count;
  EXPECT_EQ(after, second);
  rescored({}, first_rules);
  EXPECT_EQ(stored(), first);
}

TEST_P(Rescoring, APrefetchWhoseTokenCameBackIsActivated) {
  const auto back = add({.verdict = ClickVerdict::prefetch, .visitor = 1, .rule = "purpose"}, 0);
  add({.verdict = ClickVerdict::prefetch, .visitor = 2, .rule = "purpose"}, 1);
  const auto bot = add({.verdict = ClickVerdict::bot, .rule = rule_no_agent}, 2);
  store();
  database()
      .transact([&](storage::Session& session) {
        session.run(insert_touchpoint, test::Shop::brand, 1, back, link_);
        session.run(insert_touchpoint, test::Shop::brand, 2, bot, link_);
      })
      .value();
  const RescoreReport report = rescored();
  EXPECT_EQ(report.changed, 1);
  EXPECT_EQ(report.links.at(link_).slug, "mia");
  EXPECT_EQ(rule_of(back), "activated");
  EXPECT_EQ(rescored().changed, 0) << "it stays activated";
  EXPECT_EQ(
      stored(),
      (Counts{{ClickVerdict::valid, 1}, {ClickVerdict::prefetch, 1}, {ClickVerdict::bot, 1}}));
}

TEST_P(Rescoring, AnotherWindowFindsOtherDuplicates) {
  for (const std::int64_t at_ms : {0, 5'000, 25'000})
    add({.visitor = 5}, at_ms);
  add({.visitor = 6}, 26'000);
  store();
  EXPECT_EQ(rescored({.duplicate_window_s = 10}).changed, 1);
  EXPECT_EQ(rescored({.duplicate_window_s = 30}).changed, 1);
  EXPECT_EQ(stored()[ClickVerdict::duplicate], 2);
  EXPECT_EQ(rescored({.duplicate_window_s = 0}).changed, 2);
  EXPECT_EQ(stored(), (Counts{{ClickVerdict::valid, 4}}));
}

TEST_P(Rescoring, WhatIsNotKnownStaysAsItWasJudged) {
  add({.verdict = ClickVerdict::duplicate}, 0);            // nobody may know who
  add({.verdict = ClickVerdict::flood, .visitor = 3}, 1);  // agents are not kept
  add({.verdict = ClickVerdict::unknown_agent}, 2);        // of before rules were kept
  add({.verdict = ClickVerdict::bot}, 3);
  store();
  EXPECT_EQ(rescored({.duplicate_window_s = 0}).changed, 0);
}

TEST_P(Rescoring, DatacentersFollowTheSetting) {
  add({.flags = flag_datacenter, .visitor = 1}, 0);
  add({.verdict = ClickVerdict::bot, .flags = flag_datacenter, .rule = rule_no_agent}, 1);
  store();
  EXPECT_EQ(rescored({.refuse_datacenters = true}).changed, 1);
  EXPECT_EQ(stored()[ClickVerdict::datacenter], 1);
  EXPECT_EQ(rescored({.refuse_datacenters = false}).changed, 1);
  EXPECT_EQ(stored()[ClickVerdict::valid], 1);
}

TEST_P(Rescoring, OnlyClicksSinceThenChangeAndADryRunChangesNone) {
  add({.visitor = 1}, 0);
  const auto later = add({.visitor = 1}, 5'000);
  store();
  const RescoreRequest since{.since = core::instant_of_id(later.number), .is_dry_run = true};
  const RescoreReport report = rescored(since);
  EXPECT_EQ(report.clicks, 1);
  EXPECT_EQ(report.changed, 1) << "the click before tells it is a repeat";
  EXPECT_EQ(stored(), (Counts{{ClickVerdict::valid, 2}}));
  EXPECT_EQ(rescored({.since = since.since}).changed, 1);
}

TEST(PresentRules, NamesAreKnownAndOldPatternsAskThePresentLists) {
  EXPECT_EQ(present_rule("sec-purpose"), ClickVerdict::prefetch);
  EXPECT_EQ(present_rule("tiktok preloader"), ClickVerdict::prefetch);
  EXPECT_EQ(present_rule("whatsapp"), ClickVerdict::preview);
  EXPECT_EQ(present_rule("instagram"), ClickVerdict::valid);
  EXPECT_EQ(present_rule(rule_head), ClickVerdict::head);
  EXPECT_EQ(present_rule(rule_embedded), ClickVerdict::embedded);
  EXPECT_EQ(present_rule(rule_datacenter), ClickVerdict::datacenter);
  EXPECT_EQ(present_rule(listed_patterns().back().name), ClickVerdict::bot);
  EXPECT_EQ(present_rule(listed_patterns().front().name), ClickVerdict::preview);
  EXPECT_EQ(present_rule("some-list Formerbot\\/"), ClickVerdict::bot) << "the word bot still hits";
  EXPECT_EQ(present_rule("some-list AP3A\\.240617\\.008"), std::nullopt);
  EXPECT_EQ(present_rule("gone"), std::nullopt);
}

}  // namespace
}  // namespace fairlead::redirect
