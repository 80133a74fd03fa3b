#include "codes/codes.hpp"

#include "codes/handlers.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(const Dependencies& dependencies) {
  auto routes = checkout_routes(dependencies);
  for (auto more : {resource_routes, shared_limit_routes}) {
    for (auto& route : more(dependencies.database))
      routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace fairlead::codes
