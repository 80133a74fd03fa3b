#include "net/origin.hpp"

#include <algorithm>
#include <charconv>

#include "core/host_name.hpp"
#include "net/ascii.hpp"
#include "net/problem.hpp"

namespace fairlead::net {

namespace {

constexpr std::size_t origin_bytes_max = 300;

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

// 1 to 65535 without a sign or zeros in front; 0 for anything else.
int port_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && text.front() >= '1' && text.front() <= '9' && number <= 65'535 ? number : 0;
}

}  // namespace

core::Result<std::string> check_origin(std::string_view text) {
  const std::string_view shape =
      "an origin is scheme, host and maybe port, such as \"https://shop.example\"";
  if (text.size() > origin_bytes_max) return refuse(std::string(shape));
  const std::size_t mark = text.find("://");
  if (mark == text.npos) return refuse(std::string(shape));
  const std::string_view scheme = text.substr(0, mark);
  std::string_view host = text.substr(mark + 3);
  if (host.find_first_of("/?#@") != host.npos)
    return refuse(std::string(shape) + ", without user, path or a slash at its end");
  const std::size_t colon = host.find(':');
  std::string port;
  if (colon != host.npos) {
    const int number = port_number(host.substr(colon + 1));
    if (number == 0) return refuse("an origin's port is a number from 1 to 65535");
    if (number != (scheme == "https" ? 443 : 80)) port = ":" + std::to_string(number);
    host = host.substr(0, colon);
  }
  const auto name = core::host_name(host);
  if (!name || core::is_ipv4_host(*name))
    return refuse("an origin's host is a name such as shop.example: no wildcard, no address");
  if (scheme != "https" && !(scheme == "http" && *name == "localhost"))
    return refuse("an origin starts with https:// (http:// is for localhost only)");
  return std::string(scheme) + "://" + *name + port;
}

bool is_from(const Request& request, const std::vector<std::string>& origins) {
  std::string_view origin;
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "Origin")) continue;
    if (!origin.empty()) return false;
    origin = value;
  }
  return !origin.empty() && std::find(origins.begin(), origins.end(), origin) != origins.end();
}

core::Answer preflight_answer(std::string_view origin, Method method) {
  core::Answer answer{.status = 204, .media_type = "", .body = "", .headers = {}};
  answer.headers = {{"Access-Control-Allow-Origin", std::string(origin)},
                    {"Access-Control-Allow-Methods", std::string(name_of(method))},
                    {"Access-Control-Allow-Headers", "authorization, content-type"},
                    {"Access-Control-Max-Age", std::to_string(preflight_s_max)},
                    {"Vary", "Origin"}};
  return answer;
}

void allow_reading(core::Answer& answer, std::string_view origin) {
  answer.headers.emplace_back("Access-Control-Allow-Origin", origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
  answer.headers.emplace_back("Vary", "Origin");
}

core::Answer origin_refused() {
  core::Answer answer = problem(403, "origin_not_allowed",
                                "This page's origin is not among those of a browser key. Make a "
                                "key of role browser whose origins name it.");
  answer.headers.emplace_back("Vary", "Origin");
  return answer;
}

}  // namespace fairlead::net
