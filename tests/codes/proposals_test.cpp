// Texts for codes from names: the golden table, and that every one of them may be made.
#include "codes/proposals.hpp"

#include <gtest/gtest.h>

#include "codes/code_text.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::codes {
namespace {

TEST(Proposals, TextsAreThoseOfTheGoldenTable) {
  const auto lines = test::golden_lines("codes/proposals.txt", 4);
  ASSERT_GE(lines.size(), 20u);
  for (const auto& line : lines) {
    const auto& name = line.fields[0];
    const auto words = test::words_of(line.fields[1]);
    const auto base = name.starts_with("= ") ? base_of_words(name.substr(2)) : base_of_name(name);
    std::string number;
    if (const auto kind = parse_discount_kind(words[0])) {
      const auto amount = std::stoll(words[1]);
      number = number_of({.kind = *kind, .rate = {amount}, .amount_minor = amount},
                         core::Currency::of(words[2]));
    }
    EXPECT_EQ(base.empty() ? "none" : proposal(base, number, 0), line.fields[2]) << line.where;
    EXPECT_EQ(base.empty() ? "none" : proposal(base, number, 2), line.fields[3]) << line.where;
    if (!base.empty()) {
      EXPECT_TRUE(is_canonical(proposal(base, number, 0))) << line.where;
    }
  }
}

TEST(Proposals, LongestBaseNumberAndSuffixStillMakeACode) {
  const std::string base(200, 'A');
  EXPECT_TRUE(is_canonical(proposal(base, "100", 998)));
  EXPECT_TRUE(is_canonical(proposal("A", "", 0)));
  EXPECT_EQ(base_of_name(std::string(5'000, 'x')).size(), 30u);
  EXPECT_EQ(base_of_name("\xff\xfe"), "");
  EXPECT_EQ(base_of_name(""), "");
}

}  // namespace
}  // namespace fairlead::codes
