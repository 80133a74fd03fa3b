#include "attribution/signal_policy.hpp"

#include <boost/json.hpp>

#include "attribution/sql.hpp"

namespace fairlead::attribution {

namespace json = boost::json;

std::string_view SignalPolicy::action_of(Signal signal) const {
  const SignalTest& test = test_of(signal);
  const auto own = actions.find(test.name);
  return own == actions.end() ? test.default_action : std::string_view(own->second);
}

SignalPolicy find_signal_policy(storage::Session& session, core::BrandId brand) {
  const auto rows = session.run(sql::find_signal_policy, brand);
  if (rows.empty()) return {};
  const auto& row = rows.one();
  SignalPolicy policy{
      .actions = {}, .click_to_order_floor_s = row.integer(1), .version = row.integer(2)};
  const auto stored = json::parse(row.text(0));
  for (const auto& [name, action] : stored.as_object())
    policy.actions.emplace(std::string(name), std::string(action.as_string()));
  return policy;
}

void put_signal_policy(storage::Session& session, core::BrandId brand, const SignalPolicy& policy) {
  json::object actions;
  for (const auto& [name, action] : policy.actions)
    actions[name] = action;
  session.run(sql::put_signal_policy, brand, json::serialize(actions),
              policy.click_to_order_floor_s);
}

}  // namespace fairlead::attribution
