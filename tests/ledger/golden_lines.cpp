#include "tests/ledger/golden_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fairlead::ledger {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts)
    part = trimmed(part);
  return parts;
}

std::vector<std::int64_t> integers_of(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::int64_t> numbers;
  for (std::string word; words >> word;)
    numbers.push_back(std::stoll(word));
  return numbers;
}

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line) {
  std::ifstream stream(std::string(FAIRLEAD_GOLDEN_DIR) + "/ledger/" + file);
  std::vector<GoldenLine> lines;
  int number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    lines.push_back({file + ":" + std::to_string(number), parts_of(text, '|')});
    EXPECT_EQ(lines.back().fields.size(), fields_per_line) << lines.back().where;
  }
  EXPECT_FALSE(lines.empty()) << "tests/golden/ledger/" << file << " is missing or empty";
  return lines;
}

}  // namespace fairlead::ledger
