#include "tests/attribution/golden_lines.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fairlead::attribution {

namespace {

std::string trimmed(const std::string& part) {
  const auto first = part.find_first_not_of(' ');
  if (first == part.npos) return "";
  return part.substr(first, part.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line) {
  std::istringstream stream(golden_file(file));
  std::vector<GoldenLine> lines;
  int number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    GoldenLine line{file + ":" + std::to_string(number), {}};
    std::istringstream parts(text + "|");
    for (std::string part; std::getline(parts, part, '|');)
      line.fields.push_back(trimmed(part));
    EXPECT_EQ(line.fields.size(), fields_per_line) << line.where;
    line.fields.resize(fields_per_line);
    lines.push_back(std::move(line));
  }
  EXPECT_FALSE(lines.empty()) << file << " is missing or empty";
  return lines;
}

std::string golden_file(const std::string& name) {
  std::ifstream stream(std::string(FAIRLEAD_GOLDEN_DIR) + "/attribution/" + name, std::ios::binary);
  EXPECT_TRUE(stream.good()) << "tests/golden/attribution/" << name << " is missing";
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

}  // namespace fairlead::attribution
