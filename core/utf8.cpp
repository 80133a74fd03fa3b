#include "core/utf8.hpp"

namespace fairlead::core {
namespace {

bool is_tail(unsigned char byte) {
  return (byte & 0xc0) == 0x80;
}

// Bytes of the character at the start of `text`; 0 when there is none. Table 3-7 of the Unicode
// standard.
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return text.size() >= 2 && is_tail(at(1)) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (text.size() < 3 || !is_tail(at(1)) || !is_tail(at(2))) return 0;
    if (lead == 0xe0 && at(1) < 0xa0) return 0;  // overlong
    if (lead == 0xed && at(1) > 0x9f) return 0;  // a surrogate
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (text.size() < 4 || !is_tail(at(1)) || !is_tail(at(2)) || !is_tail(at(3))) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;  // overlong
    if (lead == 0xf4 && at(1) > 0x8f) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = character_size(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return at;
}

std::string utf8_repaired(std::string_view text) {
  std::string repaired;
  while (!text.empty()) {
    const std::size_t good = utf8_prefix(text);
    repaired.append(text.substr(0, good));
    text.remove_prefix(good);
    if (text.empty()) break;
    repaired.append("\xef\xbf\xbd");
    text.remove_prefix(1);
  }
  return repaired;
}

}  // namespace fairlead::core
