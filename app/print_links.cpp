// fairlead import links FILE --as-request: the body of one POST /v1/links/bulk, for a server that
// is running and would not let go of its database.
#include <boost/json.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "app/link_rows.hpp"
#include "redirect/bulk_links.hpp"
#include "redirect/rule_fields.hpp"
#include "redirect/utm.hpp"

namespace fairlead::app {

namespace {

namespace json = boost::json;
using core::Errc;
using core::fail;

// As read_new_link() takes it.
json::object body_of(const redirect::ImportedLink& imported) {
  const redirect::NewLink& link = imported.link;
  const std::string rules = redirect::rules_text(link.rules);
  json::object body = rules.empty() ? json::object() : json::parse(rules).as_object();
  body["deal_id"] = link.deal.text();
  body["slug"] = link.slug;
  if (!link.domain.empty()) body["domain"] = link.domain;
  body["destination"] = link.destination;
  if (!link.utm.empty()) {
    json::object utm;
    for (const auto& [name, value] : link.utm)
      utm[name] = value;
    body["utm"] = std::move(utm);
  }
  if (link.utm_locked) body["utm_locked"] = true;
  body["status"] = link.status;
  return body;
}

// Why a row is left out; "" when it is in.
std::string add(const LinkRows& rows, const LinkRows::Line& line, const Config& config,
                json::array& links) {
  if (!line.why.empty()) return line.why;
  if (line.row.is_archived) return "archived there";
  const auto imported = rows.link_of(line.row, config.shown_host());
  if (!imported) return imported.error().detail;
  if (!imported->is_enabled) return "disabled; a request can only make links that are served";
  links.push_back(body_of(*imported));
  return "";
}

core::Result<int> print(std::istream& file, const Config& config, const ImportRequest& request) {
  auto rows = LinkRows::begin(file, request);
  if (!rows) return rows.error();
  json::array links;
  int code = 0;
  for (LinkRows::Line line;;) {
    const auto more = rows->next(line);
    if (!more) return more.error();
    if (!*more) break;
    if (const std::string why = add(*rows, line, config, links); !why.empty()) {
      std::cerr << "line " << line.number << ": left out: " << why << "\n";
      if (!line.row.is_archived) code = 1;
    }
    if (links.size() > redirect::bulk_links_max)
      return fail(Errc::invalid,
                  "one request takes 10000 links; cut the file into pieces, each "
                  "with the header line");
  }
  if (links.empty()) return fail(Errc::invalid, "there is no link in it");
  const std::string body = json::serialize(json::object{{"links", std::move(links)}});
  if (body.size() > redirect::bulk_body_bytes_max)
    return fail(Errc::invalid,
                "one request takes 8 MiB; cut the file into pieces, each with the "
                "header line");
  std::cout << body << "\n";
  return code;
}

}  // namespace

int print_links(const Config& config, const ImportRequest& request) {
  auto file = open_rows(request.file);
  if (!file) return report_failure("import links", file.error());
  const auto printed = print(*file, config, request);
  return printed ? *printed : report_failure("import links", printed.error());
}

}  // namespace fairlead::app
