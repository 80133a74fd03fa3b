// Click tokens: what is signed comes back, and nothing else does.
#include "redirect/token.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

const TokenKey old_key{1, std::string(32, 'o')};
const TokenKey new_key{2, std::string(32, 'n')};
constexpr core::ClickId click{(1LL << 60) + 12345};
constexpr core::LinkId link{(1LL << 59) + 99};

TEST(Token, CarriesClickLinkAndTimeIn36UrlSafeLetters) {
  const std::string token = make_token(new_key, click, link);
  EXPECT_EQ(token.size(), token_letters);
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  const auto fact = read_token({new_key}, token);
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->click, click);
  EXPECT_EQ(fact->link, link);
  EXPECT_EQ(fact->at, core::instant_of_id(click.number));
}

TEST(Token, SignerAndFreeFunctionAgree) {
  TokenSigner signer({new_key, old_key});
  const TokenText text = signer.sign(click, link);
  EXPECT_EQ(std::string(text.data(), text.size()), make_token(new_key, click, link));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(signer.sign(click, link), text) << "a context must start over";
}

TEST(Token, KeysRotateAndRetire) {
  const std::string token = make_token(old_key, click, link);
  EXPECT_TRUE(read_token({new_key, old_key}, token));
  EXPECT_FALSE(read_token({new_key}, token)) << "unknown key";
  EXPECT_FALSE(read_token({{1, new_key.secret}}, token)) << "same key id, other secret";
  EXPECT_FALSE(read_token({}, token));
}

// Frozen: tokens in shops' databases must be readable by every later version.
TEST(Token, MacIsSipHashUnderAKeyDerivedFromTheSecret) {
  // Computed with another implementation of SipHash-2-4 and HMAC.
  EXPECT_EQ(make_token({7, std::string(32, 'k')}, {0x0102030405060708}, {0x1112131415161718}),
            "BwECAwQFBgcIERITFBUWFxi3SV3IcEfAshsO");
}

TEST(Token, TokensOfEarlierVersionsAreRead) {
  // Their MAC was HMAC-SHA256; computed with another implementation of it.
  const auto fact = read_token({{7, std::string(32, 'k')}}, "BwECAwQFBgcIERITFBUWFxhdu5_3V9aHyGMw");
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->click, core::ClickId{0x0102030405060708});
  EXPECT_EQ(fact->link, core::LinkId{0x1112131415161718});
}

TEST(Token, HundredThousandMutationsAreRefused) {
  std::mt19937 random(test::random_seed());
  TokenSigner signer({new_key, old_key});
  const TokenText good = signer.sign(click, link);
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int i = 0; i < 100'000; ++i) {
    std::string token(good.data(), good.size());
    const std::size_t at = random() % token.size();
    if (i % 2 == 0) {  // one bit of the 216
      const std::size_t digit = letters.find(token[at]);
      token[at] = letters[digit ^ (1u << random() % 6)];
    } else {
      token[at] = static_cast<char>(random());
      if (token[at] == good[at]) continue;
    }
    ASSERT_FALSE(signer.read(token)) << token;
  }
}

TEST(Token, OtherLengthsAndForeignTextAreRefused) {
  const std::string token = make_token(new_key, click, link);
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_FALSE(read_token({new_key}, std::string_view(token).substr(0, size)));
  for (const std::string& text : {token + "A", token + "=", " " + token, std::string(36, 'A'),
                                  std::string(36, '\0'), std::string(100'000, 'x')})
    EXPECT_FALSE(read_token({new_key}, text));
  EXPECT_FALSE(read_token({new_key}, make_token(new_key, {0}, link))) << "no click";
}

}  // namespace
}  // namespace fairlead::redirect
