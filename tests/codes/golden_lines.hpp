// Reads tests/golden/codes/*.txt: fields between bars, lines starting with '#' and empty ones
// skipped.
#pragma once

#include <string>
#include <vector>

namespace fairlead::codes {

struct GoldenLine {
  std::string where;  // "verdicts.txt:12"
  std::vector<std::string> fields;
};

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line);
// Trimmed parts.
std::vector<std::string> parts_of(const std::string& text, char separator);
// Words between blanks.
std::vector<std::string> words_of(const std::string& text);

}  // namespace fairlead::codes
