#include "redirect/track_script.hpp"

#include <algorithm>

#include "net/ascii.hpp"

namespace fairlead::redirect {

namespace {

// "gzip;q=0" says no; "*" stands for what is not named.
bool takes_gzip(std::string_view accept) {
  bool takes = false;
  while (!accept.empty()) {
    const std::size_t comma = std::min(accept.find(','), accept.size());
    const std::string_view entry = net::trimmed(accept.substr(0, comma));
    accept.remove_prefix(std::min(comma + 1, accept.size()));
    const std::size_t semicolon = std::min(entry.find(';'), entry.size());
    const std::string_view name = net::trimmed(entry.substr(0, semicolon));
    const bool is_gzip = net::equal_ignoring_case(name, "gzip");
    if (!is_gzip && name != "*") continue;
    const std::string_view weight = entry.substr(semicolon);
    takes = weight.find_first_of("123456789") != std::string_view::npos ||
            weight.find('=') == std::string_view::npos;
    if (is_gzip) return takes;
  }
  return takes;
}

core::Answer answer_script(const net::Call& call) {
  const bool is_small = takes_gzip(call.request.header("Accept-Encoding"));
  // Other bytes have another tag, so that no cache takes one for the other.
  const std::string tag = "\"" + std::string(track_script::digest) + (is_small ? "-gzip\"" : "\"");
  core::Answer answer{200,
                      "text/javascript; charset=utf-8",
                      std::string(is_small ? track_script::gzipped : track_script::text),
                      {{"ETag", tag},
                       {"Cache-Control", "public, max-age=600, stale-while-revalidate=86400"},
                       {"Vary", "Accept-Encoding"},
                       {"Access-Control-Allow-Origin", "*"},
                       {"Cross-Origin-Resource-Policy", "cross-origin"}}};
  if (is_small) answer.headers.emplace_back("Content-Encoding", "gzip");
  const std::string_view known = call.request.header("If-None-Match");
  if (known == "*" || known.find(tag) != std::string_view::npos) {
    answer.status = 304;
    answer.body.clear();
  }
  return answer;
}

}  // namespace

std::vector<net::Route> track_routes() {
  return {{net::Method::get, "/track.js", net::anyone, answer_script}};
}

}  // namespace fairlead::redirect
