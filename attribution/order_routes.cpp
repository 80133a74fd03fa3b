#include "attribution/counters.hpp"
#include "attribution/order_answers.hpp"
#include "attribution/order_body.hpp"
#include "attribution/routes.hpp"
#include "attribution/touches.hpp"
#include "net/problem.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::attribution {

namespace {

core::Answer post_order(const Dependencies& dependencies, const net::Call& call) {
  const auto order = read_order(call.request.body, call.who.brand, call.now);
  if (!order) return order.error();
  auto answer = net::answer_of(storage::once(
      dependencies.database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        return book_order(session, dependencies, *order, call.now);
      }));
  if (answer.status == 201) {
    counters().orders_booked.add();
    activate_prefetches(dependencies, *order);
  }
  if (answer.status == 200) counters().orders_repeated.add();
  if (answer.status == 409) counters().orders_conflicting.add();
  return answer;
}

core::Answer post_refund(const Dependencies& dependencies, const net::Call& call) {
  const auto refund = read_refund(call.request.body, call.who.brand, call.values.front(), call.now);
  if (!refund) return refund.error();
  auto answer = net::answer_of(storage::once(
      dependencies.database, net::idempotency_key(call), call.now,
      [&](storage::Session& session) { return book_refund(session, *refund, call.now); }));
  if (answer.status == 201) counters().refunds_booked.add();
  if (answer.status == 200) counters().refunds_repeated.add();
  return answer;
}

core::Answer get_order(const Dependencies& dependencies, const net::Call& call) {
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto order = find_order(session, call.who.brand, call.values.front());
    if (!order) return no_such_order(call.values.front());
    return order_answer(session, call.who.brand, *order, call.now);
  }));
}

}  // namespace

std::vector<net::Route> order_routes(const Dependencies& dependencies) {
  using net::Role;
  const net::Roles write = Role::shop | Role::admin;
  return {
      {net::Method::post, "/v1/orders", write,
       [dependencies](const net::Call& call) { return post_order(dependencies, call); },
       order_body_bytes_max},
      {net::Method::get, "/v1/orders/{order_ref}", write | Role::viewer,
       [dependencies](const net::Call& call) { return get_order(dependencies, call); }},
      {net::Method::post, "/v1/orders/{order_ref}/refunds", write,
       [dependencies](const net::Call& call) { return post_refund(dependencies, call); },
       order_body_bytes_max},
  };
}

}  // namespace fairlead::attribution
