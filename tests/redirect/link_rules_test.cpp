// What a link's rules decide: the golden table, and how a split behaves over many visitors.
#include "redirect/link_rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>

#include "redirect/bots.hpp"
#include "redirect/deep_link.hpp"
#include "redirect/rule_fields.hpp"
#include "redirect/rule_words.hpp"
#include "tests/redirect/golden_lines.hpp"
#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

constexpr std::array<std::string_view, 7> reason_names = {
    "own", "target", "split", "ios_app", "before_start", "expired", "used_up"};

Visit visit_of(const std::vector<std::string>& words) {
  Visit visit{.at = core::parse_instant("2026-06-15T12:00:00Z").value(), .link = {1}};
  for (const std::string_view word : words) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
    if (name == "at") {
      visit.at = core::parse_instant(value).value();
    } else if (name == "device") {
      visit.device = value;
    } else if (name == "os") {
      visit.os = value;
    } else if (name == "browser") {
      visit.browser = value;
    } else if (name == "app") {
      visit.app = value;
    } else if (name == "country") {
      visit.country = value;
    } else if (name == "language") {
      visit.language = value;
    } else if (name == "query") {
      visit.query = value;
    } else if (name == "visitor") {
      std::from_chars(value.data(), value.data() + value.size(), visit.visitor);
    } else {
      EXPECT_EQ(word, "used_up");
      visit.is_used_up = true;
    }
  }
  return visit;
}

TEST(LinkRules, ChoicesAreThoseOfTheGoldenTable) {
  const auto lines = golden_lines("link_rules.txt", 5);
  ASSERT_GE(lines.size(), 70u);
  for (const auto& line : lines) {
    const auto rules = stored_rules(line.fields[0]);
    ASSERT_TRUE(rules) << line.where << rules.error().detail;
    const std::vector<std::string> words = test::words_of(line.fields[1]);
    const Choice choice = choose(*rules, visit_of(words));
    std::string led_to(url_of(*rules, choice));
    if (choice.reason == Reason::own) led_to = "own";
    if (choice.is_for_app) led_to += " for-app";
    EXPECT_EQ(led_to, line.fields[2]) << line.where;
    EXPECT_EQ(std::to_string(choice.variant), line.fields[3]) << line.where;
    EXPECT_EQ(reason_names.at(static_cast<std::size_t>(choice.reason)), line.fields[4])
        << line.where;
  }
}

std::vector<Branch> branches(const std::vector<std::int64_t>& weights) {
  std::vector<Branch> split;
  for (const std::int64_t weight : weights)
    split.push_back({static_cast<std::uint8_t>(split.size() + 1), weight, ""});
  return split;
}

TEST(LinkRules, SplitGivesEachBranchItsShare) {
  test::Random random;
  constexpr int visitors = 20'000;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int64_t> weights;
    std::int64_t sum = 0;
    for (std::int64_t count = random.between(2, 20); count > 0; --count)
      sum += weights.emplace_back(random.between(1, 100));
    const std::vector<Branch> split = branches(weights);
    const core::LinkId link{random.any_integer()};
    std::vector<int> counts(split.size());
    // Neighbouring visitors must spread as well as random ones do.
    const auto first = static_cast<std::uint64_t>(random.any_integer());
    for (std::uint64_t i = 0; i < visitors; ++i)
      ++counts[choose_branch(split, first + i, link)];
    for (std::size_t i = 0; i < split.size(); ++i) {
      const double share = static_cast<double>(weights[i]) / static_cast<double>(sum);
      const double deviation = std::sqrt(visitors * share * (1 - share));
      EXPECT_NEAR(counts[i], visitors * share, 6 * deviation) << "branch " << i;
    }
  }
}

TEST(LinkRules, SplitMovesOnlyWhoComesToOrLeavesTheChangedBranch) {
  test::Random random;
  const core::LinkId link{random.any_integer()};
  const std::vector<Branch> two = branches({3, 1});
  const std::vector<Branch> three = branches({3, 1, 2});
  std::vector<Branch> reordered = three;
  std::swap(reordered[0], reordered[2]);
  std::vector<Branch> heavier = three;
  heavier[1].weight = 5;
  int moved = 0;
  constexpr int visitors = 20'000;
  for (int i = 0; i < visitors; ++i) {
    const auto visitor = static_cast<std::uint64_t>(random.between(0, INT64_MAX));
    const auto in = [&](const std::vector<Branch>& split) {
      return split[choose_branch(split, visitor, link)].variant;
    };
    EXPECT_EQ(in(two), in(two)) << "the same visitor, the same branch";
    if (in(three) != in(two)) {
      EXPECT_EQ(in(three), 3) << "to the new branch or not at all";
      ++moved;
    }
    EXPECT_EQ(in(reordered), in(three)) << "the order of the branches says nothing";
    EXPECT_TRUE(in(heavier) == in(three) || in(heavier) == 2) << "only to the heavier branch";
  }
  EXPECT_NEAR(moved, visitors / 3, 500) << "its share: 2 of 6";
}

TEST(LinkRules, OtherLinksSplitTheSameVisitorsIndependently) {
  const std::vector<Branch> split = branches({1, 1});
  int same = 0;
  for (std::uint64_t visitor = 0; visitor < 10'000; ++visitor)
    same += choose_branch(split, visitor, {1}) == choose_branch(split, visitor, {2}) ? 1 : 0;
  EXPECT_NEAR(same, 5'000, 300);
}

TEST(DeepLinks, IntentCarriesThePageAsItsWayOut) {
  const auto intent = [](std::string_view web, const AndroidApp& app) {
    std::string out;
    append_intent(out, web, app);
    return out;
  };
  EXPECT_EQ(intent("https://shop.example/p?a=1&fl_click=T", {.package = "com.example.shop"}),
            "intent://shop.example/p?a=1&fl_click=T#Intent;scheme=https;package=com.example.shop;"
            "S.browser_fallback_url=https%3A%2F%2Fshop.example%2Fp%3Fa%3D1%26fl_click%3DT;end");
  EXPECT_EQ(intent("https://shop.example/p;end#Intent;package=evil;end",
                   {.package = "com.example.shop", .scheme = "shop"}),
            "intent://shop.example/p;end#Intent;scheme=shop;package=com.example.shop;"
            "S.browser_fallback_url=https%3A%2F%2Fshop.example%2Fp%3Bend%23Intent%3Bpackage%3Devil"
            "%3Bend;end")
      << "nothing of the page can name another app";
}

TEST(RuleWords, EveryAppThatClicksShowCanBeTargeted) {
  for (const AppRule& rule : app_agents())
    EXPECT_NE(std::find(app_words.begin(), app_words.end(), rule.app), app_words.end()) << rule.app;
}

TEST(RuleWords, EdgesOfWhatIsAllowed) {
  for (const char* good : {"DE", "GB", "AD", "ZW", "US"})
    EXPECT_TRUE(is_country(good)) << good;
  for (const char* bad : {"", "D", "UK", "XX", "de", "DEU", "E ", " A"})
    EXPECT_FALSE(is_country(bad)) << bad;
  for (const char* good : {"com.example.shop", "a.b", "Com.X_1.y2"})
    EXPECT_TRUE(is_android_package(good)) << good;
  for (const char* bad :
       {"", "shop", ".a.b", "a..b", "a.b.", "1.a", "a.1b", "a.b;c", "a.b c", "ä.b"})
    EXPECT_FALSE(is_android_package(bad)) << bad;
  for (const char* good : {"https", "shop", "com.example.shop", "x-shop+2"})
    EXPECT_TRUE(is_app_scheme(good)) << good;
  for (const char* bad : {"", "http", "javascript", "data", "file", "content", "intent", "Shop",
                          "1shop", "sh op", "shop;", "market"})
    EXPECT_FALSE(is_app_scheme(bad)) << bad;
}

}  // namespace
}  // namespace fairlead::redirect
