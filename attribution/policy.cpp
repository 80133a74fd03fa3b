#include "attribution/policy.hpp"

#include "attribution/attribution.hpp"
#include "attribution/models.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

Policy read_policy(net::Fields& fields) {
  std::vector<std::string_view> names;
  for (const Model& model : models())
    names.push_back(model.name);
  Policy policy;
  const auto take = [](auto& into, auto given) {
    if (given) into = *std::move(given);
  };
  take(policy.precedence,
       fields.maybe_one_of("precedence", {"code_first", "click_first", "latest", "split"}));
  take(policy.model, fields.maybe_one_of("model", names));
  take(policy.lookback_days, fields.maybe_integer("lookback_days", 1, lookback_days_max));
  take(policy.code_share_ppm, fields.maybe_integer("code_share_ppm", 0, core::ppm_one));
  take(policy.half_life_days, fields.maybe_integer("half_life_days", 1, 365));
  take(policy.click_to_order_min_s, fields.maybe_integer("click_to_order_min_s", 0, 86'400));
  take(policy.existing_customers,
       fields.maybe_one_of("existing_customers", {"credit", "none", "first_influencer"}));
  return policy;
}

boost::json::object policy_json(const Policy& policy) {
  return {{"precedence", policy.precedence},
          {"model", policy.model},
          {"lookback_days", policy.lookback_days},
          {"code_share_ppm", policy.code_share_ppm},
          {"half_life_days", policy.half_life_days},
          {"click_to_order_min_s", policy.click_to_order_min_s},
          {"existing_customers", policy.existing_customers}};
}

}  // namespace fairlead::attribution
