#include "admin/incrementality_report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>
#include <cstdio>
#include <set>

#include "admin/holdout_facts.hpp"
#include "admin/reports_call.hpp"
#include "admin/reports_query.hpp"
#include "core/csv.hpp"
#include "core/rate.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

namespace {

namespace json = boost::json;
using attribution::ArmTotals;
using attribution::Increment;
using attribution::RunKind;
using attribution::RunReport;

struct Question {
  RunsAsked runs;
  bool is_csv = false;
};

constexpr std::string_view parameters = "link_id, campaign_id, version and format";

void refuse_unknown(std::string_view query, std::vector<net::FieldError>& problems) {
  std::set<std::string> seen;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const std::string name = net::percent_decode(part.substr(0, part.find('=')));
    if (name != "link_id" && name != "campaign_id" && name != "version" && name != "format")
      problems.push_back({"?" + name.substr(0, 40), "unknown_field",
                          "there is no parameter \"" + name.substr(0, 40) +
                              "\"; this report takes " + std::string(parameters)});
    else if (!seen.insert(name).second)
      problems.push_back({"?" + name, "duplicate", "give " + name + " once"});
  }
}

std::int64_t read_version(const net::Request& request, std::vector<net::FieldError>& problems) {
  const auto text = net::query_value(request.query, "version");
  if (!text) return 0;
  std::int64_t version = 0;
  for (const char digit : *text)
    version =
        digit >= '0' && digit <= '9' && version < 100'000 ? version * 10 + digit - '0' : 1'000'000;
  if (version >= 1 && version <= 16'383) return version;
  problems.push_back({"?version", "out_of_range",
                      "version is the number of a run, 1 to 16383, as holdout_run of the link "
                      "says"});
  return 0;
}

Question read_question(const net::Request& request, std::vector<net::FieldError>& problems) {
  refuse_unknown(request.query, problems);
  Question question;
  question.runs.link = read_id<core::LinkId>(request, "link_id", problems);
  question.runs.campaign = read_id<core::CampaignId>(request, "campaign_id", problems);
  question.runs.version = read_version(request, problems);
  const bool has_link = net::query_value(request.query, "link_id").has_value();
  const bool has_campaign = net::query_value(request.query, "campaign_id").has_value();
  if (has_link == has_campaign)
    problems.push_back({"?link_id", "required", "give link_id or campaign_id, one of them"});
  if (!has_link && question.runs.version != 0)
    problems.push_back({"?version", "invalid_value", "version goes with link_id"});
  const auto format = net::query_value(request.query, "format");
  question.is_csv = format == "csv";
  if (format && *format != "csv" && *format != "json")
    problems.push_back({"?format", "invalid_value", "format must be json or csv"});
  return question;
}

struct Shown {
  RunRow run;
  RunReport report;
  std::string_view status;
  bool is_over = false;
};

std::string_view status_of(const RunRow& run, core::Instant now) {
  if (run.stopped_at && *run.stopped_at <= now) return "stopped";
  if (now >= run.ends_at) return "ended";
  return now < run.starts_at ? "scheduled" : "running";
}

std::string_view word_of(RunKind kind) {
  switch (kind) {
    case RunKind::visitor:
      return "visitor";
    case RunKind::region:
      return "region";
    case RunKind::time:
      return "time";
  }
  return "";
}

// Null for what has no end: an interval that every effect is in.
std::optional<std::int64_t> rounded(double number) {
  constexpr double most = 9e18;
  if (!std::isfinite(number) || std::abs(number) > most) return std::nullopt;
  return std::llround(number);
}

std::optional<std::int64_t> ppm(double number) {
  return rounded(number * static_cast<double>(core::ppm_one));
}

json::value or_null(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value();
}

// Three digits, and never 0.
double shown_p(double p) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", std::max(p, 1e-300));
  return std::stod(text);
}

// What the treated would have brought without: what they brought, less the increment.
double expected_of(const Increment& effect, double brought) {
  return brought - effect.incremental;
}

struct Numbers {
  std::optional<std::int64_t> incremental, low, high;
  std::optional<std::int64_t> lift, lift_low, lift_high;
  std::optional<std::int64_t> detectable_lift;
};
Numbers numbers_of(const Increment& effect, double brought) {
  Numbers numbers{.incremental = rounded(effect.incremental),
                  .low = rounded(effect.range.low),
                  .high = rounded(effect.range.high)};
  if (effect.lift) numbers.lift = ppm(effect.lift->value);
  if (effect.lift && effect.has_lift_range) {
    numbers.lift_low = ppm(effect.lift->range.low);
    numbers.lift_high = ppm(effect.lift->range.high);
  }
  const double expected = expected_of(effect, brought);
  if (expected > 0) numbers.detectable_lift = ppm(effect.detectable / expected);
  return numbers;
}

json::object effect_json(const Increment& effect, double brought, std::string_view unit,
                         bool is_over) {
  const Numbers numbers = numbers_of(effect, brought);
  json::object object{{"method", attribution::word_of(effect.method)},
                      {"detectable_lift_ppm", or_null(numbers.detectable_lift)}};
  const auto add = [&](const std::string& name, const std::optional<std::int64_t>& number) {
    object[name] = is_over ? or_null(number) : json::value();
  };
  const std::string end(unit);
  add("incremental" + end, numbers.incremental);
  add("incremental_low" + end, numbers.low);
  add("incremental_high" + end, numbers.high);
  add("lift_ppm", numbers.lift);
  add("lift_low_ppm", numbers.lift_low);
  add("lift_high_ppm", numbers.lift_high);
  object["p"] = is_over ? json::value(shown_p(effect.p_value)) : json::value();
  return object;
}

double brought_by(const ArmTotals& arm, const std::string& currency) {
  const auto found = arm.net_revenue_minor.find(currency);
  return found == arm.net_revenue_minor.end() ? 0 : static_cast<double>(found->second);
}

json::object arm_json(const ArmTotals& arm, RunKind kind) {
  json::object revenue;
  for (const auto& [currency, amount] : arm.net_revenue_minor)
    revenue[currency] = amount;
  json::object object{{"clicks", arm.clicks},
                      {"visitors", arm.visitors},
                      {"orders", arm.orders},
                      {"buyers", arm.buyers},
                      {"net_revenue_minor", std::move(revenue)}};
  if (kind != RunKind::visitor) object["units"] = arm.units;
  return object;
}

json::value missing_json(const Shown& shown) {
  if (!shown.report.missing) return nullptr;
  const auto needs = [&](const attribution::Needs& each) {
    json::object object{{"orders", each.orders}};
    if (shown.run.kind == RunKind::visitor)
      object["visitors"] = each.visitors;
    else
      object["ways_to_draw"] = each.ways;
    return object;
  };
  return json::object{{"have", needs(*shown.report.missing)},
                      {"need", needs(attribution::minimum)}};
}

json::object run_json(const Shown& shown) {
  const RunRow& run = shown.run;
  const RunReport& report = shown.report;
  json::object object{{"link_id", run.link.text()},
                      {"slug", run.slug},
                      {"version", run.version},
                      {"kind", word_of(run.kind)},
                      {"withhold", run.withhold},
                      {"starts_at", core::format_instant(run.starts_at)},
                      {"ends_at", core::format_instant(run.ends_at)},
                      {"status", shown.status}};
  object["share_ppm"] = run.share_ppm > 0 ? json::value(run.share_ppm) : json::value();
  object["stopped_at"] =
      run.stopped_at ? json::value(core::format_instant(*run.stopped_at)) : json::value();
  object["treated"] = arm_json(report.treated, run.kind);
  object["held_out"] = arm_json(report.held_out, run.kind);
  object["sample_ratio"] = json::object{{"p", shown_p(report.sizes_p_value)},
                                        {"units_in_both_arms", report.mixed},
                                        {"is_mismatch", report.is_size_wrong}};
  object["not_enough_data"] = missing_json(shown);
  object["orders"] = nullptr;
  if (report.orders)
    object["orders"] =
        effect_json(*report.orders, static_cast<double>(report.treated.orders), "", shown.is_over);
  json::object revenue;
  for (const auto& [currency, effect] : report.revenue)
    revenue[currency] =
        effect_json(effect, brought_by(report.treated, currency), "_minor", shown.is_over);
  object["revenue"] = std::move(revenue);
  return object;
}

std::vector<core::Cell> heading_cells() {
  std::vector<core::Cell> cells;
  for (const char* name : {"link_id",
                           "slug",
                           "version",
                           "kind",
                           "withhold",
                           "status",
                           "outcome",
                           "treated_clicks",
                           "treated_visitors",
                           "treated",
                           "held_out_clicks",
                           "held_out_visitors",
                           "held_out",
                           "sample_ratio_mismatch",
                           "incremental",
                           "incremental_low",
                           "incremental_high",
                           "lift_ppm",
                           "lift_low_ppm",
                           "lift_high_ppm",
                           "p"})
    cells.emplace_back(std::string(name));
  return cells;
}

// One row for orders and one for each currency: "orders", "EUR".
std::vector<core::Cell> row_cells(const Shown& shown, const std::string& outcome,
                                  std::int64_t treated, std::int64_t held_out,
                                  const Increment* effect) {
  const RunRow& run = shown.run;
  const RunReport& report = shown.report;
  std::vector<core::Cell> cells{run.link.text(),
                                run.slug,
                                run.version,
                                std::string(word_of(run.kind)),
                                run.withhold,
                                std::string(shown.status),
                                outcome,
                                report.treated.clicks,
                                report.treated.visitors,
                                treated,
                                report.held_out.clicks,
                                report.held_out.visitors,
                                held_out,
                                std::int64_t{report.is_size_wrong ? 1 : 0}};
  const bool is_told = effect != nullptr && shown.is_over;
  const Numbers numbers = is_told ? numbers_of(*effect, static_cast<double>(treated)) : Numbers{};
  for (const auto& number : {numbers.incremental, numbers.low, numbers.high, numbers.lift,
                             numbers.lift_low, numbers.lift_high}) {
    if (number)
      cells.emplace_back(*number);
    else
      cells.emplace_back(nullptr);
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", is_told ? std::max(effect->p_value, 1e-300) : 1.0);
  cells.emplace_back(std::string(is_told ? text : ""));
  return cells;
}

std::string table_of(const std::vector<Shown>& all) {
  std::string csv;
  core::append_csv_record(csv, heading_cells());
  for (const Shown& shown : all) {
    const RunReport& report = shown.report;
    core::append_csv_record(
        csv, row_cells(shown, "orders", report.treated.orders, report.held_out.orders,
                       report.orders ? &*report.orders : nullptr));
    std::set<std::string> currencies;
    for (const ArmTotals* arm : {&report.treated, &report.held_out})
      for (const auto& [currency, amount] : arm->net_revenue_minor)
        currencies.insert(currency);
    for (const std::string& currency : currencies) {
      const auto effect = report.revenue.find(currency);
      core::append_csv_record(
          csv, row_cells(shown, currency, std::llround(brought_by(report.treated, currency)),
                         std::llround(brought_by(report.held_out, currency)),
                         effect == report.revenue.end() ? nullptr : &effect->second));
    }
  }
  return csv;
}

}  // namespace

core::Answer answer_incrementality_report(storage::Database& database, storage::Database& clicks,
                                          const net::Call& call) {
  std::vector<net::FieldError> problems;
  const Question question = read_question(call.request, problems);
  if (!problems.empty()) return refuse(std::move(problems));
  const auto runs = database.read(
      [&](storage::Session& session) { return read_runs(session, call.who.brand, question.runs); });
  if (!runs) return failure(runs.error());
  if (runs->empty() && question.runs.link)
    return net::problem(404, "not_found",
                        "There is no run of a holdout on that link. PATCH /v1/links/{id} with "
                        "\"holdout\" begins one.");
  std::vector<Shown> all;
  for (const RunRow& run : *runs) {
    const auto facts = read_run_facts(database, clicks, call.who.brand, run);
    if (!facts) return failure(facts.error());
    Shown shown{.run = run, .report = attribution::measure(*facts), .status = {}};
    shown.status = status_of(run, call.now);
    shown.is_over = shown.status == "ended" || shown.status == "stopped";
    all.push_back(std::move(shown));
  }
  if (question.is_csv) return csv_answer(table_of(all), "incrementality");
  json::array data;
  for (const Shown& shown : all)
    data.push_back(run_json(shown));
  return net::json_answer(200, json::object{{"data", std::move(data)}});
}

}  // namespace fairlead::admin
