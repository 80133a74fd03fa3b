#include "redirect/client_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace fairlead::redirect {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN + 1];
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  AddressBytes address{};
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, terminated, address.data()) != 1) return std::nullopt;
    return address;
  }
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.begin());
  if (inet_pton(AF_INET, terminated, address.data() + v4_prefix.size()) != 1) return std::nullopt;
  return address;
}

bool is_v4(const AddressBytes& address) {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), address.begin());
}

}  // namespace fairlead::redirect
