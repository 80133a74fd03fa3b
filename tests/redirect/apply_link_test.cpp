// What becomes of a page when a link applies a code: the golden table, checked as links are.
#include "redirect/apply_link.hpp"

#include <gtest/gtest.h>

#include "net/json.hpp"
#include "redirect/redirect.hpp"
#include "redirect/rule_fields.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::redirect {
namespace {

std::string built(const std::string& apply, std::string_view page, std::string_view source) {
  const std::vector<std::string> domains = {"shop.example"};
  net::Fields body(R"({"apply":)" + apply + "}");
  LinkRules rules;
  read_rules(body, rules);
  EXPECT_FALSE(body.refusal()) << apply;
  UtmValues utm;
  if (source != "-") utm[0] = source;
  const auto refused = [](const core::Error& error) {
    return "refused: " + error.detail.substr(0, error.detail.find_first_of(" '"));
  };
  if (auto good = check_apply(rules.apply); !good) return refused(good.error());
  auto checked = check_destination(page, domains);
  EXPECT_TRUE(checked) << page;
  auto url = apply_destination(rules.apply, *checked, utm);
  if (url) url = check_destination(*url, domains);
  return url ? *url : refused(url.error());
}

TEST(ApplyLink, BringsTheCodeAsEachShopTakesIt) {
  const auto lines = test::golden_lines("redirect/apply_links.txt", 4);
  ASSERT_GE(lines.size(), 45u);
  for (const auto& line : lines)
    EXPECT_EQ(built(line.fields[0], line.fields[1], line.fields[2]), line.fields[3]) << line.where;
}

}  // namespace
}  // namespace fairlead::redirect
