// The version of the program, from CMake's project(); shown by `fairlead version` and /metrics.
#pragma once

#include <string_view>

namespace fairlead::app {

inline constexpr std::string_view version = FAIRLEAD_VERSION;

}  // namespace fairlead::app
