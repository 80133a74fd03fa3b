#include "redirect/qr_routes.hpp"

#include "core/crypto.hpp"
#include "core/utf8.hpp"
#include "net/problem.hpp"
#include "redirect/links.hpp"
#include "redirect/qr.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

namespace {

using core::Answer;

constexpr std::size_t utm_source_bytes_max = 100;

Answer refused(const core::Error& error) {
  const std::string name = error.detail.substr(0, error.detail.find(' '));
  return net::problem(400, "invalid_request", error.detail,
                      {{"?" + name, "invalid_value", error.detail}});
}

// The link's URL, with ?utm_source= when the query asks for one.
core::Result<std::string> url_of(const Link& link, std::string_view query, const Options& options) {
  std::string url = link_url(link.domain, link.slug, options);
  const auto source = net::query_value(query, "utm_source");
  if (!source) return url;
  if (source->empty() || source->size() > utm_source_bytes_max || !core::is_utf8(*source))
    return core::fail(core::Errc::invalid, "utm_source must be a text of 1 to 100 bytes");
  url += "?utm_source=";
  append_encoded(url, *source);
  return url;
}

// The pictures are made anew for each request; a browser that has the same one gets a 304.
Answer picture(const net::Request& request, std::string_view media_type, std::string bytes) {
  const std::string tag = "\"" + core::hex(core::as_text(core::sha256(bytes))).substr(0, 32) + "\"";
  Answer answer{200, std::string(media_type), std::move(bytes), {}};
  answer.headers.emplace_back("ETag", tag);
  answer.headers.emplace_back("Cache-Control", "private, no-cache");
  const std::string_view known = request.header("If-None-Match");
  if (known == "*" || known.find(tag) != std::string_view::npos) {
    answer.status = 304;
    answer.body.clear();
  }
  return answer;
}

using Draw = core::Result<std::string> (*)(const std::string&, const QrStyle&);

Answer draw_link(storage::Database& database, const Options& options, const net::Call& call,
                 Draw draw, std::string_view media_type) {
  const auto style = read_qr_style(call.request.query);
  if (!style) return refused(style.error());
  const auto id = core::LinkId::parse(call.values.front());
  auto link = database.read([&](storage::Session& session) {
    return id ? find_link(session, call.who.brand, *id) : std::nullopt;
  });
  if (!link) return net::problem_of(link.error());
  if (!*link)
    return net::problem(404, "not_found",
                        "There is no link of that id. GET /v1/links lists yours.");
  const auto url = url_of(**link, call.request.query, options);
  if (!url) return refused(url.error());
  auto bytes = draw(*url, *style);
  if (!bytes) return refused(bytes.error());
  return picture(call.request, media_type, std::move(*bytes));
}

}  // namespace

std::vector<net::Route> qr_routes(storage::Database& database, const Options& options) {
  const net::Roles readers = net::Role::admin | net::Role::viewer;
  const auto drawn = [&](Draw draw, std::string_view media_type) -> net::Handler {
    return [&database, options, draw, media_type](const net::Call& call) {
      return draw_link(database, options, call, draw, media_type);
    };
  };
  return {
      {net::Method::get, "/v1/links/{id}/qr.svg", readers, drawn(&qr_svg, "image/svg+xml")},
      {net::Method::get, "/v1/links/{id}/qr.png", readers, drawn(&qr_png, "image/png")},
  };
}

}  // namespace fairlead::redirect
