// fairlead export links: every link of a brand that is not archived, as CSV that import reads back.
#include <array>
#include <fstream>
#include <iostream>

#include "app/commands.hpp"
#include "app/find_brand.hpp"
#include "core/csv.hpp"
#include "redirect/links.hpp"
#include "redirect/rule_fields.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

using core::Errc;

constexpr std::int64_t page_rows = 1'000;
constexpr std::string_view header =
    "id,deal_id,domain,slug,url,destination,status,utm_source,utm_medium,utm_campaign,utm_term,"
    "utm_content,utm_locked,is_enabled,rules,created_at\r\n";

std::string line_of(const redirect::Link& link, const redirect::Options& options) {
  const std::array<core::Cell, 16> cells = {
      link.id.text(),
      link.deal.text(),
      link.domain.empty() ? options.default_domain : link.domain,
      link.slug,
      redirect::link_url(link.domain, link.slug, options),
      link.destination,
      std::int64_t{link.status},
      link.utm[0],
      link.utm[1],
      link.utm[2],
      link.utm[3],
      link.utm[4],
      std::string(link.utm_locked ? "true" : "false"),
      std::string(link.is_enabled ? "true" : "false"),
      redirect::rules_text(link.rules),
      core::format_instant(link.created_at)};
  std::string csv;
  core::append_csv_record(csv, cells);
  return csv;
}

core::Result<void> write_links(storage::Session& session, const ExportRequest& request,
                               const redirect::Options& options, std::ostream& out) {
  const auto brand = find_brand(session, request.brand);
  if (!brand) return brand.error();
  out << header;
  std::int64_t after = 0;
  for (;;) {
    const auto links = redirect::list_links(session, *brand, {}, after, page_rows);
    for (const redirect::Link& link : links) {
      out << line_of(link, options);
      after = link.id.number;
    }
    if (static_cast<std::int64_t>(links.size()) < page_rows) break;
  }
  out.flush();
  if (!out) return core::fail(Errc::io, "the links could not be written");
  return {};
}

}  // namespace

int export_links(const Config& config, const ExportRequest& request) {
  auto database = storage::open_read_only({.url = config.database_url()});
  if (!database) return report_failure("export links", database.error());
  std::ofstream file;
  const bool to_file = !request.file.empty() && request.file != "-";
  if (to_file) {
    file.open(request.file, std::ios::binary);
    if (!file)
      return report_failure("export links", {Errc::config, "cannot write " + request.file});
  }
  redirect::Options options;
  options.default_domain = config.shown_host();
  options.public_url = config.shown_url();
  const auto done = (*database)->read([&](storage::Session& session) {
    return write_links(session, request, options, to_file ? file : std::cout);
  });
  return done ? 0 : report_failure("export links", done.error());
}

}  // namespace fairlead::app
