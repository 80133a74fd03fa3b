// The routes of the API as one table: method, pattern, who may call, handler. Everything that is
// not under a reserved first segment goes to the FastPath (the redirect). Built before the server
// starts and immutable after that; handlers run on the work pool, several at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/answer.hpp"
#include "core/id.hpp"
#include "core/idempotency_key.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/request.hpp"

namespace fairlead::net {

// `browser` is publishable: its key stands in a shop's page, for everybody to read.
enum class Role : std::uint8_t { admin = 1, viewer = 2, shop = 4, influencer = 8, browser = 16 };

// A set of roles; open_to_all means that no key is needed.
struct Roles {
  std::uint8_t bits = 0;
  constexpr bool contains(Role role) const { return bits & static_cast<std::uint8_t>(role); }
  constexpr bool open_to_all() const { return bits == 0; }
};
constexpr Roles operator|(Role a, Role b) {
  return {static_cast<std::uint8_t>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b))};
}
constexpr Roles operator|(Roles a, Role b) {
  return {static_cast<std::uint8_t>(a.bits | static_cast<std::uint8_t>(b))};
}
constexpr Roles only(Role role) {
  return {static_cast<std::uint8_t>(role)};
}
inline constexpr Roles anyone{};

// Who calls, as the key says. Tenant isolation rests on this: brand comes from here and nowhere
// else.
struct Principal {
  core::BrandId brand;
  core::KeyId key;
  Role role = Role::viewer;
  core::InfluencerId influencer;     // of role influencer only
  std::vector<std::string> origins;  // of role browser only: the pages it may be used from
};

struct Call {
  const Request& request;
  const Principal& who;             // all zero on routes open to all
  std::vector<std::string> values;  // of the pattern's {names}, in order, percent-decoded
  core::Instant now;
  std::string_view route;  // the pattern
};
// For storage::once(), with the header as it came.
core::IdempotencyKey idempotency_key(const Call& call);

// Blocking code; must not throw (what escapes becomes a 500 and a log line).
using Handler = std::function<core::Answer(const Call&)>;

// Answers a call that was put off: once, from any thread. Runs `make` at once; what it throws
// becomes a 500 and a log line.
using Reply = std::function<void(const std::function<core::Answer()>& make)>;
// For a call that waits for a commit without holding a thread: returns soon and replies then or
// later. The call lives until the reply.
using AsyncHandler = std::function<void(const Call&, Reply)>;

// What a route takes as a body: JSON (another Content-Type is a 415), or any bytes as they came,
// for signatures over the raw body and for files.
enum class Body : std::uint8_t { json, raw };

// Whether pages may call a route. Then OPTIONS answers their browser's preflight, and a call counts
// only from a page whose Origin the key lists; anything else is 403 origin_not_allowed,
// unevaluated.
enum class Cors : std::uint8_t { none, origins_of_key };

struct Route {
  Method method;
  std::string pattern;  // "/v1/orders/{order_ref}/refunds"; a {name} matches one non-empty segment
  Roles roles;
  Handler handler;
  std::size_t body_bytes_max = 64 * 1024;
  Body body = Body::json;
  AsyncHandler async_handler = {};  // instead of `handler`, which is empty then
  Cors cors = Cors::none;
};

// Turns a bearer token into a Principal. Errc::unauthorized when unknown, revoked or expired; the
// work is the same for an unknown id. Runs on the work pool.
using Authenticate =
    std::function<core::Result<Principal>(std::string_view token, core::Instant now)>;

// Whether some live key lists the origin: all that a preflight, which names no key, can be asked.
// Runs on the work pool.
using IsListedOrigin = std::function<core::Result<bool>(std::string_view origin, core::Instant)>;

// First path segments that never name a slug. HEAD is answered wherever GET is.
bool is_reserved_segment(std::string_view segment);

class Router {
 public:
  // Without `is_listed_origin` every preflight is refused.
  Router(std::vector<Route> routes, Authenticate authenticate,
         IsListedOrigin is_listed_origin = {});

  // 404 not_found, 405 method_not_allowed with Allow, 400 duplicate_header (of those that are read
  // here) or idempotency_key_invalid (an empty one), 401 unauthorized, 403 forbidden, or the
  // handler's. What a handler throws becomes a bare 500 and a log line. One '/' at the end of a
  // path is ignored.
  core::Answer answer(const Request& request, core::Instant now) const;
  // The same without waiting for what is put off. `done` is called once, on any thread; `request`
  // must live until then.
  void answer_async(const Request& request, core::Instant now,
                    std::function<void(core::Answer)> done) const;
  // The body limit of the route a head asks for; the smallest limit when there is no such route.
  std::size_t body_bytes_max(Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  // A pattern cut at its slashes; "" stands for a {name}.
  using Segments = std::vector<std::string>;
  struct Match {
    const Route* route = nullptr;     // nullptr: no route, or none with this method
    std::vector<std::string> values;  // still percent-encoded
    std::vector<Method> methods;      // of all routes at this path
  };
  Match find(Method method, std::string_view path) const;
  // The refusal, or the route with who calls it and its decoded values.
  struct Admitted {
    const Route& route;
    Principal who;
    std::vector<std::string> values;
  };
  std::variant<core::Answer, Admitted> admit(const Request& request, core::Instant now) const;
  core::Answer answer_preflight(const Route& route, const Request& request,
                                core::Instant now) const;

  std::vector<Route> routes_;
  std::vector<Segments> patterns_;  // of routes_, in the same order
  Authenticate authenticate_;
  IsListedOrigin is_listed_origin_;
  std::size_t smallest_body_bytes_max_ = 64 * 1024;
};

}  // namespace fairlead::net
