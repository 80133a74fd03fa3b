#include "app/link_rows.hpp"

#include <filesystem>

#include "redirect/links.hpp"
#include "redirect/rule_fields.hpp"

namespace fairlead::app {

using core::Errc;
using core::fail;

core::Result<std::ifstream> open_rows(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(Errc::config, "cannot read " + path + ": it is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::config, "cannot read " + path);
  return file;
}

core::Result<LinkRows> LinkRows::begin(std::istream& file, const ImportRequest& request) {
  core::CsvReader reader(file);
  const auto format = parse_sheet_format(request.format);
  if (!format) return fail(Errc::config, "--format " + format.error().detail);
  core::CsvRecord header;
  const auto has_header = reader.next(header);
  if (!has_header) return has_header.error();
  if (!*has_header) return fail(Errc::invalid, "the file is empty");
  auto sheet = LinkSheet::of_header(header.fields, *format);
  if (!sheet) return sheet.error();
  core::DealId deal;
  if (!request.deal.empty()) {
    const auto given = core::DealId::parse(request.deal);
    if (!given) return fail(Errc::config, "--deal " + given.error().detail);
    deal = *given;
  } else if (sheet->format() != SheetFormat::fairlead) {
    return fail(Errc::config, "--deal is needed: the deal that these links belong to, deal_…");
  }
  return LinkRows(std::move(reader), std::move(*sheet), deal);
}

core::Result<bool> LinkRows::next(Line& line) {
  core::CsvRecord record;
  const auto more = reader_.next(record);
  if (!more || !*more) return more;
  auto row = sheet_.read(record.fields);
  line = {record.line, {}, row ? "" : row.error().detail};
  if (row) line.row = std::move(*row);
  return true;
}

core::Result<redirect::ImportedLink> LinkRows::link_of(const SheetRow& row,
                                                       std::string_view default_domain) const {
  redirect::ImportedLink imported;
  redirect::NewLink& link = imported.link;
  link.deal = deal_;
  if (!link.deal) {
    const auto own = core::DealId::parse(row.deal);
    if (!own) return fail(Errc::invalid, "deal_id must be a deal's id; or use --deal");
    link.deal = *own;
  }
  link.slug = row.slug;
  link.domain = redirect::own_domain(row.domain, default_domain);
  link.destination = row.destination;
  for (std::size_t i = 0; i < row.utm.size(); ++i)
    if (!row.utm[i].empty()) link.utm.emplace_back(redirect::utm_names[i], row.utm[i]);
  link.utm_locked = row.utm_locked;
  link.status = row.status;
  if (!row.rules.empty()) {
    auto rules = redirect::stored_rules(row.rules);
    if (!rules) return fail(Errc::invalid, "rules: " + rules.error().detail);
    link.rules = std::move(*rules);
  }
  if (row.expires_at) link.rules.ends_at = row.expires_at;
  imported.created_at = row.created_at;
  imported.is_enabled = row.is_enabled;
  return imported;
}

}  // namespace fairlead::app
