#include "admin/admin.hpp"

#include "admin/reports.hpp"
#include "admin/resources.hpp"

namespace fairlead::admin {

std::vector<net::Route> routes(const Dependencies& dependencies) {
  std::vector<net::Route> all;
  const auto take = [&all](std::vector<net::Route> some) {
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  };
  take(brand_routes(dependencies));
  take(key_routes(dependencies.database, dependencies.known_keys));
  take(influencer_routes(dependencies.database));
  take(campaign_routes(dependencies.database));
  take(deal_routes(dependencies.database));
  take(post_routes(dependencies.database));
  take(cost_routes(dependencies.database));
  take(event_routes(dependencies.database));
  take(report_routes(dependencies));
  take(leak_routes(dependencies.database));
  take(operation_routes(dependencies));
  take(docs_routes());
  return all;
}

}  // namespace fairlead::admin
