#include "redirect/click_code.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

const TokenKey key{1, std::string(32, 'k')};
const TokenKey older{2, std::string(32, 'o')};
constexpr core::BrandId brand{7};
constexpr core::CodeId code{8};
constexpr core::ClickId click{905'969'664'000'065'537};

std::string code_of(ClickCodes& codes, core::ClickId of = click) {
  std::string text;
  codes.append(text, "MIA10", brand, code, of);
  return text;
}

// Computed by another implementation of SipHash-2-4.
TEST(ClickCode, IsFrozen) {
  ClickCodes codes({key});
  EXPECT_EQ(code_of(codes), "MIA10-0S4N6KG002001GXVNQS74YF");
}

TEST(ClickCode, IsReadAsItWasMadeAndFitsACodesLetters) {
  ClickCodes codes({key});
  const auto text = code_of(codes);
  EXPECT_EQ(text.size(), 5 + 1 + click_code_digits);
  EXPECT_EQ(text.substr(6).find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
            std::string::npos);
  EXPECT_EQ(codes.read(text.substr(6), brand, code), click);
  EXPECT_EQ(read_click_code({key}, text.substr(6), brand, code), click);
  std::string longest;
  codes.append(longest, std::string(click_code_prefix_max, 'X'), brand, code, click);
  EXPECT_EQ(longest.size(), 40U);
}

TEST(ClickCode, IsOfNoOtherBrandCodeOrKey) {
  ClickCodes codes({key});
  const auto digits = code_of(codes).substr(6);
  EXPECT_FALSE(codes.read(digits, core::BrandId{9}, code));
  EXPECT_FALSE(codes.read(digits, brand, core::CodeId{9}));
  EXPECT_FALSE(codes.read(digits, core::BrandId{code.number}, core::CodeId{brand.number}));
  EXPECT_FALSE(ClickCodes({older}).read(digits, brand, code));
  // Keys are rotated by putting a new one first.
  EXPECT_EQ(ClickCodes({older, key}).read(digits, brand, code), click);
  ClickCodes rotated({older, key});
  EXPECT_NE(code_of(rotated).substr(6), digits);
}

TEST(ClickCode, IsRefusedWithAnyLetterChanged) {
  ClickCodes codes({key});
  const auto digits = code_of(codes).substr(6);
  constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabz-_ ";
  for (std::size_t at = 0; at < digits.size(); ++at) {
    for (const char letter : letters) {
      if (letter == digits[at]) continue;
      auto changed = digits;
      changed[at] = letter;
      EXPECT_FALSE(codes.read(changed, brand, code)) << changed;
    }
  }
  for (const auto& text : {digits.substr(1), digits + "0", std::string(), std::string(23, '0'),
                           std::string(23, 'Z'), " " + digits})
    EXPECT_FALSE(codes.read(text, brand, code)) << text;
}

TEST(ClickCode, OfEveryClickIsAnother) {
  ClickCodes codes({key});
  std::mt19937_64 random(test::random_seed());
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) {
    const core::ClickId any{static_cast<std::int64_t>(random() >> 1 | 1)};
    const auto text = code_of(codes, any);
    EXPECT_EQ(codes.read(text.substr(6), brand, code), any);
    EXPECT_TRUE(seen.insert(text).second);
    // A guess at another click's MAC.
    const core::ClickId next{any.number ^ 1};
    EXPECT_FALSE(codes.read(code_of(codes, next).substr(6, 13) + text.substr(19), brand, code));
  }
}

}  // namespace
}  // namespace fairlead::redirect
