#include "tests/support/escapes.hpp"

#include <array>

namespace fairlead::test {

std::string unescaped(std::string_view text, Escapes escapes) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    const auto number = [&](std::size_t digits) {
      return std::stoul(std::string(text.substr(i + 2, digits)), nullptr, 16);
    };
    if (next == 'x') {
      bytes += static_cast<char>(number(2));
      i += 3;
    } else if ((next == 'u' || next == 'U') && escapes == Escapes::all) {
      const std::size_t digits = next == 'u' ? 4 : 8;
      bytes += utf8_of(static_cast<char32_t>(number(digits)));
      i += 1 + digits;
    } else if (next != '\0' && escapes == Escapes::all) {
      bytes += next == 'r' ? '\r' : next == 'n' ? '\n' : next == 't' ? '\t' : next;
      i += 1;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::string utf8_of(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  constexpr std::array<unsigned char, 4> first = {0, 0xc0, 0xe0, 0xf0};
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  std::string text(1, static_cast<char>(first[static_cast<std::size_t>(more)] | (c >> (6 * more))));
  for (int shift = 6 * (more - 1); shift >= 0; shift -= 6)
    text += static_cast<char>(0x80 | ((c >> shift) & 0x3f));
  return text;
}

}  // namespace fairlead::test
