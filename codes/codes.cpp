#include "codes/codes.hpp"

#include <iterator>

#include "codes/handlers.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(const Dependencies& dependencies) {
  auto& database = dependencies.database;
  auto all = checkout_routes(dependencies);
  for (auto& family : {resource_routes(database), shared_limit_routes(database),
                       making_routes(database, dependencies.public_url),
                       batch_routes(database, dependencies.batch_asked), sheet_routes(database),
                       variant_routes(database)})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

}  // namespace fairlead::codes
