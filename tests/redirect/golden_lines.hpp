// Reads the golden files of this folder: one case a line, columns parted by " | ", "#" starts a
// comment.
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

struct GoldenLine {
  int number;
  std::vector<std::string> columns;  // "-" is read as ""; \xNN as that byte; \| as a bar
};

inline std::string unescaped(std::string_view text) {
  if (text == "-") return "";
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x") {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else if (text.substr(i, 2) == "\\|") {
      plain += '|';
      ++i;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

inline std::vector<GoldenLine> golden_lines(const std::string& name) {
  std::ifstream file(std::string(FAIRLEAD_GOLDEN_DIR) + "/redirect/" + name);
  std::vector<GoldenLine> lines;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (text.empty() || text[0] == '#') continue;
    GoldenLine line{number, {}};
    std::string_view rest = text;
    for (;;) {
      const std::size_t bar = rest.find(" | ");
      line.columns.push_back(unescaped(rest.substr(0, bar)));
      if (bar == std::string_view::npos) break;
      rest.remove_prefix(bar + 3);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace fairlead::test
