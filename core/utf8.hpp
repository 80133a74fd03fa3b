// Is it UTF-8, and where does it stop being it. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::core {

// The length of the longest prefix that is well-formed UTF-8 (RFC 3629: no surrogates, no overlong
// forms, nothing above U+10FFFF). Equal to text.size() when all of it is.
std::size_t utf8_prefix(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return utf8_prefix(text) == text.size();
}
// The text with U+FFFD in place of each byte that is not part of well-formed UTF-8.
std::string utf8_repaired(std::string_view text);

}  // namespace fairlead::core
