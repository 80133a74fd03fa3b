// Reads tests/golden/: one case a line, fields parted by " | " and trimmed, lines that start with
// '#' and empty ones skipped. A file that is missing or holds no case fails the test. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::test {

struct GoldenLine {
  std::string where;  // "codes/verdicts.txt:12", for the message of a failure
  std::vector<std::string> fields;
};

// `file` is below tests/golden/. A line with another number of fields fails the test and is left
// out.
std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line);
// A whole file, without its last line break.
std::string golden_file(const std::string& file);

// What a field may hold: trimmed parts, words between blanks, numbers between blanks.
std::vector<std::string> parts_of(const std::string& text, const std::string& separator);
std::vector<std::string> words_of(const std::string& text);
std::vector<std::int64_t> integers_of(const std::string& text);

}  // namespace fairlead::test
