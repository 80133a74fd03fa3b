// Pages of docs/ taken apart, so that what they tell a reader to paste is what is tested. Any
// thread.
#pragma once

#include <string>

namespace fairlead::whole {

std::string read_file(const std::string& path);
// Of docs/, such as "checkout.md".
std::string page(const std::string& name);
// The text of a page's fenced blocks in that language, one after the other.
std::string blocks_of(const std::string& page, const std::string& language);

}  // namespace fairlead::whole
