// fairlead import codes FILE: one transaction for all of it. A file that is wrong anywhere changes
// nothing, so it can be mended and imported again as it is.
#include <boost/json.hpp>
#include <iostream>

#include "app/commands.hpp"
#include "app/find_brand.hpp"
#include "app/link_rows.hpp"
#include "codes/code_sheet.hpp"
#include "storage/audit.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

namespace json = boost::json;
using Problems = std::vector<codes::SheetProblem>;

constexpr std::size_t rows_max = 100'000;

void tell(const Problems& problems, Output output) {
  for (const auto& problem : problems) {
    if (output == Output::json) {
      json::object told{{"line", problem.line}, {"problem", problem.detail}};
      if (!problem.column.empty()) told["column"] = problem.column;
      std::cout << json::serialize(told) << "\n";
    } else {
      std::cerr << "line " << problem.line << (problem.column.empty() ? "" : ", " + problem.column)
                << ": " << problem.detail << "\n";
    }
  }
}

int tell_sums(std::size_t codes, std::size_t problems, const ImportRequest& request) {
  const std::size_t created = problems == 0 ? codes : 0;
  if (request.output == Output::json) {
    std::cout << json::serialize(json::object{
                     {"created", created}, {"problems", problems}, {"dry_run", request.is_dry_run}})
              << "\n";
  } else if (problems != 0) {
    std::cout << "Nothing was imported: " << problems
              << " problems. Mend the file and import it again.\n";
  } else {
    std::cout << (request.is_dry_run ? "Nothing was written. The file is good: " : "Imported: ")
              << created << " codes.\n";
  }
  return problems == 0 ? 0 : 1;
}

core::Result<Problems> write(storage::Database& database, const ImportRequest& request,
                             const codes::CodeSheet& sheet) {
  const core::Instant now = core::SystemClock().now();
  return database.transact([&](storage::Session& session) -> core::Result<Problems> {
    const auto brand = find_brand(session, request.brand);
    if (!brand) return brand.error();
    auto problems = codes::import_codes(session, *brand, sheet, now);
    if (!problems.empty() || request.is_dry_run) {
      session.abandon();
    } else {
      storage::record_change(session, *brand, now, "cli", "imported", "codes",
                             json::serialize(json::object{{"created", sheet.rows.size()}}));
    }
    return problems;
  });
}

}  // namespace

int import_codes(const Config& config, const ImportRequest& request) {
  core::DealId deal;
  if (!request.deal.empty()) {
    const auto parsed = core::DealId::parse(request.deal);
    if (!parsed)
      return report_failure(
          "import codes",
          core::fail(core::Errc::config, "--deal must be an id such as " + core::DealId{1}.text()));
    deal = *parsed;
  }
  auto file = open_rows(request.file);
  if (!file) return report_failure("import codes", file.error());
  const auto sheet = codes::read_code_sheet(*file, deal, rows_max);
  if (!sheet.problems.empty()) {
    tell(sheet.problems, request.output);
    return tell_sums(sheet.rows.size(), sheet.problems.size(), request);
  }
  auto database = storage::open({.url = config.database_url()});
  if (!database) return report_failure("import codes", database.error());
  const auto problems = write(**database, request, sheet);
  if (!problems) return report_failure("import codes", problems.error());
  tell(*problems, request.output);
  return tell_sums(sheet.rows.size(), problems->size(), request);
}

}  // namespace fairlead::app
