// fairlead import links FILE: a thousand rows to a transaction, each with its own result. What a
// link has no place for (title, tags, clicks of the old system) is kept in its audit event.
#include <boost/json.hpp>
#include <iostream>
#include <map>
#include <vector>

#include "app/commands.hpp"
#include "app/find_brand.hpp"
#include "app/link_rows.hpp"
#include "redirect/import_link.hpp"
#include "storage/audit.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

namespace json = boost::json;
using core::Errc;

constexpr std::size_t rows_per_transaction = 1'000;
constexpr std::size_t hosts_told_max = 20;

// One row and what became of it.
struct Line {
  std::size_t number;
  SheetRow row;
  std::string result;  // "created", "already_there", "archived", "refused"
  std::string id;
  std::string why;  // of a refusal
};

class LinkImport {
 public:
  LinkImport(storage::Database& database, const ImportRequest& request, std::string default_domain)
      : database_(database), request_(request), default_domain_(std::move(default_domain)) {}

  core::Result<void> run(std::istream& file);
  // 0, or 1 when a row was refused.
  int tell() const;

 private:
  core::Result<void> begin(std::istream& file);
  core::Result<void> write();
  void write_one(redirect::LinkContext& context, Line& line, core::Instant now) const;
  void note_host(const std::string& why);
  void tell_line(const Line& line) const;

  storage::Database& database_;
  const ImportRequest& request_;
  const std::string default_domain_;
  core::BrandId brand_;
  std::optional<LinkRows> rows_;
  std::vector<Line> lines_;  // of the next transaction
  std::map<std::string, std::size_t> counts_;
  std::map<std::string, std::size_t> missing_hosts_;
};

core::Result<void> LinkImport::run(std::istream& file) {
  if (auto begun = begin(file); !begun) return begun;
  LinkRows::Line read;
  for (;;) {
    const auto more = rows_->next(read);
    if (!more) {
      // The rows before it stand; what is behind it cannot be read.
      if (auto written = write(); !written) return written;
      return more.error();
    }
    if (!*more) return write();
    Line line{read.number, std::move(read.row), "", "", std::move(read.why)};
    if (!line.why.empty()) line.result = "refused";
    if (line.row.is_archived) line.result = "archived";
    lines_.push_back(std::move(line));
    if (lines_.size() < rows_per_transaction) continue;
    if (auto written = write(); !written) return written;
  }
}

core::Result<void> LinkImport::begin(std::istream& file) {
  auto rows = LinkRows::begin(file, request_);
  if (!rows) return rows.error();
  rows_.emplace(std::move(*rows));
  auto brand = database_.read(
      [&](storage::Session& session) { return find_brand(session, request_.brand); });
  if (!brand) return brand.error();
  brand_ = *brand;
  return {};
}

core::Result<void> LinkImport::write() {
  const core::Instant now = core::SystemClock().now();
  // On a copy: a transaction that loses a race runs again.
  std::vector<Line> done;
  auto written = database_.transact([&](storage::Session& session) {
    done = lines_;
    redirect::LinkContext context(session, brand_);
    for (Line& line : done)
      if (line.result.empty()) write_one(context, line, now);
    if (request_.is_dry_run) session.abandon();
  });
  if (!written) return written;
  for (const Line& line : done) {
    ++counts_[line.result];
    note_host(line.why);
    tell_line(line);
  }
  lines_.clear();
  return {};
}

void LinkImport::write_one(redirect::LinkContext& context, Line& line, core::Instant now) const {
  const auto wanted = rows_->link_of(line.row, default_domain_);
  auto imported = wanted ? redirect::import_link(context, *wanted, now)
                         : core::Result<redirect::ImportedAs>(wanted.error());
  if (!imported) {
    line.result = "refused";
    line.why = imported.error().detail;
    return;
  }
  line.id = imported->id.text();
  line.result = imported->is_new ? "created" : "already_there";
  if (!imported->is_new) return;
  json::object change{{"slug", line.row.slug},
                      {"destination", line.row.destination},
                      {"imported_from", name_of(rows_->format())},
                      {"line", line.number}};
  const std::pair<std::string_view, const std::string&> kept[] = {
      {"title", line.row.title}, {"tags", line.row.tags}, {"clicks", line.row.clicks}};
  for (const auto& [name, text] : kept)
    if (!text.empty()) change[name] = text;
  storage::record_change(context.session(), brand_, now, "cli", "created", line.id,
                         json::serialize(change));
}

// Counts the hosts that only lack a place on the list of allowed domains.
void LinkImport::note_host(const std::string& why) {
  constexpr std::string_view before = "destination's host \"";
  if (!why.starts_with(before) || why.find("allowed domains") == std::string::npos) return;
  const std::string host = why.substr(before.size(), why.find('"', before.size()) - before.size());
  if (missing_hosts_.size() < hosts_told_max || missing_hosts_.contains(host))
    ++missing_hosts_[host];
}

void LinkImport::tell_line(const Line& line) const {
  if (request_.output == Output::json) {
    json::object told{{"line", line.number}, {"result", line.result}};
    if (!line.row.slug.empty()) told["slug"] = line.row.slug;
    if (!line.id.empty() && !request_.is_dry_run) told["id"] = line.id;
    if (!line.why.empty()) told["problem"] = line.why;
    std::cout << json::serialize(told) << "\n";
  } else if (line.result == "refused") {
    std::cerr << "line " << line.number << ": " << line.why << "\n";
  }
}

int LinkImport::tell() const {
  const auto count = [&](const std::string& result) {
    const auto found = counts_.find(result);
    return found == counts_.end() ? std::size_t{0} : found->second;
  };
  if (request_.output == Output::json) {
    json::object hosts;
    for (const auto& [host, rows] : missing_hosts_)
      hosts[host] = rows;
    const json::object all{{"format", rows_ ? name_of(rows_->format()) : ""},
                           {"dry_run", request_.is_dry_run},
                           {"created", count("created")},
                           {"already_there", count("already_there")},
                           {"archived", count("archived")},
                           {"refused", count("refused")},
                           {"hosts_not_allowed", hosts}};
    std::cout << json::serialize(all) << "\n";
  } else {
    std::cout << (request_.is_dry_run ? "Nothing was written. Of this file would be: "
                                      : "Imported: ")
              << count("created") << " created, " << count("already_there") << " already there, "
              << count("archived") << " archived there and left out, " << count("refused")
              << " refused.\n";
    for (const auto& [host, rows] : missing_hosts_)
      std::cout << "  " << rows << " refused because " << host
                << " is not an allowed domain; add it with PATCH /v1/brand "
                   "{\"allowed_domains\":[…]} and import the same file again.\n";
  }
  return count("refused") == 0 ? 0 : 1;
}

// For a shell: a path in single quotes.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text)
    safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

// What to paste; the key is the user's to fill in.
std::string through_server(const Config& config, const ImportRequest& request) {
  std::string command = "fairlead import links " + quoted(request.file);
  if (!request.deal.empty()) command += " --deal " + quoted(request.deal);
  if (request.format != "auto") command += " --format " + quoted(request.format);
  return command + " --public-url " + quoted(config.shown_url()) +
         " --as-request | curl -sS -H 'Content-Type: application/json' "
         "-H 'Authorization: Bearer <admin key>' --data-binary @- " +
         quoted(config.api_url() + "/v1/links/bulk");
}

}  // namespace

int import_links(const Config& config, const ImportRequest& request) {
  auto file = open_rows(request.file);
  if (!file) return report_failure("import links", file.error());
  auto database = storage::open({.url = config.database_url()});
  if (!database) {
    core::Error error = database.error();
    if (error.code == Errc::busy)
      error.detail +=
          ". Stop it, or let it take the file itself:\n  " + through_server(config, request);
    return report_failure("import links", error);
  }
  LinkImport import(**database, request, config.shown_host());
  const auto done = import.run(*file);
  if (!done && done.error().code == Errc::config)
    return report_failure("import links", done.error());
  const int code = import.tell();
  if (!done) return report_failure(request.file, done.error());
  return code;
}

}  // namespace fairlead::app
