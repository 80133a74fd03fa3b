#include "redirect/qr_routes.hpp"

#include "core/utf8.hpp"
#include "net/problem.hpp"
#include "net/qr.hpp"
#include "redirect/links.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

namespace {

using core::Answer;

constexpr std::size_t utm_source_bytes_max = 100;

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

Answer draw_link(storage::Database& database, const Options& options, const net::Call& call,
                 net::QrPicture picture) {
  const auto style = net::read_qr_style(call.request.query, "utm_source");
  if (!style) return net::refuse_qr(style.error());
  const auto id = core::LinkId::parse(call.values.front());
  auto link = database.read([&](storage::Session& session) {
    return id ? find_link(session, call.who.brand, *id) : std::nullopt;
  });
  if (!link) return net::problem_of(link.error());
  if (!*link)
    return net::problem(404, "not_found",
                        "There is no link of that id. GET /v1/links lists yours.");
  const auto url = url_of(**link, call.request.query, options);
  if (!url) return net::refuse_qr(url.error());
  return net::qr_answer(call.request, *url, *style, picture);
}

}  // namespace

std::vector<net::Route> qr_routes(storage::Database& database, const Options& options) {
  const net::Roles readers = net::Role::admin | net::Role::viewer;
  const auto drawn = [&](net::QrPicture picture) -> net::Handler {
    return [&database, options, picture](const net::Call& call) {
      return draw_link(database, options, call, picture);
    };
  };
  return {
      {net::Method::get, "/v1/links/{id}/qr.svg", readers, drawn(net::QrPicture::svg)},
      {net::Method::get, "/v1/links/{id}/qr.png", readers, drawn(net::QrPicture::png)},
  };
}

}  // namespace fairlead::redirect
