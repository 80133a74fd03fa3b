// The two families of routes of codes/: what shops ask at checkout, and how a brand keeps its
// codes. Threads: built once at start; handlers run on the work pool, several at once.
#pragma once

#include <vector>

#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

std::vector<net::Route> checkout_routes(storage::Database& database);
std::vector<net::Route> resource_routes(storage::Database& database);

}  // namespace fairlead::codes
