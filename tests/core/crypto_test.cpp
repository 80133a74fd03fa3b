#include "core/crypto.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

const std::string key(32, 'k');

TEST(Digest, AgreesWithThePublishedVectors) {
  // FIPS 180-4 examples, RFC 4231 case 2.
  EXPECT_EQ(hex(as_text(sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(as_text(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(as_text(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_NE(hmac_sha256("", "a"), hmac_sha256("", "b"));
}

TEST(ConstantTime, ComparesWholeTexts) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secre"));
}

TEST(Random, StaysBelowItsBound) {
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint32_t number = random_below(5);
    ASSERT_LT(number, 5u);
    seen.insert(number);
  }
  EXPECT_EQ(seen.size(), 5u) << "every value comes up";
  EXPECT_EQ(random_below(1), 0u);
}

TEST(Base64, WritesAsRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url(""), "");
}

TEST(Base64, ReadsBackWhatItWrote) {
  test::Random random;
  for (std::int64_t size = 0; size < 300; ++size) {
    const std::string bytes = random.bytes(size);
    ASSERT_EQ(parse_base64(base64(bytes)).value(), bytes);
    ASSERT_EQ(parse_base64url(base64url(bytes)).value(), bytes);
  }
}

TEST(Base64, RefusesEveryOtherText) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Zg=a",
                                      "Z===", "Zh==", "Zm9=", " Zg==", "Zg== ", "Zg==\n",
                                      "Zm9v====", "Zm-v", "Zm_v", "Zm9vZg", "Zg==Zg=="})
    EXPECT_FALSE(parse_base64(text)) << text;
  for (const std::string_view text : {"Z", "Zg==", "Zh", "Zm9=", "Zm+v", "Zm/v", "Zm9v ", "Zm9vZ"})
    EXPECT_FALSE(parse_base64url(text)) << text;
  EXPECT_FALSE(parse_base64(std::string_view("Zm\0v", 4)));
}

TEST(Base64, EveryValueHasExactlyOneText) {
  test::Random random;
  constexpr std::string_view letters = "AQgw059+/=-_ ";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::int64_t size = random.between(0, 8); size > 0; --size)
      text += letters[static_cast<std::size_t>(random.between(0, 12))];
    const auto padded = parse_base64(text);
    if (padded) {
      ASSERT_EQ(base64(*padded), text);
    }
    const auto bare = parse_base64url(text);
    if (bare) {
      ASSERT_EQ(base64url(*bare), text);
    }
  }
}

TEST(Seal, OpensWithTheSameKeyAndContextOnly) {
  for (const std::string& plain :
       {std::string(), std::string("whsec_x"), std::string(5'000, '\0')}) {
    const std::string sealed = seal(key, plain, "integrations/7");
    EXPECT_EQ(open_sealed(key, sealed, "integrations/7").value(), plain);
    EXPECT_EQ(open_sealed(key, sealed, "integrations/8").error().code, Errc::invalid);
    EXPECT_EQ(open_sealed(std::string(32, 'x'), sealed, "integrations/7").error().code,
              Errc::invalid);
  }
}

TEST(Seal, NoChangedByteGoesUnnoticed) {
  const std::string sealed = seal(key, "secret", "row");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string forged = sealed;
    forged[at] = static_cast<char>(forged[at] ^ 1);
    ASSERT_FALSE(open_sealed(key, forged, "row")) << "byte " << at;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    ASSERT_FALSE(open_sealed(key, std::string_view(sealed).substr(0, size), "row")) << size;
  EXPECT_FALSE(open_sealed(key, sealed + "x", "row"));
}

TEST(Seal, TheSameSecretNeverLooksTheSame) {
  EXPECT_NE(seal(key, "secret", "row"), seal(key, "secret", "row"));
}

TEST(SealDeathTest, AShortKeyIsABrokenPromise) {
  EXPECT_DEATH((void)seal("short", "secret", "row"), "CHECK failed");
}

}  // namespace
}  // namespace fairlead::core
