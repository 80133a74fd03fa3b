#include "net/trusted_proxies.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

namespace ip = boost::asio::ip;

core::Error bad_entry(std::string_view entry) {
  return core::fail(core::Errc::config, "trusted_proxies: \"" + std::string(entry) +
                                            "\" is not an address such as 10.0.0.7 or a network "
                                            "such as 10.0.0.0/8");
}

// "203.0.113.9:4711" and "[2001:db8::1]:4711" are written by some proxies.
std::string_view without_port(std::string_view hop) {
  if (hop.starts_with('[')) {
    const auto end = hop.find(']');
    return end == hop.npos ? hop : hop.substr(1, end - 1);
  }
  const auto colon = hop.find(':');
  if (colon != hop.npos && hop.find(':', colon + 1) == hop.npos) return hop.substr(0, colon);
  return hop;
}

}  // namespace

core::Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
  TrustedProxies proxies;
  for (const std::string& entry : entries) {
    const std::string_view text = entry;
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto bytes = bytes_of(address);
    if (!bytes) return bad_entry(entry);
    const bool is_v4 = address.find(':') == address.npos;
    const unsigned bits_max = is_v4 ? 32 : 128;
    unsigned bits = bits_max;
    if (slash != text.npos) {
      const char* end = text.data() + text.size();
      const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc{} || rest != end || bits > bits_max) return bad_entry(entry);
    }
    proxies.networks_.push_back({*bytes, is_v4 ? bits + 96 : bits});
  }
  return proxies;
}

bool TrustedProxies::contains(std::string_view address) const {
  if (networks_.empty()) return false;
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  for (const Network& network : networks_) {
    bool is_same = true;
    for (unsigned bit = 0; bit < network.bits && is_same; ++bit) {
      const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
      is_same = ((*bytes)[bit / 8] & mask) == (network.bytes[bit / 8] & mask);
    }
    if (is_same) return true;
  }
  return false;
}

std::string TrustedProxies::client_of(std::string_view peer, const Request& request) const {
  // All X-Forwarded-For headers are one list; the right end is the nearest hop.
  std::vector<std::string_view> hops;
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "X-Forwarded-For")) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      hops.push_back(without_port(trimmed(rest.substr(0, comma))));
      if (comma == rest.npos) break;
      rest = rest.substr(comma + 1);
    }
  }
  std::string_view client = peer;
  while (!hops.empty() && contains(client)) {
    if (!bytes_of(hops.back())) break;
    client = hops.back();
    hops.pop_back();
  }
  return spelled(client);
}

std::string TrustedProxies::spelled(std::string_view address) {
  const auto bytes = bytes_of(address);
  if (!bytes) return std::string(address);
  const ip::address_v6 all(*bytes);
  if (!all.is_v4_mapped()) return all.to_string();
  return ip::make_address_v4(ip::v4_mapped, all).to_string();
}

std::optional<TrustedProxies::Bytes> TrustedProxies::bytes_of(std::string_view address) {
  if (address.empty() || address.size() > 45) return std::nullopt;
  boost::system::error_code ec;
  const ip::address parsed = ip::make_address(std::string(address), ec);
  if (ec) return std::nullopt;
  if (parsed.is_v4()) return ip::make_address_v6(ip::v4_mapped, parsed.to_v4()).to_bytes();
  return parsed.to_v6().to_bytes();
}

}  // namespace fairlead::net
