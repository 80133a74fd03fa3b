// The network a client's address belongs to, as far as rate limits tell clients apart: /24 of IPv4,
// /48 of IPv6, the prefixes that clicks keep too. A household or an office is one network, and so
// is whoever may choose among the addresses of one. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fairlead::core {

// The network's first address as IPv6 has it (::ffff:203.0.113.0 for IPv4), the rest zero.
using NetworkPrefix = std::array<std::uint8_t, 16>;

// `address` as a socket or a trusted proxy gives it. What is no address is all zero: such clients
// share one network.
NetworkPrefix network_prefix(std::string_view address);

}  // namespace fairlead::core
