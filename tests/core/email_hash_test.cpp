#include "core/email_hash.hpp"

#include <gtest/gtest.h>

#include "core/crypto.hpp"

namespace fairlead::core {
namespace {

bool is_one(std::string_view typed_at_the_shop, std::string_view known) {
  return is_hash_of_email(hex(as_text(sha256(typed_at_the_shop))), known);
}

TEST(EmailHash, KnowsAnAddressInTheFormsThatShopsHash) {
  EXPECT_TRUE(is_one("mia@example.com", "mia@example.com"));
  EXPECT_TRUE(is_one("mia@example.com", " Mia@Example.com\n"));
  EXPECT_TRUE(is_one("mia@example.com", "mia+shop@example.com"));
  EXPECT_TRUE(is_one("mia+shop@example.com", "mia+shop@example.com"));
  EXPECT_TRUE(is_one("mialee@gmail.com", "Mia.Lee+fairlead@gmail.com"));
  EXPECT_TRUE(is_one("mia.lee@googlemail.com", "mia.lee@gmail.com"));
  EXPECT_TRUE(is_one("mialee@gmail.com", "mia.lee@googlemail.com"));
}

TEST(EmailHash, KeepsDifferentPeopleApart) {
  EXPECT_FALSE(is_one("mia@example.com", "leo@example.com"));
  EXPECT_FALSE(is_one("mialee@example.com", "mia.lee@example.com"));  // dots count elsewhere
  EXPECT_FALSE(is_one("mia@gmail.com", "mia@example.com"));
  EXPECT_FALSE(is_one("mia+other@example.com", "mia@example.com"));
  EXPECT_FALSE(is_hash_of_email("", "mia@example.com"));
  EXPECT_FALSE(is_hash_of_email(hex(as_text(sha256(""))), ""));
  EXPECT_FALSE(is_one("mia", "leo"));
  EXPECT_TRUE(is_one("mia", "mia"));  // not an address, and the same
}

}  // namespace
}  // namespace fairlead::core
