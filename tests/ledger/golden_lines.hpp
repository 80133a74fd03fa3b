// The lines of a golden text file of this folder: fields are separated by '|', '#' starts a
// comment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::ledger {

struct GoldenLine {
  std::string where;  // "refunds.txt:7", for the message of a failure
  std::vector<std::string> fields;
};

// Fails the test that asks when the file is missing or has no line.
std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line);

std::vector<std::int64_t> integers_of(const std::string& text);
std::vector<std::string> parts_of(const std::string& text, char separator);

}  // namespace fairlead::ledger
