#include "codes/codes.hpp"

#include "codes/handlers.hpp"
#include "core/crypto.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

std::vector<net::Route> routes(storage::Database& database) {
  auto routes = checkout_routes(database);
  for (auto& route : resource_routes(database))
    routes.push_back(std::move(route));
  return routes;
}

std::optional<core::Answer> read_idempotency(const net::Call& call, storage::IdempotencyKey& key) {
  constexpr std::size_t key_bytes_max = 255;
  std::string_view given = call.request.header("Idempotency-Key");
  // The draft standard writes it quoted, most clients bare; both mean the same key.
  if (given.size() >= 2 && given.front() == '"' && given.back() == '"') {
    given = given.substr(1, given.size() - 2);
    if (given.empty()) {
      return net::problem(400, "idempotency_key_invalid", "The Idempotency-Key is empty.");
    }
  }
  const bool is_visible =
      std::all_of(given.begin(), given.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (given.size() > key_bytes_max || !is_visible) {
    return net::problem(400, "idempotency_key_invalid",
                        "An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.");
  }
  key = {.brand = call.who.brand,
         .scope = std::string(net::name_of(call.request.method)) + " " +
                  std::string(call.request.path) + " " + call.who.key.text(),
         .key = std::string(given),
         .fingerprint = std::string(core::as_text(core::sha256(call.request.body)))};
  return std::nullopt;
}

core::Answer settled(core::Result<core::Answer> answer) {
  if (!answer) return net::problem_of(answer.error());
  return std::move(*answer);
}

}  // namespace fairlead::codes
