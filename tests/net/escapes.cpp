#include "tests/net/escapes.hpp"

namespace fairlead::net {

std::string unescaped(std::string_view text, Escapes escapes) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'x') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else if (next != '\0' && escapes == Escapes::all) {
      bytes += next == 'r' ? '\r' : next == 'n' ? '\n' : next == 't' ? '\t' : next;
      i += 1;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

}  // namespace fairlead::net
