#include "admin/reports.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "admin/columns.hpp"
#include "admin/csv.hpp"
#include "admin/reports_clicks.hpp"
#include "admin/reports_directory.hpp"
#include "admin/reports_keys.hpp"
#include "admin/reports_query.hpp"
#include "admin/reports_roi.hpp"
#include "admin/sql.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::admin {

namespace {

core::Answer answer_roi(storage::Database& database, storage::Database& clicks,
                        const net::Call& call);
core::Answer answer_clicks(storage::Database& database, storage::Database& clicks,
                           const net::Call& call);

}  // namespace

std::vector<net::Route> report_routes(const Dependencies& dependencies) {
  const net::Roles readers = net::Role::admin | net::Role::viewer | net::Role::influencer;
  storage::Database& database = dependencies.database;
  storage::Database& clicks = dependencies.clicks;
  return {
      {net::Method::get, "/v1/reports/roi", readers,
       [&database, &clicks](const net::Call& call) { return answer_roi(database, clicks, call); }},
      {net::Method::get, "/v1/reports/clicks", readers,
       [&database, &clicks](const net::Call& call) {
         return answer_clicks(database, clicks, call);
       }},
  };
}

namespace {

struct Brand {
  std::string currency;
  core::Zone zone;
  core::Rate margin;
};

core::Result<Brand> find_brand(storage::Database& database, core::BrandId brand) {
  const auto rows = database.read(
      [&](storage::Session& session) { return session.run(sql::report_brand, brand); });
  if (!rows) return rows.error();
  if (rows->empty()) return core::fail(core::Errc::not_found, "there is no such brand");
  const storage::Row& row = rows->one();
  auto zone = core::Zone::parse(row.text(1));
  if (!zone) return zone.error();
  auto margin = core::Rate::parse(row.integer(2));
  if (!margin) return margin.error();
  return Brand{row.text(0), *zone, *margin};
}

// What a call asks for, or the answer that refuses it.
struct Asked {
  Brand brand;
  ReportQuery query;
  ReportScope scope;
};

core::Result<Asked> read_call(storage::Database& database, const net::Call& call, Grouped grouped,
                              std::vector<net::FieldError>& problems) {
  auto brand = find_brand(database, call.who.brand);
  if (!brand) return brand.error();
  const ReportQuery query =
      read_report_query(call.request, grouped, brand->zone, call.now, problems);
  const bool is_own = call.who.role == net::Role::influencer;
  // What the brand earns on its goods is not the influencer's to read.
  if (is_own) brand->margin = core::Rate{core::ppm_one};
  const ReportScope scope{.brand = call.who.brand,
                          .zone = brand->zone,
                          .period = query.period,
                          .group_by = query.group_by,
                          .campaign = query.campaign,
                          .influencer = is_own ? call.who.influencer : core::InfluencerId{}};
  return Asked{std::move(*brand), query, scope};
}

core::Answer refuse(std::vector<net::FieldError> problems) {
  std::string detail = problems.front().detail;
  return net::problem(400, "invalid_request", detail, std::move(problems));
}

core::Answer failure(const core::Error& error) {
  if (error.code == core::Errc::overflow)
    return net::problem(422, "report_too_large", error.detail);
  return net::problem_of(error);
}

core::Answer csv_answer(std::string csv, const std::string& name) {
  core::Answer answer{200, "text/csv; charset=utf-8", std::move(csv), {}};
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
  return answer;
}

// The part of a JSON answer that says what was asked.
boost::json::object heading(const Asked& asked) {
  return {{"group_by", std::string(name_of(asked.query.group_by))},
          {"from", core::format_instant(asked.scope.period.from)},
          {"to", core::format_instant(asked.scope.period.to)},
          {"timezone", std::string(asked.scope.zone.name())}};
}

core::Answer answer_roi(storage::Database& database, storage::Database& clicks,
                        const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Grouped::by_choice, problems);
  if (!asked) return failure(asked.error());
  if (!problems.empty()) return refuse(std::move(problems));
  const auto report =
      make_roi_report(database, clicks, asked->scope, asked->brand.currency, asked->brand.margin);
  if (!report) return failure(report.error());
  if (asked->query.format == ReportFormat::csv)
    return csv_answer(rows_csv(report->rows),
                      "roi-by-" + std::string(name_of(asked->query.group_by)));
  boost::json::array data;
  for (const RoiRow& row : report->rows)
    data.push_back(row_json(row));
  boost::json::object totals;
  for (const RoiRow& total : report->totals)
    totals[total.currency] = totals_json(total);
  boost::json::object json = heading(*asked);
  json["data"] = std::move(data);
  json["totals"] = std::move(totals);
  return net::json_answer(200, json);
}

// One link's clicks by verdict.
struct LinkClicks {
  std::map<core::ClickVerdict, std::int64_t> by_verdict;
  std::int64_t gross = 0;
};

constexpr core::ClickVerdict invalid_verdicts[] = {
    core::ClickVerdict::head,          core::ClickVerdict::prefetch,
    core::ClickVerdict::bot,           core::ClickVerdict::preview,
    core::ClickVerdict::unknown_agent, core::ClickVerdict::duplicate,
    core::ClickVerdict::datacenter,    core::ClickVerdict::flood,
    core::ClickVerdict::embedded,
};

core::Answer clicks_csv(const std::map<std::int64_t, LinkClicks>& links, const Keys& keys) {
  std::string csv;
  std::vector<Cell> cells{std::string("key"), std::string("name"), std::string("clicks_gross"),
                          std::string("clicks_valid")};
  for (const core::ClickVerdict verdict : invalid_verdicts)
    cells.emplace_back(std::string(reason_of(verdict)));
  append_csv_record(csv, cells);
  for (const auto& [link, clicks] : links) {
    const RowKey key = keys.of_thing(link);
    const auto count = [&clicks = clicks](core::ClickVerdict verdict) {
      const auto found = clicks.by_verdict.find(verdict);
      return found == clicks.by_verdict.end() ? std::int64_t{0} : found->second;
    };
    cells = {key.key, key.name, clicks.gross, count(core::ClickVerdict::valid)};
    for (const core::ClickVerdict verdict : invalid_verdicts)
      cells.emplace_back(count(verdict));
    append_csv_record(csv, cells);
  }
  return csv_answer(std::move(csv), "clicks-by-link");
}

core::Answer clicks_json(const Asked& asked, const std::map<std::int64_t, LinkClicks>& links,
                         const Keys& keys) {
  boost::json::array data;
  for (const auto& [link, clicks] : links) {
    const RowKey key = keys.of_thing(link);
    std::int64_t valid = 0;
    boost::json::object reasons;
    for (const auto& [verdict, count] : clicks.by_verdict) {
      if (verdict == core::ClickVerdict::valid)
        valid = count;
      else
        reasons[reason_of(verdict)] = count;
    }
    data.push_back(boost::json::object{{"key", key.key},
                                       {"name", key.name},
                                       {"clicks_gross", clicks.gross},
                                       {"clicks_valid", valid},
                                       {"reasons", std::move(reasons)}});
  }
  boost::json::object json = heading(asked);
  json["data"] = std::move(data);
  return net::json_answer(200, json);
}

core::Answer answer_clicks(storage::Database& database, storage::Database& clicks,
                           const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Grouped::by_link, problems);
  if (!asked) return failure(asked.error());
  if (!problems.empty()) return refuse(std::move(problems));
  const auto directory = database.read([&](storage::Session& session) {
    return read_directory(session, asked->scope.brand, asked->brand.currency);
  });
  if (!directory) return failure(directory.error());
  const auto counts =
      clicks.read([&](storage::Session& session) { return count_clicks(session, asked->scope); });
  if (!counts) return failure(counts.error());
  const Keys keys(asked->scope, *directory);
  std::map<std::int64_t, LinkClicks> links;
  for (const ClickCount& count : *counts) {
    if (!keys.includes_deal(directory->deal_of_link(count.link))) continue;
    LinkClicks& link = links[count.link];
    link.gross += count.clicks;
    link.by_verdict[count.verdict] += count.clicks;
  }
  return asked->query.format == ReportFormat::csv ? clicks_csv(links, keys)
                                                  : clicks_json(*asked, links, keys);
}

}  // namespace

}  // namespace fairlead::admin
