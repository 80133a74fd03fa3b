// Signals of fraud for the brand's people: what was found, how it was decided, what is to be done
// by itself, and the decision that ends a hold. A decision is a person's and is final: money comes
// back into being by no second thought.
#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "attribution/commission_signals.hpp"
#include "attribution/routes.hpp"
#include "attribution/signal_report.hpp"
#include "attribution/stored_order.hpp"
#include "attribution/write_refund.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

core::Answer refuse_parameter(const std::string& name, const std::string& detail) {
  return net::problem(400, "invalid_request", detail, {{"?" + name, "invalid_value", detail}});
}

std::string signal_names() {
  std::string names;
  for (const SignalTest& test : signal_tests())
    names += (names.empty() ? "" : ", ") + std::string(test.name);
  return names;
}

boost::system::result<SignalFilter, core::Answer> read_filter(const net::Call& call) {
  SignalFilter filter;
  const auto& query = call.request.query;
  if (const auto asked = net::query_value(query, "influencer_id")) {
    const auto id = core::InfluencerId::parse(*asked);
    if (!id)
      return refuse_parameter("influencer_id",
                              "\"?influencer_id\" must be an influencer's id such as \"inf_…\"");
    filter.influencer = *id;
  }
  if (const auto asked = net::query_value(query, "signal")) {
    if (find_signal_test(*asked) == nullptr)
      return refuse_parameter("signal", "\"?signal\" must be one of " + signal_names());
    filter.signal = *asked;
  }
  if (const auto asked = net::query_value(query, "status")) {
    if (*asked != "open" && *asked != "decided")
      return refuse_parameter("status", "\"?status\" must be open or decided");
    filter.status = *asked;
  }
  return filter;
}

core::Answer list(const Dependencies& dependencies, const net::Call& call) {
  const auto page = net::read_page(call.request, {"influencer_id", "signal", "status"});
  if (!page) return page.error();
  const auto filter = read_filter(call);
  if (!filter) return filter.error();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto signals =
        list_signals(session, call.who.brand, *filter, page->after, page->limit + 1);
    json::array data;
    for (const StoredSignal& signal : signals)
      data.push_back(signal_json(signal));
    const auto shown = static_cast<std::size_t>(page->limit);
    const bool has_more = signals.size() > shown;
    return net::list_answer(std::move(data), has_more, has_more ? signals[shown - 1].number : 0);
  }));
}

core::Answer policy_answer(const SignalPolicy& policy) {
  json::object actions;
  for (const SignalTest& test : signal_tests())
    actions[test.name] = policy.action_of(test.signal);
  auto answer = net::json_answer(
      200, json::object{{"actions", std::move(actions)},
                        {"click_to_order_floor_s", policy.click_to_order_floor_s}});
  answer.headers.emplace_back("ETag", net::etag_of(policy.version));
  return answer;
}

core::Answer show_policy(const Dependencies& dependencies, const net::Call& call) {
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    return policy_answer(find_signal_policy(session, call.who.brand));
  }));
}

core::Answer change_policy(const Dependencies& dependencies, const net::Call& call) {
  return net::answer_of(
      dependencies.database.transact([&](storage::Session& session) -> core::Answer {
        const SignalPolicy before = find_signal_policy(session, call.who.brand);
        if (auto stale = net::refuse_stale(call.request, before.version)) return *stale;
        net::Fields body(call.request.body);
        SignalPolicy after = before;
        body.object("actions", false, [&](net::Fields& actions) {
          for (const SignalTest& test : signal_tests()) {
            if (auto action = actions.maybe_one_of(test.name, {"off", "report", "hold"}))
              after.actions[std::string(test.name)] = std::move(*action);
          }
        });
        after.click_to_order_floor_s =
            body.maybe_integer("click_to_order_floor_s", 0, click_to_order_floor_s_max)
                .value_or(before.click_to_order_floor_s);
        if (auto refusal = body.refusal()) return *refusal;
        if (after.actions == before.actions &&
            after.click_to_order_floor_s == before.click_to_order_floor_s)
          return policy_answer(before);
        put_signal_policy(session, call.who.brand, after);
        auto answer = policy_answer(find_signal_policy(session, call.who.brand));
        storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "updated",
                               "signal_policy", answer.body);
        return answer;
      }));
}

struct Asked {
  std::string action;
  std::string reason;
};

core::Answer decide(storage::Session& session, const net::Call& call, core::CommissionId id,
                    const Asked& asked) {
  const core::BrandId brand = call.who.brand;
  const std::string actor = call.who.key.text();
  const bool takes_back = asked.action == "reverse";
  auto commission = ledger::find_commission(session, brand, id, call.now);
  const auto order = commission ? find_order(session, brand, commission->order) : std::nullopt;
  if (!order) return net::problem(404, "not_found", "There is no such commission of this brand.");
  // Refunds of the order wait, and those that were first are seen.
  lock_order(session, brand, order->order_ref);
  const auto signals = signals_of(session, brand, id);
  const bool is_open = std::any_of(signals.begin(), signals.end(), [](const StoredSignal& signal) {
    return signal.decision.empty();
  });
  if (!is_open)
    return net::problem(409, "not_held",
                        "No signal on this commission is open. A hold on its code ends with "
                        "release_commissions of the code's leak_actions.");
  decide_signals(session, brand, id, takes_back ? "reversed" : "released", asked.reason, actor,
                 call.now);
  json::object change{{"reason", asked.reason}};
  if (takes_back) {
    const auto taken =
        ledger::reverse_commission(session, brand, id, asked.reason, actor, call.now);
    change["amount_minor"] = taken.value_or(0);
    change["currency"] = order->currency.code();
  } else {
    ledger::release_commission(session, brand, id, actor, call.now);
  }
  storage::record_change(session, brand, call.now, actor,
                         takes_back ? "commission_reversed" : "commission_released", id.text(),
                         json::serialize(change));
  commission = ledger::find_commission(session, brand, id, call.now);
  json::object body = ledger::commission_json(*commission);
  json::array decided;
  for (const StoredSignal& signal : signals_of(session, brand, id))
    decided.push_back(signal_json(signal));
  body["signals"] = std::move(decided);
  return net::json_answer(200, body);
}

core::Answer post_decision(const Dependencies& dependencies, const net::Call& call) {
  net::Fields body(call.request.body);
  const Asked asked{.action = body.one_of("action", {"release", "reverse"}),
                    .reason = body.text("reason", {.min = 3, .max = 200})};
  if (auto refusal = body.refusal()) return *refusal;
  const auto id = core::CommissionId::parse(call.values.front());
  if (!id) return net::problem(404, "not_found", "There is no such commission of this brand.");
  return net::answer_of(
      storage::once(dependencies.database, net::idempotency_key(call), call.now,
                    [&](storage::Session& session) { return decide(session, call, *id, asked); }));
}

}  // namespace

std::vector<net::Route> signal_routes(const Dependencies& dependencies) {
  using net::Role;
  const net::Roles readers = Role::admin | Role::viewer;
  const auto bound = [&dependencies](auto function) -> net::Handler {
    return [dependencies, function](const net::Call& call) { return function(dependencies, call); };
  };
  return {
      {net::Method::get, "/v1/signals", readers, bound(list)},
      {net::Method::get, "/v1/signal_policy", readers, bound(show_policy)},
      {net::Method::patch, "/v1/signal_policy", net::only(Role::admin), bound(change_policy)},
      {net::Method::get, "/v1/reports/signals", readers, bound(answer_signal_report)},
      {net::Method::post, "/v1/commissions/{id}/decision", net::only(Role::admin),
       bound(post_decision)},
  };
}

}  // namespace fairlead::attribution
