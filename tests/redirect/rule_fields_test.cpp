// Rules as JSON: what is refused and where, that what is stored is what was meant, and that no JSON
// whatsoever breaks the reader.
#include "redirect/rule_fields.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "redirect/link_routes.hpp"
#include "tests/redirect/golden_lines.hpp"
#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

const std::vector<std::string> domains = {"shop.example"};

// Reads a body as POST /v1/links does. The pointers of its problems; "" when it is accepted.
std::string problems_of(std::string_view body, LinkRules& rules) {
  net::Fields fields(body);
  read_rules(fields, rules);
  std::string pointers;
  if (const auto refusal = fields.refusal()) {
    const boost::json::value problem = boost::json::parse(refusal->body);
    for (const boost::json::value& error : problem.at("errors").as_array()) {
      EXPECT_FALSE(error.at("detail").as_string().empty());
      const std::string pointer(error.at("pointer").as_string());
      pointers.append(pointers.empty() ? "" : " ").append(pointer);
    }
    EXPECT_TRUE(problem.at("code") == "invalid_json" || !pointers.empty()) << body;
    return pointers.empty() ? "body" : pointers;
  }
  auto good = check_rules(rules);
  if (good) good = check_rule_destinations(rules, {}, domains);
  return good ? "" : refused_field(good.error())->pointer;
}

TEST(RuleFields, RefusalsNameEveryPlace) {
  const auto lines = golden_lines("bad_rules.txt", 2);
  ASSERT_GE(lines.size(), 60u);
  for (const auto& line : lines) {
    LinkRules rules;
    EXPECT_EQ(problems_of(line.fields[0], rules), line.fields[1]) << line.where;
  }
}

TEST(RuleFields, WhatIsStoredIsWhatWasMeant) {
  constexpr std::string_view body =
      R"({"starts_at":"2026-01-01T00:00:00Z","before_start_url":"https://shop.example/soon",)"
      R"("ends_at":"2026-12-31T23:00:00Z","expired_url":"https://shop.example/over",)"
      R"("click_limit":500,"limit_reached_url":"https://shop.example/gone",)"
      R"("targets":[{"if":{"device":["phone"],"os":["ios"],"country":["DE"],"language":["de"],)"
      R"("app":["instagram"],"query":{"a":["1"],"b":true},"from":"2026-02-01T00:00:00Z",)"
      R"("to":"2026-03-01T00:00:00Z"},"destination":"https://shop.example/m"}],)"
      R"("split":[{"destination":"https://shop.example/a","weight":3,"variant":1},)"
      R"({"destination":"https://shop.example/b","weight":1,"variant":2}],)"
      R"("deep_links":{"ios":{"url":"https://app.shop.example/p"},)"
      R"("android":{"package":"com.example.shop","scheme":"https"}},)"
      R"("fallback_url":"https://shop.example/home"})";
  LinkRules rules;
  ASSERT_EQ(problems_of(body, rules), "");
  EXPECT_EQ(rules_text(rules), body);
  EXPECT_EQ(rules_text(stored_rules(body).value()), body);
  EXPECT_EQ(rules_text({}), "");
  EXPECT_TRUE(stored_rules("").value().empty());
  EXPECT_FALSE(stored_rules("{"));
  EXPECT_FALSE(stored_rules(R"({"click_limit":0})"));
  EXPECT_EQ(stored_rules(R"({"targets":[{"if":{"os":["dos"]},"destination":"x"}]})").error().detail,
            "/targets/0/if/os: \"os\" knows ios, android, windows, macos, linux, chromeos, other; "
            "not \"dos\"");
  EXPECT_TRUE(stored_rules("{").error().detail.starts_with("the body is not usable JSON"));
}

TEST(RuleFields, EditsReplaceRemoveAndLeaveAlone) {
  LinkRules rules;
  ASSERT_EQ(problems_of(R"({"click_limit":5,"fallback_url":"https://shop.example/",)"
                        R"("deep_links":{"android":{"package":"a.b"}}})",
                        rules),
            "");
  ASSERT_EQ(problems_of("{}", rules), "");
  EXPECT_EQ(rules.click_limit, 5);
  ASSERT_EQ(
      problems_of(R"({"click_limit":null,"deep_links":null,"split":[],"targets":null})", rules),
      "");
  EXPECT_EQ(rules_text(rules), R"({"fallback_url":"https://shop.example/"})");
}

TEST(RuleFields, BranchesWithoutNumberTakeTheLowestFree) {
  LinkRules rules;
  ASSERT_EQ(problems_of(R"({"split":[{"destination":"https://shop.example/a","weight":1},)"
                        R"({"destination":"https://shop.example/b","weight":1,"variant":1},)"
                        R"({"destination":"https://shop.example/c","weight":1}]})",
                        rules),
            "");
  EXPECT_EQ(rules.split[0].variant, 2);
  EXPECT_EQ(rules.split[1].variant, 1);
  EXPECT_EQ(rules.split[2].variant, 3);
}

TEST(RuleFields, CountsAndSizesHaveLimits) {
  const auto targets = [](int count, std::size_t padding) {
    std::string body = R"({"targets":[)";
    for (int i = 0; i < count; ++i)
      body.append(i == 0 ? "" : ",")
          .append(R"({"if":{"os":["ios"]},"destination":"https://shop.example/)")
          .append(padding, 'x')
          .append("\"}");
    return body + "]}";
  };
  LinkRules rules;
  EXPECT_EQ(problems_of(targets(50, 1), rules), "");
  EXPECT_EQ(problems_of(targets(51, 1), rules), "/targets");
  EXPECT_EQ(problems_of(targets(50, 2'000), rules), "/targets") << "64 KiB in all";
  const auto split = [](int count) {
    std::string body = R"({"targets":[],"split":[)";
    for (int i = 0; i < count; ++i)
      body.append(i == 0 ? "" : ",")
          .append(R"({"destination":"https://shop.example/","weight":1})");
    return body + "]}";
  };
  EXPECT_EQ(problems_of(split(20), rules), "");
  EXPECT_EQ(problems_of(split(21), rules), "/split");
}

TEST(RuleFields, DomainThatLeftTheListDoesNotRefuseAnotherEdit) {
  LinkRules before;
  before.fallback_url = "https://left.example/";
  LinkRules rules = before;
  rules.click_limit = 5;
  EXPECT_TRUE(check_rule_destinations(rules, before, domains));
  rules.fallback_url = "https://left.example/other";
  EXPECT_FALSE(check_rule_destinations(rules, before, domains));
}

TEST(RuleFields, FallbackHasNoMacrosBecauseNobodyReplacesThem) {
  LinkRules rules;
  rules.fallback_url = "https://shop.example/?from={slug}";
  const auto refused = check_rule_destinations(rules, {}, domains);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail,
            "fallback_url must not have macros: a fallback is sent as it is");
  rules.fallback_url = "https://shop.example/?from=%7Bslug%7D";
  EXPECT_TRUE(check_rule_destinations(rules, {}, domains));
}

// Any JSON of the fields' own words and of others.
boost::json::value any_json(test::Random& random, int depth) {
  static constexpr std::array words = {"starts_at",
                                       "ends_at",
                                       "click_limit",
                                       "before_start_url",
                                       "targets",
                                       "if",
                                       "device",
                                       "query",
                                       "split",
                                       "weight",
                                       "variant",
                                       "ios",
                                       "android",
                                       "destination",
                                       "package",
                                       "scheme",
                                       "deep_links",
                                       "fallback_url",
                                       "url",
                                       "phone",
                                       "from",
                                       "country",
                                       "DE",
                                       "language",
                                       "app",
                                       "os",
                                       "any",
                                       "a~/b",
                                       "2026-01-01T00:00:00Z",
                                       "https://shop.example/",
                                       "https://evil.example/",
                                       "com.example.shop"};
  const auto word = [&] {
    return words.at(static_cast<std::size_t>(random.between(0, words.size() - 1)));
  };
  switch (random.between(0, depth > 0 ? 7 : 4)) {
    case 0:
      return nullptr;
    case 1:
      return random.between(0, 1) == 0;
    case 2:
      return random.any_integer();
    case 3:
    case 4:
      return word();
    case 5: {
      boost::json::array list;
      for (std::int64_t count = random.between(0, 4); count > 0; --count)
        list.push_back(any_json(random, depth - 1));
      return list;
    }
    default: {
      boost::json::object object;
      for (std::int64_t count = random.between(0, 6); count > 0; --count)
        object[word()] = any_json(random, depth - 1);
      return object;
    }
  }
}

TEST(RuleFields, AnyJsonIsReadOrItsPlaceIsNamed) {
  test::Random random;
  int accepted = 0;
  for (int i = 0; i < 4'000; ++i) {
    boost::json::object object;
    for (std::int64_t count = random.between(0, 3); count > 0; --count) {
      static constexpr std::array fields = {"starts_at",  "ends_at", "click_limit", "fallback_url",
                                            "deep_links", "targets", "split",       "expired_url"};
      object[fields.at(static_cast<std::size_t>(random.between(0, fields.size() - 1)))] =
          any_json(random, 5);
    }
    const std::string body = boost::json::serialize(object);
    LinkRules rules;
    const std::string problems = problems_of(body, rules);
    if (!problems.empty()) {
      EXPECT_EQ(problems.front(), '/') << body;
      continue;
    }
    ++accepted;
    const std::string stored = rules_text(rules);
    const auto again = stored_rules(stored);
    ASSERT_TRUE(again) << body << " → " << stored;
    EXPECT_EQ(rules_text(*again), stored) << body;
  }
  EXPECT_GT(accepted, 100) << "the generator must not only make nonsense";
}

}  // namespace
}  // namespace fairlead::redirect
