// The parts of the route table, one per kind of thing; attribution.cpp puts them together. Handlers
// run on the work pool, several at once.
#pragma once

#include <vector>

#include "attribution/attribution.hpp"
#include "net/router.hpp"

namespace fairlead::attribution {

std::vector<net::Route> order_routes(const Dependencies& dependencies);
std::vector<net::Route> commission_routes(const Dependencies& dependencies);
std::vector<net::Route> integration_routes(const Dependencies& dependencies);
std::vector<net::Route> webhook_routes(const Dependencies& dependencies);
std::vector<net::Route> tracker_routes(const Dependencies& dependencies);
std::vector<net::Route> signal_routes(const Dependencies& dependencies);

}  // namespace fairlead::attribution
