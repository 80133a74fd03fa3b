#include "codes/answers.hpp"
#include "codes/code_looks.hpp"
#include "codes/handlers.hpp"
#include "net/problem.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

using Doing = std::function<core::Answer(const Asker& asker)>;

core::Answer once(const Dependencies& dependencies, const net::Call& call, const Doing& doing) {
  return net::answer_of(storage::once(
      dependencies.database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        return doing({session, dependencies, call.who.brand, call.now});
      }));
}

core::Answer validate(const Dependencies& dependencies, const net::Call& call) {
  const auto question = read_question(call.request.body, Action::validate);
  if (!question) return question.error();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const Asker asker{session, dependencies, call.who.brand, call.now};
    auto outcome = ask(asker, *question);
    for (auto& result : outcome.results) {
      if (result.judgement.verdict == Verdict::code_not_found)
        result.suggestion = suggest(session, call.who.brand, result.given, call.now);
    }
    return validate_answer(*question, outcome, call.now);
  }));
}

// A body that cannot be understood is refused before the key is looked at, and never remembered.
core::Answer take(const Dependencies& dependencies, const net::Call& call, Action action) {
  const auto question = read_question(call.request.body, action);
  if (!question) return question.error();
  return once(dependencies, call, [&](const Asker& asker) {
    return taken_answer(*question, carry_out(asker, *question), asker.now);
  });
}

core::Answer reserve(const Dependencies& dependencies, const net::Call& call) {
  return take(dependencies, call, Action::reserve);
}

core::Answer redeem(const Dependencies& dependencies, const net::Call& call) {
  return take(dependencies, call, Action::redeem);
}

core::Answer release(const Dependencies& dependencies, const net::Call& call) {
  const auto asked = read_give_back(call.request.body, Action::release);
  if (!asked) return asked.error();
  return once(dependencies, call, [&](const Asker& asker) {
    return release_answer(*asked, codes::release(asker, *asked));
  });
}

core::Answer rollback(const Dependencies& dependencies, const net::Call& call) {
  const auto asked = read_give_back(call.request.body, Action::rollback);
  if (!asked) return asked.error();
  if (asked->is_partial() && call.request.header("Idempotency-Key").empty()) {
    return net::problem(400, "idempotency_key_missing",
                        "Rolling back a part needs an Idempotency-Key: without it, a repeated call "
                        "would roll back a second part.");
  }
  return once(dependencies, call, [&](const Asker& asker) {
    return rollback_answer(*asked, roll_back(asker, *asked));
  });
}

}  // namespace

std::vector<net::Route> checkout_routes(const Dependencies& dependencies) {
  using Function = core::Answer (*)(const Dependencies&, const net::Call&);
  constexpr auto shops = net::Role::shop | net::Role::admin;
  const auto route = [&](std::string_view name, Function function) -> net::Route {
    return {
        net::Method::post, "/v1/codes/" + std::string(name), shops,
        [dependencies, function](const net::Call& call) { return function(dependencies, call); },
        body_bytes_max};
  };
  return {route("validate", validate), route("reserve", reserve), route("redeem", redeem),
          route("release", release), route("rollback", rollback)};
}

}  // namespace fairlead::codes
