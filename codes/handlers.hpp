// The families of routes of codes/: what shops ask at checkout, how a brand keeps its codes, and
// the limits that the codes of a campaign share. Threads: built once at start; handlers run on the
// work pool, several at once.
#pragma once

#include <vector>

#include "codes/codes.hpp"

namespace fairlead::codes {

std::vector<net::Route> checkout_routes(const Dependencies& dependencies);
std::vector<net::Route> resource_routes(storage::Database& database);
std::vector<net::Route> shared_limit_routes(storage::Database& database);

}  // namespace fairlead::codes
