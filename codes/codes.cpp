#include "codes/codes.hpp"

#include "codes/handlers.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(storage::Database& database) {
  auto routes = checkout_routes(database);
  for (auto& route : resource_routes(database))
    routes.push_back(std::move(route));
  return routes;
}

}  // namespace fairlead::codes
