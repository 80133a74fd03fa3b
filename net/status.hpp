// The reason phrases of the statuses this program answers (RFC 9110). Pure; any thread.
#pragma once

#include <string_view>

namespace fairlead::net {

// "Not Found"; for a status that is not listed, the name of its class.
std::string_view reason_of(int status);

}  // namespace fairlead::net
