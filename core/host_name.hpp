// A DNS host name in the one form in which it is stored, compared and sent: lower-case ASCII, each
// international label as its A-label (xn--…), by UTS 46 as browsers apply it. So "Größe.example"
// and "xn--gre-6ka8i.example" are one name, and a name that only looks like another is a different
// one. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::core {

inline constexpr std::size_t host_name_bytes_max = 253;
inline constexpr std::size_t host_label_bytes_max = 63;

// `text` is UTF-8 without port, brackets or a dot at the end. Nothing when it is no name: a label
// is empty or too long, begins or ends with a hyphen, or holds anything but letters, digits and
// hyphens once it is mapped; or an xn-- label does not decode to what UTS 46 would write that way.
// Numbers pass: see is_ipv4_host(). The name of a name is itself.
std::optional<std::string> host_name(std::string_view text);

// Whether the URL standard reads a name as an IPv4 address: its last label is a number, "0x7f"
// included. `name` in the form that host_name() returns.
bool is_ipv4_host(std::string_view name);

}  // namespace fairlead::core
