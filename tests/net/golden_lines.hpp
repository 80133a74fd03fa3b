// Golden files of net/: lines of fields between bars, with byte escapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::net {

struct GoldenLine {
  std::size_t number;  // in the file, from 1
  std::string text;
};

// All lines but comments and empty ones. Fails the running test when there are none.
std::vector<GoldenLine> golden_lines(const std::string& file);
// Cut at " | ", blanks around each field removed.
std::vector<std::string> fields_of(std::string_view line);
// Turns \r \n \t \\ \xNN into bytes; with Escapes::bytes_only only \xNN.
enum class Escapes { all, bytes_only };
std::string unescaped(std::string_view text, Escapes escapes = Escapes::all);

}  // namespace fairlead::net
