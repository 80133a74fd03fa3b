#include "admin/known_keys.hpp"

#include <gtest/gtest.h>

namespace fairlead::admin {

namespace {

constexpr core::Instant start{1'772'442'900'000'000};

core::Instant later(std::int64_t micros) {
  return {start.micros + micros};
}

core::Digest digest(std::uint8_t byte) {
  core::Digest made{};
  made[0] = byte;
  return made;
}

KnownKeys::Known known(std::int64_t brand) {
  return {{core::BrandId{brand}, core::KeyId{7}, net::Role::shop, {}}, std::nullopt};
}

}  // namespace

TEST(KnownKeys, AreKnownForLessThanASecond) {
  KnownKeys keys;
  keys.remember(digest(1), known(5), start, keys.generation());
  ASSERT_TRUE(keys.find(digest(1), start));
  EXPECT_EQ(keys.find(digest(1), start)->who.brand, core::BrandId{5});
  EXPECT_FALSE(keys.find(digest(2), start));
  EXPECT_TRUE(keys.find(digest(1), later(999'999)));
  EXPECT_FALSE(keys.find(digest(1), later(1'000'000)));
  EXPECT_FALSE(keys.find(digest(1), later(-1))) << "the clock was put back";
}

TEST(KnownKeys, ExpireWithinTheirSecond) {
  KnownKeys keys;
  auto one = known(5);
  one.expires_at = later(10);
  keys.remember(digest(1), one, start, keys.generation());
  EXPECT_TRUE(keys.find(digest(1), later(9)));
  EXPECT_FALSE(keys.find(digest(1), later(10)));
}

TEST(KnownKeys, AreForgottenAtOnce) {
  KnownKeys keys;
  keys.remember(digest(1), known(5), start, keys.generation());
  keys.forget();
  EXPECT_FALSE(keys.find(digest(1), start));
}

// Read before a revocation, remembered behind it.
TEST(KnownKeys, DoNotComeBackByALookUpThatBeganBeforeTheyWereForgotten) {
  KnownKeys keys;
  const auto generation = keys.generation();
  keys.forget();
  keys.remember(digest(1), known(5), start, generation);
  EXPECT_FALSE(keys.find(digest(1), start));
}

TEST(KnownKeys, AreBounded) {
  KnownKeys keys;
  core::Digest each{};
  for (std::size_t i = 0; i <= KnownKeys::keys_max; ++i) {
    std::memcpy(each.data(), &i, sizeof i);
    keys.remember(each, known(5), start, keys.generation());
  }
  EXPECT_TRUE(keys.find(each, start)) << "the newest";
  EXPECT_FALSE(keys.find(digest(0), start)) << "the oldest went with all before";
}

}  // namespace fairlead::admin
