#include "core/network_prefix.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace fairlead::core {

namespace {

constexpr std::array<std::uint8_t, 12> v4_head = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t v4_bytes_kept = 12 + 3;
constexpr std::size_t v6_bytes_kept = 6;

}  // namespace

NetworkPrefix network_prefix(std::string_view address) {
  NetworkPrefix bytes{};
  if (address.size() >= INET6_ADDRSTRLEN) return bytes;
  const std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    bytes = {};
    if (inet_pton(AF_INET, text.c_str(), bytes.data() + v4_head.size()) != 1) return {};
    std::copy(v4_head.begin(), v4_head.end(), bytes.begin());
  }
  const bool is_v4 = std::equal(v4_head.begin(), v4_head.end(), bytes.begin());
  std::fill(bytes.begin() + (is_v4 ? v4_bytes_kept : v6_bytes_kept), bytes.end(), 0);
  return bytes;
}

}  // namespace fairlead::core
