// GET /v1/codes.csv and POST /v1/codes/import.
#include <algorithm>
#include <sstream>

#include "codes/batches.hpp"
#include "codes/code_sheet.hpp"
#include "codes/handlers.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

constexpr std::int64_t page_rows = 20'000;  // some 3 MB
constexpr std::size_t import_rows_max = 10'000;
constexpr std::size_t import_bytes_max = std::size_t{4} * 1024 * 1024;
constexpr std::size_t problems_told_max = 100;

core::Answer refuse_value(std::string_view name, std::string detail) {
  return net::problem(400, "invalid_request", detail,
                      {{"?" + std::string(name), "invalid_value", detail}});
}

// The id of a query, none when it is absent; or a refusal.
template <class AnyId>
boost::system::result<AnyId, core::Answer> id_in(const net::Request& request,
                                                 std::string_view name) {
  const auto text = net::query_value(request.query, name);
  if (!text) return AnyId{};
  const auto id = AnyId::parse(*text);
  if (id) return *id;
  return refuse_value(name,
                      std::string(name) + " must be an id such as \"" + AnyId{1}.text() + "\"");
}

// A number below those of a batch's codes, so that older codes are not looked through. Its first
// code has a greater number than the batch, but others may have been made by a server whose clock
// is behind: a day is far more than clocks differ.
std::int64_t first_code_after(core::BatchId batch) {
  const auto begun_at = core::instant_of_id(batch.number);
  return std::max<std::int64_t>(0, core::first_id_at(begun_at.plus_seconds(-24 * 3'600)));
}

core::Answer export_sheet(storage::Database& database, const net::Call& call) {
  if (auto refusal = net::refuse_query(call.request, {"deal_id", "batch_id", "after"}))
    return *refusal;
  const auto deal = id_in<core::DealId>(call.request, "deal_id");
  if (!deal) return deal.error();
  const auto batch = id_in<core::BatchId>(call.request, "batch_id");
  if (!batch) return batch.error();
  const auto after = id_in<core::CodeId>(call.request, "after");
  if (!after) return after.error();
  SheetFilter filter{.deal = *deal, .batch = *batch, .after = after->number, .rows_max = page_rows};
  const auto page = database.read([&](storage::Session& session) -> std::optional<SheetPage> {
    if (*batch) {
      const auto found = find_batch(session, call.who.brand, *batch);
      if (!found) return std::nullopt;
      filter.after = std::max(filter.after, first_code_after(*batch));
      filter.last = found->last_code.number;
    }
    return write_code_sheet(session, call.who.brand, filter);
  });
  if (!page) return net::problem_of(page.error());
  if (!*page) return net::problem(404, "not_found", "There is no such batch of codes.");
  core::Answer answer{200, "text/csv; charset=utf-8", code_sheet_header() + (*page)->csv, {}};
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"codes.csv\"");
  if ((*page)->next != 0) {
    std::string next = "/v1/codes.csv?after=" + core::CodeId{(*page)->next}.text();
    if (*deal) next += "&deal_id=" + deal->text();
    if (*batch) next += "&batch_id=" + batch->text();
    answer.headers.emplace_back("Link", "<" + next + ">; rel=\"next\"");
  }
  return answer;
}

// Each problem is at "/<line>/<column>" of the file.
core::Answer refuse_sheet(const std::vector<SheetProblem>& problems) {
  std::vector<net::FieldError> errors;
  for (const auto& problem : problems) {
    if (errors.size() == problems_told_max) break;
    const auto line = std::to_string(problem.line);
    errors.push_back({"/" + line + (problem.column.empty() ? "" : "/" + problem.column),
                      "invalid_value",
                      "line " + line + (problem.column.empty() ? "" : ", " + problem.column) +
                          ": " + problem.detail});
  }
  return net::problem(400, "invalid_sheet",
                      "Nothing was imported: the file has " + std::to_string(problems.size()) +
                          (problems.size() == 1 ? " problem." : " problems.") +
                          " Each is named by its line and column.",
                      std::move(errors));
}

enum class Run { dry, real };

core::Answer import_in(storage::Session& session, const net::Call& call, const CodeSheet& sheet,
                       Run run) {
  const auto problems = import_codes(session, call.who.brand, sheet, call.now);
  if (!problems.empty()) return refuse_sheet(problems);
  const boost::json::object done{{"created", sheet.rows.size()}, {"dry_run", run == Run::dry}};
  if (run == Run::real)
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "imported",
                           "codes", boost::json::serialize(done));
  return net::json_answer(run == Run::dry ? 200 : 201, done);
}

core::Answer import_sheet(storage::Database& database, const net::Call& call) {
  if (auto refusal = net::refuse_query(call.request, {"deal_id", "dry_run"})) return *refusal;
  const auto deal = id_in<core::DealId>(call.request, "deal_id");
  if (!deal) return deal.error();
  const auto dry_run = net::query_value(call.request.query, "dry_run").value_or("false");
  if (dry_run != "true" && dry_run != "false")
    return refuse_value("dry_run", "dry_run must be true or false");
  std::istringstream file{std::string(call.request.body)};
  const auto sheet = read_code_sheet(file, *deal, import_rows_max);
  if (!sheet.problems.empty()) return refuse_sheet(sheet.problems);
  if (dry_run == "true") {
    return net::answer_of(database.transact([&](storage::Session& session) {
      session.abandon();
      return import_in(session, call, sheet, Run::dry);
    }));
  }
  return net::answer_of(storage::once(
      database, net::idempotency_key(call), call.now,
      [&](storage::Session& session) { return import_in(session, call, sheet, Run::real); }));
}

}  // namespace

std::vector<net::Route> sheet_routes(storage::Database& database) {
  return {
      {net::Method::get, "/v1/codes.csv", net::Role::admin | net::Role::viewer,
       [&database](const net::Call& call) { return export_sheet(database, call); }},
      {net::Method::post, "/v1/codes/import", net::only(net::Role::admin),
       [&database](const net::Call& call) { return import_sheet(database, call); },
       import_bytes_max, net::Body::raw},
  };
}

}  // namespace fairlead::codes
