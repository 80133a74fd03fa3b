// The families of routes of codes/: what shops ask at checkout, how a brand keeps its codes and
// makes them, the limits that the codes of a campaign share, and variants. Threads: built once at
// start; handlers run on the work pool, several at once.
#pragma once

#include <functional>
#include <vector>

#include "codes/codes.hpp"
#include "net/json.hpp"

namespace fairlead::codes {

core::Answer no_such_code();         // 404
core::Answer refuse_unknown_deal();  // 400, of the field deal_id

std::vector<net::Route> checkout_routes(const Dependencies& dependencies);
std::vector<net::Route> resource_routes(storage::Database& database);
std::vector<net::Route> shared_limit_routes(storage::Database& database);
std::vector<net::Route> variant_routes(storage::Database& database);
std::vector<net::Route> shop_id_routes(storage::Database& database);
std::vector<net::Route> making_routes(storage::Database& database, const std::string& public_url);
std::vector<net::Route> batch_routes(storage::Database& database,
                                     std::function<void()> batch_asked);
std::vector<net::Route> sheet_routes(storage::Database& database);

}  // namespace fairlead::codes
