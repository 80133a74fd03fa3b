// A client's address as 16 bytes, whichever family it is of. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fairlead::redirect {

// IPv4 stands in its IPv6 form, ::ffff:a.b.c.d. Ordered as numbers are.
using AddressBytes = std::array<std::uint8_t, 16>;

// Nothing for what is no address.
std::optional<AddressBytes> parse_address(std::string_view text);
bool is_v4(const AddressBytes& address);

}  // namespace fairlead::redirect
