// Bytes that a golden file cannot hold as they are. Pure.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::test {

// Turns \r \n \t \\ \xNN into bytes, and \uNNNN \UNNNNNNNN into a character's UTF-8; with
// Escapes::bytes_only only \xNN.
enum class Escapes { all, bytes_only };
std::string unescaped(std::string_view text, Escapes escapes = Escapes::all);

// One character as UTF-8; `c` is below U+110000.
std::string utf8_of(char32_t c);

}  // namespace fairlead::test
