// Most requests are a plain GET whose head has arrived whole and says nothing about bodies,
// upgrades or anything else that needs thought. Those are read here in one pass. Whatever is
// unusual in the least is left to read_head(), so this may refuse what that accepts, and never
// accepts what that refuses or reads otherwise; a test and the fuzz target hold it. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/head.hpp"
#include "net/limits.hpp"
#include "net/request.hpp"

namespace fairlead::net {

// The size of the head that `bytes` starts with; 0 when it is not plain or not whole, and then what
// stands in `request` and `head` means nothing. Otherwise they are as read_head() leaves them.
std::size_t read_plain_head(std::string_view bytes, const Limits& limits, Request& request,
                            Head& head);

}  // namespace fairlead::net
