// The addresses of trackers' protocols: each platform with a Protocol has its own below
// /v1/webhooks/{its name}/{integration_id}, so that a sender is moved here by changing the front of
// its URL. The secret stands where the protocol has one; the answer is in the protocol's words, and
// what became of the call is in the header Fairlead-Verdict, whatever the status says.
#include "attribution/routes.hpp"
#include "attribution/take_in.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::size_t tracker_body_bytes_max = 64 * 1024;

std::string verdict_of(const Settled& settled) {
  switch (settled.outcome) {
    case DeliveryOutcome::applied:
    case DeliveryOutcome::needs_review:
      return "accepted";
    case DeliveryOutcome::duplicate:
      return "duplicate";
    case DeliveryOutcome::ignored:
      return "ignored";
    case DeliveryOutcome::waiting:
      return "waiting";
    case DeliveryOutcome::failed:
      return "rejected;reason=" + std::string(word_of(settled.refusal));
  }
  return "";
}

core::Answer answer(const Dependencies& dependencies, const Platform& platform,
                    const net::Call& call) {
  // Whoever only looks at an address has not sold anything.
  if (call.request.method == net::Method::head) {
    auto refusal = net::problem(405, "method_not_allowed", "A conversion is reported with GET.");
    refusal.headers.emplace_back("Allow", "GET");
    return refusal;
  }
  const Taken taken = take_in(dependencies, platform, call, call.values.front());
  if (taken.failure && !platform.protocol->words_failures) return net::problem_of(*taken.failure);
  const Delivery delivery = delivery_of(platform, call);
  core::Answer answer = platform.protocol->answer(
      {delivery.topic, delivery.body, taken.settled, taken.currency, call.request});
  answer.headers.emplace_back("Fairlead-Verdict", verdict_of(taken.settled));
  return answer;
}

}  // namespace

std::vector<net::Route> tracker_routes(const Dependencies& dependencies) {
  std::vector<net::Route> routes;
  for (const Platform& platform : platforms()) {
    if (!platform.protocol) continue;
    for (const Endpoint& endpoint : platform.protocol->endpoints) {
      routes.push_back(
          {endpoint.method,
           "/v1/webhooks/" + std::string(platform.name) + "/{integration_id}" + endpoint.rest,
           net::anyone,
           [dependencies, &platform](const net::Call& call) {
             return answer(dependencies, platform, call);
           },
           tracker_body_bytes_max, net::Body::raw});
    }
  }
  return routes;
}

}  // namespace fairlead::attribution
