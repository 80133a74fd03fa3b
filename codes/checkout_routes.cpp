#include "codes/answers.hpp"
#include "codes/code_looks.hpp"
#include "codes/handlers.hpp"
#include "net/problem.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

using Doing = std::function<core::Answer(const Asker& asker)>;

// Replies when the transaction has committed, and holds no thread until then. `dependencies` and
// `call` live until the reply; what `doing` needs besides, it owns.
void once(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply,
          Doing doing) {
  storage::once_async(
      dependencies.database, net::idempotency_key(call), call.now,
      [&dependencies, &call, doing = std::move(doing)](storage::Session& session) {
        return doing({session, dependencies, call.who.brand, call.now});
      },
      [reply](auto answered) { reply([&] { return net::answer_of(answered.get()); }); });
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
void take(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply,
          Action action) {
  auto question = read_question(call.request.body, action);
  if (!question) return reply([&] { return question.error(); });
  once(dependencies, call, reply, [asked = *std::move(question)](const Asker& asker) {
    return taken_answer(asked, carry_out(asker, asked), asker.now);
  });
}

void reserve(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply) {
  take(dependencies, call, reply, Action::reserve);
}

void redeem(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply) {
  take(dependencies, call, reply, Action::redeem);
}

void release(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply) {
  auto asked = read_give_back(call.request.body, Action::release);
  if (!asked) return reply([&] { return asked.error(); });
  once(dependencies, call, reply, [asked = *std::move(asked)](const Asker& asker) {
    return release_answer(asked, codes::release(asker, asked));
  });
}

core::Answer refuse_keyless() {
  return net::problem(400, "idempotency_key_missing",
                      "Rolling back a part needs an Idempotency-Key: without it, a repeated call "
                      "would roll back a second part.");
}

void rollback(const Dependencies& dependencies, const net::Call& call, const net::Reply& reply) {
  auto asked = read_give_back(call.request.body, Action::rollback);
  if (!asked) return reply([&] { return asked.error(); });
  if (asked->is_partial() && call.request.header("Idempotency-Key").empty())
    return reply(refuse_keyless);
  once(dependencies, call, reply, [asked = *std::move(asked)](const Asker& asker) {
    return rollback_answer(asked, roll_back(asker, asked));
  });
}

}  // namespace

std::vector<net::Route> checkout_routes(const Dependencies& dependencies) {
  using Function = void (*)(const Dependencies&, const net::Call&, const net::Reply&);
  constexpr auto shops = net::Role::shop | net::Role::admin;
  const auto route = [&](std::string_view name, Function function) -> net::Route {
    return {.method = net::Method::post,
            .pattern = "/v1/codes/" + std::string(name),
            .roles = shops,
            .handler = {},
            .body_bytes_max = body_bytes_max,
            .async_handler = [dependencies, function](const net::Call& call, net::Reply reply) {
              function(dependencies, call, reply);
            }};
  };
  return {{net::Method::post, "/v1/codes/validate", shops,
           [dependencies](const net::Call& call) { return validate(dependencies, call); },
           body_bytes_max},
          route("reserve", reserve),
          route("redeem", redeem),
          route("release", release),
          route("rollback", rollback)};
}

}  // namespace fairlead::codes
