// Reads tests/golden/<name>: one case a line, columns parted by '|' and trimmed, '#' starts a
// comment line, empty lines are skipped. A missing or empty file fails the test. One thread.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::core::test {

struct GoldenRow {
  std::string place;  // "core/split.txt:12", for SCOPED_TRACE
  std::vector<std::string> columns;
};

inline std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

inline std::vector<GoldenRow> golden_rows(const std::string& name, std::size_t columns) {
  std::ifstream file(std::string(FAIRLEAD_GOLDEN_DIR) + "/" + name);
  std::vector<GoldenRow> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (trimmed(line).empty() || line.front() == '#') continue;
    GoldenRow row{name + ":" + std::to_string(number), {}};
    std::string_view rest = line;
    for (std::size_t bar = rest.find('|'); bar != std::string_view::npos; bar = rest.find('|')) {
      row.columns.push_back(trimmed(rest.substr(0, bar)));
      rest.remove_prefix(bar + 1);
    }
    row.columns.push_back(trimmed(rest));
    EXPECT_EQ(row.columns.size(), columns) << row.place;
    if (row.columns.size() == columns) rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << "no cases in tests/golden/" << name;
  return rows;
}

// "70 30" → {70, 30}.
inline std::vector<std::int64_t> integers(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::int64_t> numbers;
  for (std::string word; words >> word;)
    numbers.push_back(std::stoll(word));
  return numbers;
}

}  // namespace fairlead::core::test
