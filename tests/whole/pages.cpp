#include "tests/whole/pages.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fairlead::whole {

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string page(const std::string& name) {
  return read_file(FAIRLEAD_SOURCE_DIR "/docs/" + name);
}

std::string blocks_of(const std::string& page, const std::string& language) {
  std::istringstream lines(page);
  std::string all;
  bool is_inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```" + language;
    } else if (is_inside) {
      all += line + '\n';
    }
  }
  return all;
}

}  // namespace fairlead::whole
