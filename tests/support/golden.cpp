#include "tests/support/golden.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fairlead::test {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A bar between blanks parts two fields, so that a field may hold a bar. One blank may stand for
// both neighbours of an empty field.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::string rest = " " + line + " ";
  for (;;) {
    const std::size_t bar = rest.find(" | ");
    fields.push_back(trimmed(rest.substr(0, bar)));
    if (bar == rest.npos) return fields;
    rest.erase(0, bar + 2);
  }
}

}  // namespace

std::vector<GoldenLine> golden_lines(const std::string& file, std::size_t fields_per_line) {
  std::istringstream stream(golden_file(file));
  std::vector<GoldenLine> lines;
  int number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    GoldenLine line{file + ":" + std::to_string(number), fields_of(text)};
    EXPECT_EQ(line.fields.size(), fields_per_line) << line.where;
    if (line.fields.size() == fields_per_line) lines.push_back(std::move(line));
  }
  EXPECT_FALSE(lines.empty()) << "tests/golden/" << file << " holds no case";
  return lines;
}

std::string golden_file(const std::string& file) {
  std::ifstream stream(FAIRLEAD_GOLDEN_DIR "/" + file, std::ios::binary);
  EXPECT_TRUE(stream.good()) << "tests/golden/" << file << " is missing";
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::vector<std::string> parts_of(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t to = text.find(separator, from);
    parts.push_back(trimmed(text.substr(from, to == text.npos ? to : to - from)));
    if (to == text.npos) return parts;
    from = to + separator.size();
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

std::vector<std::int64_t> integers_of(const std::string& text) {
  std::vector<std::int64_t> numbers;
  for (const std::string& word : words_of(text))
    numbers.push_back(std::stoll(word));
  return numbers;
}

}  // namespace fairlead::test
