// The golden files of this folder write what a field cannot hold as it is in other signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/golden.hpp"

namespace fairlead::redirect {

// "-" is read as ""; \xNN as that byte; \| as a bar.
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

inline std::vector<test::GoldenLine> golden_lines(const std::string& file,
                                                  std::size_t fields_per_line) {
  auto lines = test::golden_lines("redirect/" + file, fields_per_line);
  for (test::GoldenLine& line : lines) {
    for (std::string& field : line.fields)
      field = unescaped(field);
  }
  return lines;
}

}  // namespace fairlead::redirect
