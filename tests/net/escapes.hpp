// Bytes that a golden file cannot hold as they are.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::net {

// Turns \r \n \t \\ \xNN into bytes; with Escapes::bytes_only only \xNN.
enum class Escapes { all, bytes_only };
std::string unescaped(std::string_view text, Escapes escapes = Escapes::all);

}  // namespace fairlead::net
