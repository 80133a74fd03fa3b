#include "net/router.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <future>
#include <memory>

#include "core/check.hpp"
#include "core/crypto.hpp"
#include "core/log.hpp"
#include "core/utf8.hpp"
#include "net/ascii.hpp"
#include "net/origin.hpp"
#include "net/problem.hpp"

namespace fairlead::net {
namespace {

// "/v1/links/" → {"v1", "links"}; an empty segment inside stays, and matches nothing.
std::vector<std::string_view> cut(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  while (true) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == path.npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].empty() ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
}

// Of two patterns that match a path, the one with the earlier literal: /v1/codes/validate is not
// the code with the id "validate".
bool is_closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].empty() != b[i].empty()) return b[i].empty();
  }
  return false;
}

// HEAD is answered by the GET route; the wire leaves its body out.
Method route_method(Method method) {
  return method == Method::head ? Method::get : method;
}

Method method_named(std::string_view name) {
  for (const Method method : {Method::get, Method::post, Method::patch, Method::put, Method::del}) {
    if (name_of(method) == name) return method;
  }
  return Method::other;
}

std::string allow_list(std::vector<Method> methods) {
  std::sort(methods.begin(), methods.end());
  std::string list;
  for (const Method method : methods) {
    if (!list.empty()) list += ", ";
    list += name_of(method);
    if (method == Method::get) list += ", HEAD";
  }
  return list;
}

bool is_json(std::string_view content_type) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  constexpr std::string_view suffix = "+json";
  return equal_ignoring_case(type, "application/json") ||
         (type.size() > suffix.size() &&
          equal_ignoring_case(type.substr(type.size() - suffix.size()), suffix));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

core::Answer not_authorized(std::string_view detail) {
  core::Answer answer = problem(401, "unauthorized", detail);
  answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

// The token of "Authorization: Bearer …"; "" when there is none.
std::string_view bearer_token(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view value = request.header("Authorization");
  if (value.size() <= scheme.size()) return "";
  if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return "";
  return trimmed(value.substr(scheme.size()));
}

// What a handler throws must not pass: the caller is a thread of the pool, or one that commits.
core::Answer made_or_500(const Route& route, const std::function<core::Answer()>& make) {
  std::string why = "an exception of an unknown kind";
  try {
    return make();
  } catch (const std::exception& failure) {
    why = failure.what();
  } catch (...) {
  }
  core::log(
      core::Level::error, "handler_failed",
      {{"method", std::string(name_of(route.method))}, {"route", route.pattern}, {"detail", why}});
  return problem(500, "internal_error", "The server failed. The reason is in its log.");
}

// What is sent twice, one of them could be used silently. An empty Idempotency-Key is a caller
// whose key went missing, who would not be safe to retry.
std::optional<core::Answer> refuse_headers(const Request& request) {
  static constexpr std::array<std::string_view, 3> single = {"Authorization", "Content-Type",
                                                             "Idempotency-Key"};
  std::array<int, single.size()> seen{};
  for (const auto& [name, value] : request.headers) {
    for (std::size_t i = 0; i < single.size(); ++i) {
      if (!equal_ignoring_case(name, single[i])) continue;
      if (++seen[i] > 1)
        return problem(400, "duplicate_header", "Send " + std::string(single[i]) + " once.");
      if (single[i] == "Idempotency-Key" && request.method == Method::post && value.empty())
        return problem(400, "idempotency_key_invalid",
                       "The Idempotency-Key is empty. Send 1 to 255 visible ASCII characters, such "
                       "as a UUID, or leave the header out.");
    }
  }
  return std::nullopt;
}

// One request of one caller, however its path was spelled. The keys of a brand's own people and
// shops are one caller, because a key may be changed between a request and its retry. What others
// hold must not meet theirs: an influencer's own, and a browser's, which everybody can read.
std::string scope_of(const Call& call) {
  std::string scope(name_of(call.request.method));
  scope.append(" ").append(call.route);
  for (const std::string& value : call.values)
    scope.append("\n").append(value);  // no value has a line break
  switch (call.who.role) {
    case Role::admin:
    case Role::shop:
      return scope;
    case Role::influencer:
      return scope + "\n" + call.who.influencer.text();
    case Role::viewer:
    case Role::browser:
      return scope + "\n" + call.who.key.text();
  }
  CHECK(false);
}

// Of all that says what is wanted.
std::string fingerprint_of(const Request& request) {
  const core::Digest body = core::sha256(request.body);
  if (request.query.empty()) return std::string(core::as_text(body));
  return std::string(core::as_text(core::sha256(
      std::string(core::as_text(core::sha256(request.query))) + std::string(core::as_text(body)))));
}

// A body that is not JSON where it must be, or a path that cannot be read; decodes the values.
std::optional<core::Answer> refuse_form(const Route& route, const Request& request,
                                        std::vector<std::string>& values) {
  if (!request.body.empty() && route.body == Body::json) {
    const std::string_view type = request.header("Content-Type");
    if (!type.empty() && !is_json(type)) {
      return problem(415, "unsupported_media_type",
                     "The body must be JSON: send \"Content-Type: application/json\".");
    }
  }
  for (std::string& value : values) {
    value = percent_decode(value);
    if (has_control(value) || !core::is_utf8(value)) {
      return problem(400, "invalid_path",
                     "The path must be percent-encoded UTF-8 without control characters.");
    }
  }
  return std::nullopt;
}

}  // namespace

core::IdempotencyKey idempotency_key(const Call& call) {
  const auto key = call.request.header("Idempotency-Key");
  if (key.empty()) return {.brand = call.who.brand, .scope = {}, .key = {}, .fingerprint = {}};
  return {.brand = call.who.brand,
          .scope = scope_of(call),
          .key = std::string(key),
          .fingerprint = fingerprint_of(call.request)};
}

bool is_reserved_segment(std::string_view segment) {
  static constexpr std::array<std::string_view, 12> reserved = {
      "v1",     "admin",   "portal",     "docs",        "assets",      "healthz",
      "readyz", "metrics", "robots.txt", "favicon.ico", ".well-known", "track.js"};
  return std::find(reserved.begin(), reserved.end(), segment) != reserved.end();
}

Router::Router(std::vector<Route> routes, Authenticate authenticate,
               IsListedOrigin is_listed_origin)
    : routes_(std::move(routes)),
      authenticate_(std::move(authenticate)),
      is_listed_origin_(std::move(is_listed_origin)) {
  std::vector<std::string> seen;
  for (const Route& route : routes_) {
    CHECK(route.pattern.starts_with('/'));
    CHECK(static_cast<bool>(route.handler) != static_cast<bool>(route.async_handler));
    CHECK(route.method != Method::head && route.method != Method::other);
    CHECK(route.cors == Cors::none || !route.roles.open_to_all());
    Segments segments;
    std::string shape(name_of(route.method));
    for (const std::string_view segment : cut(route.pattern)) {
      segments.emplace_back(is_name(segment) ? "" : segment);
      shape += "/" + segments.back();
    }
    CHECK(std::find(seen.begin(), seen.end(), shape) == seen.end());  // two routes for one request
    seen.push_back(std::move(shape));
    patterns_.push_back(std::move(segments));
    smallest_body_bytes_max_ = std::min(smallest_body_bytes_max_, route.body_bytes_max);
  }
}

core::Answer Router::answer(const Request& request, core::Instant now) const {
  std::promise<core::Answer> answer;
  answer_async(request, now, [&answer](core::Answer made) { answer.set_value(std::move(made)); });
  return answer.get_future().get();
}

void Router::answer_async(const Request& request, core::Instant now,
                          std::function<void(core::Answer)> done) const {
  auto admitted = admit(request, now);
  if (auto* refusal = std::get_if<core::Answer>(&admitted)) return done(std::move(*refusal));
  // Named one by one: clang 14 does not capture structured bindings.
  auto& call_of = std::get<Admitted>(admitted);
  const Route& route = call_of.route;
  auto& who = call_of.who;
  auto& values = call_of.values;
  if (route.cors != Cors::none) {
    done = [done = std::move(done),
            origin = std::string(request.header("Origin"))](core::Answer answer) {
      allow_reading(answer, origin);
      done(std::move(answer));
    };
  }
  if (route.handler) {
    const Call call{request, who, std::move(values), now, route.pattern};
    return done(made_or_500(route, [&] { return route.handler(call); }));
  }
  // Here for as long as the answer is put off.
  struct PutOff {
    PutOff(const Request& asked, const Principal& caller, std::vector<std::string> named,
           core::Instant at, std::string_view pattern)
        : who(caller), call{asked, who, std::move(named), at, pattern} {}
    const Principal who;
    const Call call;
  };
  const auto put_off =
      std::make_shared<const PutOff>(request, who, std::move(values), now, route.pattern);
  const Reply reply = [put_off, &route,
                       done = std::move(done)](const std::function<core::Answer()>& make) {
    done(made_or_500(route, make));
  };
  try {
    route.async_handler(put_off->call, reply);
  } catch (...) {  // before it replied; nothing may throw behind that
    reply([failure = std::current_exception()]() -> core::Answer {
      std::rethrow_exception(failure);
    });
  }
}

std::variant<core::Answer, Router::Admitted> Router::admit(const Request& request,
                                                           core::Instant now) const {
  Match match = find(request.method, request.path);
  if (match.methods.empty()) {
    return problem(404, "not_found",
                   "There is nothing at \"" + std::string(request.path.substr(0, 200)) + "\".");
  }
  if (match.route == nullptr && request.method == Method::options) {
    const Match asked =
        find(method_named(request.header("Access-Control-Request-Method")), request.path);
    if (asked.route != nullptr && asked.route->cors != Cors::none)
      return answer_preflight(*asked.route, request, now);
  }
  if (match.route == nullptr) {
    const std::string allowed = allow_list(std::move(match.methods));
    core::Answer answer = problem(405, "method_not_allowed", "Here you can use " + allowed + ".");
    answer.headers.emplace_back("Allow", allowed);
    return answer;
  }

  if (auto refusal = refuse_headers(request)) return *std::move(refusal);

  Principal who;
  const Route& route = *match.route;
  if (!route.roles.open_to_all()) {
    const std::string_view token = bearer_token(request);
    if (token.empty()) {
      return not_authorized("Send a key: \"Authorization: Bearer fl_…\".");
    }
    auto known = authenticate_(token, now);
    if (!known && known.error().code == core::Errc::unauthorized) {
      return not_authorized("This key is not known, or it was revoked or has expired.");
    }
    if (!known) return problem_of(known.error());
    who = *known;
    if (!route.roles.contains(who.role)) {
      return problem(403, "forbidden", "The role of this key may not do this.");
    }
  }
  if (route.cors != Cors::none && !is_from(request, who.origins)) return origin_refused();
  if (auto refusal = refuse_form(route, request, match.values)) {
    if (route.cors != Cors::none) allow_reading(*refusal, request.header("Origin"));
    return *std::move(refusal);
  }
  return Admitted{route, std::move(who), std::move(match.values)};
}

core::Answer Router::answer_preflight(const Route& route, const Request& request,
                                      core::Instant now) const {
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || !is_listed_origin_) return origin_refused();
  const auto is_listed = is_listed_origin_(origin, now);
  if (!is_listed) return problem_of(is_listed.error());
  return *is_listed ? preflight_answer(origin, route.method) : origin_refused();
}

std::size_t Router::body_bytes_max(Method method, std::string_view path) const {
  const Match match = find(method, path);
  return match.route == nullptr ? smallest_body_bytes_max_ : match.route->body_bytes_max;
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  const auto segments = cut(path);
  const Method wanted = route_method(method);
  const Segments* closest = nullptr;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!matches(patterns_[i], segments)) continue;
    const Method offered = routes_[i].method;
    if (std::find(match.methods.begin(), match.methods.end(), offered) == match.methods.end()) {
      match.methods.push_back(offered);
    }
    if (offered != wanted || (closest != nullptr && !is_closer(patterns_[i], *closest))) continue;
    closest = &patterns_[i];
    match.route = &routes_[i];
  }
  if (closest != nullptr) {
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if ((*closest)[i].empty()) match.values.emplace_back(segments[i]);
    }
  }
  return match;
}

}  // namespace fairlead::net
