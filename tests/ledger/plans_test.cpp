#include "ledger/plans.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "ledger/commission.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::ledger {
namespace {

core::Result<Plan> parse(const char* text) {
  return parse_plan(boost::json::parse(text).as_object());
}

TEST(Plans, PayWhatTheGoldenLinesSay) {
  for (const test::GoldenLine& line : test::golden_lines("ledger/plans.txt", 4)) {
    const auto amount =
        commission_minor({line.fields[0], line.fields[1]}, std::stoll(line.fields[2]));
    ASSERT_TRUE(amount) << line.where;
    EXPECT_EQ(*amount, std::stoll(line.fields[3])) << line.where;
  }
}

TEST(Plans, EveryKindHasGoldenLinesForCommissionAndRefund) {
  for (const PlanKind& entry : plan_kinds())
    for (const auto& [file, fields] :
         {std::pair{"ledger/plans.txt", 4U}, std::pair{"ledger/refunds.txt", 5U}}) {
      const auto lines = test::golden_lines(file, fields);
      EXPECT_TRUE(
          std::any_of(lines.begin(), lines.end(),
                      [&](const test::GoldenLine& line) { return line.fields[0] == entry.kind; }))
          << file << " has no line of kind " << entry.kind;
    }
}

TEST(Plans, ParseGivesCanonicalTermsAndTheJsonBack) {
  const auto plan = parse(R"({"rate_ppm":100000,"kind":"percent"})");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->kind, "percent");
  EXPECT_EQ(plan->terms, R"({"rate_ppm":100000})");
  EXPECT_EQ(boost::json::serialize(plan_json(*plan)), R"({"kind":"percent","rate_ppm":100000})");
}

TEST(Plans, ParseTakesTheWholeRangeOfARate) {
  EXPECT_TRUE(parse(R"({"kind":"percent","rate_ppm":0})"));
  EXPECT_TRUE(parse(R"({"kind":"percent","rate_ppm":1000000})"));
}

TEST(Plans, ParseRefusesAndNamesTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "\"kind\""},
      {R"({"kind":7})", "\"kind\""},
      {R"({"kind":"precent","rate_ppm":1})", "\"precent\""},
      {R"({"kind":"percent"})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":null})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":-1})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":1000001})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":0.1})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":18446744073709551615})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":"100000"})", "\"rate_ppm\""},
      {R"({"kind":"percent","rate_ppm":1,"rate":2})", "\"rate\""},
  };
  for (const auto& [text, named] : cases) {
    const auto plan = parse(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error().code, core::Errc::invalid) << text;
    EXPECT_NE(plan.error().detail.find(named), std::string::npos) << plan.error().detail;
  }
}

TEST(Plans, ADamagedStoredPlanIsAnErrorNotAnAmount) {
  EXPECT_FALSE(commission_minor({"percent", "{}"}, 100));
  EXPECT_FALSE(commission_minor({"percent", "not json"}, 100));
  EXPECT_FALSE(commission_minor({"percent", R"({"rate_ppm":2000000})"}, 100));
  EXPECT_FALSE(commission_minor({"unheard_of", "{}"}, 100));
}

}  // namespace
}  // namespace fairlead::ledger
