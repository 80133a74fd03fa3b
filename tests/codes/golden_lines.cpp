#include "tests/codes/golden_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fairlead::codes {

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line) {
  std::ifstream stream(std::string(FAIRLEAD_GOLDEN_DIR) + "/codes/" + file);
  std::vector<GoldenLine> lines;
  int number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    lines.push_back({file + ":" + std::to_string(number), parts_of(text, '|')});
    EXPECT_EQ(lines.back().fields.size(), fields_per_line) << lines.back().where;
  }
  EXPECT_FALSE(lines.empty()) << "tests/golden/codes/" << file << " is missing or empty";
  return lines;
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (auto& part : parts) {
    const auto first = part.find_first_not_of(' ');
    part = first == part.npos ? "" : part.substr(first, part.find_last_not_of(' ') - first + 1);
  }
  return parts;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

}  // namespace fairlead::codes
