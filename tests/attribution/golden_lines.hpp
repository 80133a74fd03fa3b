// Reads tests/golden/attribution/*.txt: fields between bars, lines starting with '#' and empty ones
// skipped.
#pragma once

#include <string>
#include <vector>

namespace fairlead::attribution {

struct GoldenLine {
  std::string where;  // "precedence.txt:12"
  std::vector<std::string> fields;
};

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line);
// A whole file of tests/golden/attribution/, without its last line break.
std::string golden_file(const std::string& name);
std::vector<std::string> words_of(const std::string& text);

}  // namespace fairlead::attribution
