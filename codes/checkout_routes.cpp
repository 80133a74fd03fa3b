#include "codes/answers.hpp"
#include "codes/cart.hpp"
#include "codes/handlers.hpp"
#include "codes/uses.hpp"
#include "net/problem.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

core::Answer validate(storage::Database& database, const net::Call& call) {
  const auto question = read_question(call.request.body, OrderRef::optional);
  if (!question) return question.error();
  return net::answer_of(database.read([&](storage::Session& session) {
    return validate_answer(*question, ask(session, call.who.brand, *question, call.now));
  }));
}

core::Answer redeem_once(storage::Database& database, const net::Call& call) {
  // A body that cannot be understood is refused before the key is looked at, and never remembered.
  const auto question = read_question(call.request.body, OrderRef::required);
  if (!question) return question.error();
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        return redeem_answer(*question, redeem(session, call.who.brand, *question, call.now));
      }));
}

}  // namespace

std::vector<net::Route> checkout_routes(storage::Database& database) {
  constexpr auto shops = net::Role::shop | net::Role::admin;
  return {
      {net::Method::post, "/v1/codes/validate", shops,
       [&database](const net::Call& call) { return validate(database, call); }, body_bytes_max},
      {net::Method::post, "/v1/codes/redeem", shops,
       [&database](const net::Call& call) { return redeem_once(database, call); }, body_bytes_max},
  };
}

}  // namespace fairlead::codes
