#include "admin/docs_pages.hpp"
#include "admin/resources.hpp"

namespace fairlead::admin {

namespace {

net::Handler page(std::string_view media_type, std::string_view body) {
  return [media_type, body](const net::Call&) {
    core::Answer answer{200, std::string(media_type), std::string(body), {}};
    answer.headers.emplace_back("Cache-Control", "no-cache");
    answer.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'sha256-" + std::string(docs_pages::style_sha256) +
            "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    return answer;
  };
}

}  // namespace

std::vector<net::Route> docs_routes() {
  using net::Method;
  return {
      {Method::get, "/docs", net::anyone, page("text/html; charset=utf-8", docs_pages::html)},
      {Method::get, "/docs/openapi.yaml", net::anyone, page("application/yaml", docs_pages::yaml)},
      {Method::get, "/docs/openapi.json", net::anyone, page("application/json", docs_pages::json)}};
}

}  // namespace fairlead::admin
