// Prefetches whose tokens came back: judged live and again by rescore, both come to the same.
#include "redirect/activation.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/click_verdict.hpp"
#include "redirect/bots.hpp"
#include "redirect/click_store.hpp"
#include "redirect/day_of_brand.hpp"
#include "redirect/repeat_judge.hpp"
#include "redirect/rescore.hpp"
#include "tests/redirect/golden_lines.hpp"
#include "tests/redirect/shop.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

using core::ClickVerdict;

const test::TestStatement insert_touchpoint(
    "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, click_id, link_id, "
    "outcome) VALUES ($1, $2, 0, 'click', 'token', $3, $4, 'credited')");
const test::TestStatement insert_foreign_touchpoints(
    "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, click_id, outcome) "
    "VALUES ($1, 1, 0, 'click', 'token', $2, 'foreign'), "
    "($1, 1, 1, 'click', 'token', $2, 'same_touch')");
const test::TestStatement select_verdicts(
    "SELECT c.verdict, COALESCE(w.word, '') FROM clicks AS c "
    "LEFT JOIN click_words AS w ON w.word_id = c.rule ORDER BY c.click_id");

// "valid/activated duplicate/ …", in the order of the clicks.
using Judged = std::vector<std::pair<ClickVerdict, std::string>>;

// One stream of clicks in a file of its own.
class Stream {
 public:
  explicit Stream(const std::string& clicks) {
    for (const std::string& word : test::words_of(clicks))
      add(word);
  }
  core::ClickId id(const std::string& name) const { return ids_.at(name); }
  std::vector<core::ClickId> ids(const std::vector<std::string>& names) const {
    std::vector<core::ClickId> all;
    for (const std::string& name : names)
      all.push_back(id(name));
    return all;
  }

  // As the recorder's writer judges it and the folder stores it.
  Judged live(const std::vector<core::ClickId>& returned) const {
    test::TemporaryDirectory directory;
    const std::string file = directory.file("clicks.db");
    auto store = ClickStore::open(open(file)).value();
    store->append(clicks_, {1}).value();
    const std::vector<BrandRecord> brands = brands_of(*main_);
    for (const core::ClickId one : returned)
      store->activate({{one}, brands, window_s}).value();
    store.reset();
    return judged(file);
  }
  // With an order of another brand that brought one back, twice.
  Judged rescored_with_foreign(core::ClickId returned) const {
    main_
        ->transact([&](storage::Session& session) {
          session.run(insert_foreign_touchpoints, test::Shop::brand.number + 1, returned);
        })
        .value();
    return rescored({});
  }
  Judged rescored(const std::vector<core::ClickId>& returned) const {
    test::TemporaryDirectory directory;
    const std::string file = directory.file("clicks.db");
    ClickStore::open(open(file)).value()->append(clicks_, {1}).value();
    main_
        ->transact([&](storage::Session& session) {
          for (std::size_t i = 0; i < returned.size(); ++i)
            session.run(insert_touchpoint, test::Shop::brand, i + 1, returned[i], 1);
        })
        .value();
    rescore(*main_, *open(file), {.duplicate_window_s = window_s}).value();
    return judged(file);
  }

 private:
  static constexpr std::uint32_t window_s = 10;

  void add(const std::string& word) {
    const auto parts = test::parts_of(word, "@");
    const auto numbers = test::parts_of(parts.at(1), "/");
    const auto number = [&](std::size_t i, std::int64_t when_absent) {
      return i < numbers.size() ? std::stoll(numbers[i]) : when_absent;
    };
    const core::Instant at{test::start_of_test.micros + number(0, 0) * 1'000};
    ClickRecord click{.id = {core::first_id_at(at) + static_cast<std::int64_t>(clicks_.size())},
                      .brand = test::Shop::brand,
                      .link = {number(2, 1)}};
    const DayAndHour day = days_.of(click.brand, core::Zone::parse("Europe/Berlin").value(), at);
    click.day = day.day;
    click.hour = day.hour;
    click.visitor = number(1, 1);
    click.who = click.visitor == 0 ? 999 : static_cast<std::uint64_t>(click.visitor);
    if (word.starts_with('p')) {
      click.verdict = ClickVerdict::prefetch;
      click.rule = "sec-purpose";
    } else if (word.starts_with('b')) {
      click.verdict = ClickVerdict::bot;
      click.rule = rule_no_agent;
    }
    click.verdict = repeats_.judge(click);
    clicks_.push_back(click);
    ids_[parts[0]] = click.id;
  }
  static std::unique_ptr<storage::Database> open(const std::string& file) {
    return storage::open({.url = "sqlite:" + file, .schema = storage::Schema::clicks}).value();
  }
  static std::vector<BrandRecord> brands_of(storage::Database& main) {
    return main.read([](storage::Session& session) { return read_brands(session); }).value();
  }
  Judged judged(const std::string& file) const {
    const auto clicks = open(file);
    const auto differences =
        main_
            ->read([&](storage::Session& main) {
              return clicks->read([&](storage::Session& session) { return verify(main, session); })
                  .value();
            })
            .value();
    for (const core::Difference& one : differences)
      ADD_FAILURE() << one.what << ": " << one.expected << ", stored " << one.stored;
    Judged all;
    const auto rows =
        clicks->read([](storage::Session& session) { return session.run(select_verdicts); });
    for (const storage::Row& row : rows.value())
      all.emplace_back(static_cast<ClickVerdict>(row.integer(0)), row.text(1));
    return all;
  }

  test::TestDatabase main_{storage::Engine::sqlite};
  test::Shop shop_{*main_};
  RepeatJudge repeats_{{.duplicate_window_s = window_s}};
  DayOfBrand days_;
  std::vector<ClickRecord> clicks_;
  std::map<std::string, core::ClickId> ids_;
};

std::string words_of(const Judged& judged) {
  std::string words;
  for (const auto& [verdict, rule] : judged)
    words += (words.empty() ? "" : " ") + std::string(core::name_of(verdict));
  return words;
}

TEST(Activation, VerdictsAreThoseOfTheGoldenTableLiveAndByRescore) {
  const auto lines = golden_lines("activations.txt", 3);
  ASSERT_GE(lines.size(), 25u);
  for (const auto& line : lines) {
    const Stream stream(line.fields[0]);
    const auto returned = stream.ids(test::words_of(line.fields[1]));
    const Judged live = stream.live(returned);
    EXPECT_EQ(words_of(live), line.fields[2]) << line.where << ", live";
    EXPECT_EQ(stream.rescored(returned), live) << line.where << ", by rescore";
  }
}

TEST(Activation, AnOrderOfAnotherBrandActivatesNothingByRescore) {
  const Stream stream("p1@0");
  EXPECT_EQ(words_of(stream.rescored_with_foreign(stream.id("p1"))), "prefetch");
}

TEST(Activation, AnyStreamComesToTheSameLiveAndByRescore) {
  test::Random random;
  for (int round = 0; round < 40; ++round) {
    std::string text;
    std::vector<std::string> names;
    std::int64_t at_ms = 49'400'000;  // before midnight in Berlin, and behind it
    for (int i = 0; i < 30; ++i) {
      at_ms += random.between(0, 1) == 0 ? random.between(0, 2'000) : random.between(0, 20'000);
      const std::string name = std::string(1, "pppccccb"[random.between(0, 7)]) + std::to_string(i);
      names.push_back(name);
      text += name + "@" + std::to_string(at_ms) + "/" + std::to_string(random.between(0, 3)) +
              "/" + std::to_string(random.between(1, 2)) + " ";
    }
    const Stream stream(text);
    std::vector<core::ClickId> returned;
    for (int i = 0; i < 8; ++i)
      returned.push_back(
          stream.id(names[static_cast<std::size_t>(random.between(0, std::ssize(names) - 1))]));
    ASSERT_EQ(stream.rescored(returned), stream.live(returned)) << text;
  }
}

}  // namespace
}  // namespace fairlead::redirect
