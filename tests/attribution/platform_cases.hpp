// Golden files of platforms: what a file says, and what one delivery after another takes from an
// order, without a database. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attribution/platforms.hpp"

namespace fairlead::attribution {

std::string golden_body(const Platform& platform, const std::string& name);
core::Result<Notice> read_text(const Platform& platform, std::string_view text,
                               std::string_view topic = "");
// Fails the test when it is not understood.
Notice read_golden(const Platform& platform, const std::string& name);
// "2540:note -1732": of each file, named between blanks, in turn.
std::string take_in_turn(const Platform& platform, const std::string& order_name,
                         const std::string& names);
std::string joined(const std::vector<std::string>& words);  // "a,b"

}  // namespace fairlead::attribution
