#include "attribution/attribution.hpp"

#include "attribution/routes.hpp"

namespace fairlead::attribution {

std::vector<net::Route> routes(const Dependencies& dependencies) {
  std::vector<net::Route> all;
  for (auto part : {order_routes(dependencies), commission_routes(dependencies),
                    integration_routes(dependencies), webhook_routes(dependencies),
                    tracker_routes(dependencies), signal_routes(dependencies)}) {
    for (net::Route& route : part)
      all.push_back(std::move(route));
  }
  return all;
}

}  // namespace fairlead::attribution
