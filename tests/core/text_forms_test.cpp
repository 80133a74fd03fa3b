// Forms of text: the edges. The tables are golden files of what uses them (codes/folds.txt,
// codes/skeletons.txt, codes/proposals.txt).
#include "core/text_forms.hpp"

#include <gtest/gtest.h>

#include "core/utf8.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

TEST(TextForms, NothingAndWhatIsNoTextHaveAFormOrNone) {
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(comparison_form(""), "");
  EXPECT_EQ(comparison_form(" \u3000 "), "");
  EXPECT_EQ(comparison_form("\xc3"), std::nullopt);
  EXPECT_EQ(visible_form("\xc3"), "");
  EXPECT_EQ(look_form("\xc3"), "");
  EXPECT_EQ(latin_form("\xc3"), "");
  EXPECT_EQ(latin_form(""), "");
}

TEST(TextForms, FormsOfLongTextsAreWhole) {
  std::string text;
  std::string latin;
  for (int i = 0; i < 200; ++i) {
    text += "ﷺ王";  // one character becomes eighteen, another a word
    latin += "x";
  }
  EXPECT_EQ(comparison_form(text)->size(), 200u * (33 + 3));
  EXPECT_TRUE(is_utf8(look_form(text)));
  EXPECT_GT(latin_form(text).size(), latin.size() * 4);
  EXPECT_EQ(latin_form(latin), latin);
}

TEST(TextForms, TrimmedTakesWhiteSpaceOffTheEndsAndNothingElse) {
  EXPECT_EQ(trimmed("\t\u2028 a \u00a0b\u2003\r\n"), "a \u00a0b");
  EXPECT_EQ(trimmed("\u200b a"), "\u200b a") << "a zero-width space is no white space";
  EXPECT_EQ(trimmed("\x80 a \xff"), "\x80 a \xff");
}

TEST(TextForms, AnyBytesHaveFormsThatAreText) {
  test::Random random;
  for (int round = 0; round < 2'000; ++round) {
    const auto bytes = random.bytes(random.between(0, 40));
    const auto inner = trimmed(bytes);
    ASSERT_NE(bytes.find(inner), std::string::npos);
    ASSERT_TRUE(is_utf8(comparison_form(bytes).value_or("")));
    ASSERT_TRUE(is_utf8(visible_form(bytes)));
    ASSERT_TRUE(is_utf8(look_form(bytes)));
  }
}

}  // namespace
}  // namespace fairlead::core
