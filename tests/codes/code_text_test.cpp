// The text of codes: golden tables of folds and skeletons, the bounds, and every character there
// is.
#include "codes/code_text.hpp"

#include <gtest/gtest.h>

#include "codes/codes.hpp"
#include "core/utf8.hpp"
#include "tests/support/escapes.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::codes {
namespace {

std::string or_none(const std::string& form) {
  return form.empty() ? "none" : form;
}

TEST(CodeText, FoldsAreThoseOfTheGoldenTable) {
  const auto lines = test::golden_lines("codes/folds.txt", 2);
  ASSERT_GE(lines.size(), 50u);
  for (const auto& line : lines) {
    const auto folded = fold(test::unescaped(line.fields[0]));
    EXPECT_EQ(or_none(folded), line.fields[1]) << line.where;
    EXPECT_EQ(fold(folded), folded) << line.where << ": the form of a form is itself";
  }
}

TEST(CodeText, SkeletonsAreThoseOfTheGoldenTable) {
  const auto lines = test::golden_lines("codes/skeletons.txt", 2);
  ASSERT_GE(lines.size(), 25u);
  for (const auto& line : lines) {
    const auto look = skeleton(test::unescaped(line.fields[0]));
    EXPECT_EQ(or_none(look), line.fields[1]) << line.where;
    EXPECT_EQ(skeleton(look), look) << line.where << ": the skeleton of a skeleton is itself";
  }
}

TEST(CodeText, OneByteOverTheBoundIsNoCodeAndNeverAShorterOne) {
  const std::string longest(code_bytes_max, 'a');
  EXPECT_EQ(fold(longest), std::string(code_bytes_max, 'A'));
  EXPECT_EQ(skeleton(longest).size(), code_bytes_max);
  EXPECT_EQ(fold(longest + "a"), "");
  EXPECT_EQ(skeleton(longest + "a"), "");
  EXPECT_EQ(fold(std::string(10'000, 'a')), "");
  // One character that folds to eighteen: the folded form has the bound too.
  std::string ligatures;
  for (int i = 0; i < 7; ++i)
    ligatures += "ﷺ";
  EXPECT_NE(fold(ligatures), "");
  EXPECT_LE(fold(ligatures).size(), code_bytes_max);
  EXPECT_EQ(fold(ligatures + "ﷺ"), "");
}

TEST(CodeText, WhatIsWrittenKeepsItsCaseAndLosesTheBlanksAroundIt) {
  EXPECT_EQ(written("\t Mia10 \n"), "Mia10");
  EXPECT_EQ(written("\u00a0free shipping\u3000"), "free shipping");
  EXPECT_EQ(written(""), "");
  EXPECT_EQ(written(" \u2003"), "");
  EXPECT_EQ(written("\xc3 a\xc3"), "\xc3 a\xc3");
}

TEST(CodeText, EveryCharacterFoldsToAFormThatStays) {
  // All that scripts with case have; of the others, Han above all, every hundredth.
  for (char32_t c = 0; c < 0xe0200; c += c < 0x3000 || (c > 0xa600 && c < 0xac00) ? 1 : 101) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const std::string text = "A" + test::utf8_of(c) + "b";
    const std::string folded = fold(text);
    ASSERT_EQ(fold(folded), folded) << "U+" << std::hex << static_cast<std::uint32_t>(c);
    ASSERT_TRUE(core::is_utf8(folded));
    if (c % 32 == 0) {
      const std::string look = skeleton(text);
      ASSERT_EQ(skeleton(look), look) << "U+" << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

TEST(CodeText, AnyBytesGiveAFormOrNone) {
  test::Random random;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text = random.bytes(random.between(0, 24));
    } else {
      for (std::int64_t i = random.between(0, 12); i > 0; --i)
        text += test::utf8_of(static_cast<char32_t>(random.between(0, 0x2ff)));
    }
    const auto folded = fold(text);
    ASSERT_EQ(fold(folded), folded);
    ASSERT_TRUE(core::is_utf8(folded));
    ASSERT_LE(skeleton(text).size(), 3 * code_bytes_max);
  }
}

TEST(CodeText, ASlipIsOneCharacterOrTwoNeighboursSwapped) {
  for (const auto& [a, b] : {std::pair{"SARAH10", "SARAH10"},
                             {"SARAH10", "SARA10"},
                             {"SARAH10", "SARAH1"},
                             {"SARAH10", "XSARAH10"},
                             {"TOM10", "TIM10"},
                             {"MIA10", "MAI10"},
                             {"MIA10", "MIA01"},
                             {"MIA10", "IMA10"},
                             {"", "A"},
                             {"ZOË20", "ZOE20"},
                             {"ZOË20", "ZO20"},
                             {"", ""}}) {
    EXPECT_TRUE(is_within_a_slip(a, b)) << a << " " << b;
    EXPECT_TRUE(is_within_a_slip(b, a)) << a << " " << b;
  }
  for (const auto& [a, b] : {std::pair{"SARAH10", "SAR10"},
                             {"TOM10", "TIM20"},
                             {"ABC", "BCD"},
                             {"MIA10", "M10"},
                             {"MIA10", "AIM10"},
                             {"", "AB"},
                             {"ABC", "CBA"},
                             {"AB12", "BA21"}}) {
    EXPECT_FALSE(is_within_a_slip(a, b)) << a << " " << b;
    EXPECT_FALSE(is_within_a_slip(b, a)) << a << " " << b;
  }
}

}  // namespace
}  // namespace fairlead::codes
