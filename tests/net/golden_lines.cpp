#include "tests/net/golden_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "net/ascii.hpp"

namespace fairlead::net {

std::vector<GoldenLine> golden_lines(const std::string& file) {
  const std::string path = FAIRLEAD_GOLDEN_DIR "/net/" + file;
  std::ifstream stream(path);
  std::vector<GoldenLine> lines;
  std::string text;
  for (std::size_t number = 1; std::getline(stream, text); ++number) {
    if (!text.empty() && text.front() != '#') lines.push_back({number, text});
  }
  EXPECT_FALSE(lines.empty()) << file;
  return lines;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::string rest = " " + std::string(line) + " ";
  while (true) {
    const auto bar = rest.find(" | ");
    fields.emplace_back(trimmed(std::string_view(rest).substr(0, bar)));
    if (bar == std::string::npos) return fields;
    rest = rest.substr(bar + 2);
  }
}

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
