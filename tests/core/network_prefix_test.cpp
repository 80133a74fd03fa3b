#include "core/network_prefix.hpp"

#include <gtest/gtest.h>

namespace fairlead::core {

namespace {

TEST(NetworkPrefix, IsTheSameWithin24BitsOfIPv4And48OfIPv6) {
  const std::pair<const char*, const char*> same[] = {
      {"203.0.113.7", "203.0.113.255"},
      {"::ffff:203.0.113.9", "203.0.113.7"},  // one client, however a proxy writes it
      {"2001:db8:1::1", "2001:db8:1:ffff:8000::"},
      {"not an address", ""}};
  for (const auto& [a, b] : same)
    EXPECT_EQ(network_prefix(a), network_prefix(b)) << a << " " << b;
  const std::pair<const char*, const char*> other[] = {{"203.0.113.7", "203.0.112.7"},
                                                       {"2001:db8:1::1", "2001:db8:2::1"},
                                                       {"0.0.0.0", "::"},
                                                       {"203.0.113.7", "203.0.113.7x"}};
  for (const auto& [a, b] : other)
    EXPECT_NE(network_prefix(a), network_prefix(b)) << a << " " << b;
  EXPECT_EQ(network_prefix(std::string(100, '1')), NetworkPrefix{});
}

}  // namespace

}  // namespace fairlead::core
