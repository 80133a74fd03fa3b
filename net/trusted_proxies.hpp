// Who the client is when a proxy stands in between. X-Forwarded-For is believed only when the
// socket's peer is a configured proxy, and then only up to the right-most hop that is not one.
// Immutable after parse(); any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::net {

class TrustedProxies {
 public:
  // Addresses ("10.0.0.7", "::1") and networks ("10.0.0.0/8", "fd00::/8"). Errc::config names the
  // entry.
  static core::Result<TrustedProxies> parse(const std::vector<std::string>& entries);

  bool empty() const { return networks_.empty(); }
  bool contains(std::string_view address) const;
  // The client of a request whose peer is a trusted proxy. An entry that is not an address ends the
  // search: the hop that named it is the client then. However an address is written, here it has
  // one spelling: 203.0.113.9 also for ::ffff:203.0.113.9.
  std::string client_of(std::string_view peer, const Request& request) const;

 private:
  // IPv4 is kept as ::ffff:0:0/96, so that there is one kind of address.
  using Bytes = std::array<std::uint8_t, 16>;
  struct Network {
    Bytes bytes;
    unsigned bits;
  };
  static std::string spelled(std::string_view address);
  static std::optional<Bytes> bytes_of(std::string_view address);

  std::vector<Network> networks_;
};

}  // namespace fairlead::net
