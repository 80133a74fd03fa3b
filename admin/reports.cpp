#include "admin/reports.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "admin/attribution_report.hpp"
#include "admin/columns.hpp"
#include "admin/incrementality_report.hpp"
#include "admin/leak_report.hpp"
#include "admin/reports_call.hpp"
#include "admin/reports_of_clicks.hpp"
#include "admin/reports_roi.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

namespace {

core::Answer answer_roi(storage::Database& database, storage::Database& clicks, ClosedDays& closed,
                        const net::Call& call);

}  // namespace

std::vector<net::Route> report_routes(const Dependencies& dependencies) {
  const net::Roles readers = net::Role::admin | net::Role::viewer | net::Role::influencer;
  storage::Database& database = dependencies.database;
  storage::Database& clicks = dependencies.clicks;
  const auto closed = std::make_shared<ClosedDays>();
  const auto journeys = std::make_shared<attribution::JourneyDays>();
  return {
      {net::Method::get, "/v1/reports/roi", readers,
       [&database, &clicks, closed](const net::Call& call) {
         return answer_roi(database, clicks, *closed, call);
       }},
      {net::Method::get, "/v1/reports/clicks", readers,
       [&database, &clicks, closed](const net::Call& call) {
         return answer_click_report(database, clicks, *closed, call);
       }},
      {net::Method::get, "/v1/reports/attribution", readers,
       [&database, journeys](const net::Call& call) {
         return answer_attribution_report(database, *journeys, call);
       }},
      {net::Method::get, "/v1/reports/incrementality", net::Role::admin | net::Role::viewer,
       [&database, &clicks](const net::Call& call) {
         return answer_incrementality_report(database, clicks, call);
       }},
      {net::Method::get, "/v1/reports/leaks", net::Role::admin | net::Role::viewer,
       [&database, &clicks](const net::Call& call) {
         return answer_leak_report(database, clicks, call);
       }},
  };
}

namespace {

core::Answer answer_roi(storage::Database& database, storage::Database& clicks, ClosedDays& closed,
                        const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Report::roi, problems);
  if (!asked) return failure(asked.error());
  if (!problems.empty()) return refuse(std::move(problems));
  const auto report = make_roi_report(database, clicks, closed, asked->scope, asked->brand.currency,
                                      asked->brand.margin);
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
  boost::json::object json = heading(*asked, name_of(asked->query.group_by));
  json["data"] = std::move(data);
  json["totals"] = std::move(totals);
  return net::json_answer(200, json);
}

}  // namespace

}  // namespace fairlead::admin
