#include "codes/codes.hpp"

#include <iterator>

#include "codes/handlers.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(const Dependencies& dependencies) {
  auto& database = dependencies.database;
  auto all = checkout_routes(dependencies);
  for (auto& family : {resource_routes(database), shared_limit_routes(database),
                       making_routes(database, dependencies.public_url),
                       batch_routes(database, dependencies.batch_asked), sheet_routes(database),
                       variant_routes(database), shop_id_routes(database)})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

core::Answer no_such_code() {
  return net::problem(404, "not_found", "There is no such code.");
}

core::Answer refuse_unknown_deal() {
  return net::problem(400, "invalid_request", "There is no such deal.",
                      {{"/deal_id", "not_found", "There is no such deal."}});
}

}  // namespace fairlead::codes
