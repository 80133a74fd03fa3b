#include "admin/leak_report.hpp"

#include <boost/json/array.hpp>
#include <cmath>
#include <cstdio>

#include "core/csv.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"

namespace fairlead::admin {

namespace {

namespace json = boost::json;
using codes::LeakFinding;

bool is_found(const LeakFinding& finding) {
  return finding.verdict == codes::LeakVerdict::watch ||
         finding.verdict == codes::LeakVerdict::likely_leak;
}

// A proportion as the API writes them, whole parts per million.
std::int64_t ppm_of(double share) {
  return std::llround(share * static_cast<double>(core::ppm_one));
}

// p and q may be far below a millionth, so they are JSON numbers of three digits; not 0 either.
double shown_p(double p) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", std::max(p, 1e-300));
  return std::stod(text);
}

std::int64_t share_ppm(const codes::Share& share) {
  return share.trials == 0
             ? 0
             : ppm_of(static_cast<double>(share.hits) / static_cast<double>(share.trials));
}

json::object share_json(const codes::Share& share) {
  const auto interval = codes::interval_of(share);
  json::object object{{"uses", share.trials}, {"cold_uses", share.hits}};
  object["share_ppm"] = share.trials == 0 ? json::value() : json::value(share_ppm(share));
  object["share_low_ppm"] = ppm_of(interval.low);
  object["share_high_ppm"] = ppm_of(interval.high);
  return object;
}

json::value id_or_null(core::CodeId id) {
  return id ? json::value(id.text()) : json::value();
}

json::object signals_json(const LeakFinding& finding) {
  json::object signals;
  for (const auto signal : codes::all_leak_signals) {
    const double e = finding.evidence.signal_e_values[static_cast<std::size_t>(signal)];
    signals[codes::name_of(signal)] = json::object{{"p", shown_p(codes::p_value_of(e))}};
  }
  return signals;
}

json::array costs_json(const LeakFinding& finding) {
  json::array costs;
  for (const auto& cost : finding.costs) {
    costs.push_back(json::object{{"currency", cost.currency.code()},
                                 {"discount_minor", cost.discount_minor},
                                 {"commission_minor", cost.commission_minor},
                                 {"leaked_minor", cost.leaked_minor},
                                 {"leaked_low_minor", cost.leaked_low_minor},
                                 {"leaked_high_minor", cost.leaked_high_minor}});
  }
  return costs;
}

json::value since_json(const LeakFinding& finding) {
  if (!is_found(finding)) return nullptr;
  return json::object{{"likely_on", core::format_day(finding.since)},
                      {"earliest_on", core::format_day(finding.since_first)},
                      {"latest_on", core::format_day(finding.since_last)}};
}

json::value leaked_json(const LeakFinding& finding) {
  if (!is_found(finding)) return nullptr;
  return json::object{{"uses", std::llround(finding.leaked.estimate)},
                      {"uses_low", std::llround(finding.leaked.interval.low)},
                      {"uses_high", std::llround(finding.leaked.interval.high)},
                      {"costs", costs_json(finding)}};
}

json::object finding_json(const LeakFinding& finding) {
  const auto& evidence = finding.evidence;
  auto baseline = share_json(evidence.baseline);
  baseline["expected_ppm"] = ppm_of(evidence.cold_share_expected);
  baseline["expected_max_ppm"] = ppm_of(evidence.cold_share_expected_max);
  return {{"code_id", finding.code.text()},
          {"code", finding.text},
          {"variant_of", id_or_null(finding.variant_of)},
          {"placement", finding.placement},
          {"replaced_by", id_or_null(finding.replaced_by)},
          {"enabled", finding.is_enabled},
          {"influencer_id", finding.influencer.text()},
          {"deal_id", finding.deal.text()},
          {"campaign_id", finding.campaign.text()},
          {"uses", finding.uses},
          {"known", share_json(finding.cold)},
          {"baseline", std::move(baseline)},
          {"countries", finding.countries},
          {"networks", finding.networks},
          {"signals", signals_json(finding)},
          {"p", shown_p(finding.p)},
          {"q", shown_p(finding.q)},
          {"verdict", codes::name_of(finding.verdict)},
          {"since", since_json(finding)},
          {"leaked", leaked_json(finding)},
          {"recommended_action", codes::recommended_action(finding)}};
}

std::string p_text(double p) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", std::max(p, 1e-300));
  return text;
}

// Amounts of several currencies side by side: "EUR 1234; USD 500".
template <class Amount>
std::string amounts_text(const LeakFinding& finding, Amount amount) {
  std::string text;
  for (const auto& cost : finding.costs) {
    if (!text.empty()) text += "; ";
    text += std::string(cost.currency.code()) + " " + std::to_string(cost.*amount);
  }
  return text;
}

struct LeakColumn {
  std::string_view name;
  core::Cell (*cell)(const LeakFinding& finding);
};

core::Cell when_found(const LeakFinding& finding, core::Cell cell) {
  return is_found(finding) ? std::move(cell) : core::Cell(nullptr);
}

std::string signal_text(const LeakFinding& finding, codes::LeakSignal signal) {
  return p_text(
      codes::p_value_of(finding.evidence.signal_e_values[static_cast<std::size_t>(signal)]));
}

using Found = const LeakFinding&;
using codes::LeakSignal;
constexpr LeakColumn leak_columns[] = {
    {"code_id", [](Found f) { return core::Cell(f.code.text()); }},
    {"code", [](Found f) { return core::Cell(f.text); }},
    {"placement", [](Found f) { return core::Cell(f.placement); }},
    {"influencer_id", [](Found f) { return core::Cell(f.influencer.text()); }},
    {"campaign_id", [](Found f) { return core::Cell(f.campaign.text()); }},
    {"uses", [](Found f) { return core::Cell(f.uses); }},
    {"known_uses", [](Found f) { return core::Cell(f.cold.trials); }},
    {"cold_uses", [](Found f) { return core::Cell(f.cold.hits); }},
    {"cold_share_ppm",
     [](Found f) {
       return f.cold.trials == 0 ? core::Cell(nullptr) : core::Cell(share_ppm(f.cold));
     }},
    {"cold_share_low_ppm",
     [](Found f) { return core::Cell(ppm_of(codes::interval_of(f.cold).low)); }},
    {"cold_share_high_ppm",
     [](Found f) { return core::Cell(ppm_of(codes::interval_of(f.cold).high)); }},
    {"expected_ppm", [](Found f) { return core::Cell(ppm_of(f.evidence.cold_share_expected)); }},
    {"expected_max_ppm",
     [](Found f) { return core::Cell(ppm_of(f.evidence.cold_share_expected_max)); }},
    {"countries", [](Found f) { return core::Cell(f.countries); }},
    {"networks", [](Found f) { return core::Cell(f.networks); }},
    {"p_cold", [](Found f) { return core::Cell(signal_text(f, LeakSignal::cold)); }},
    {"p_velocity", [](Found f) { return core::Cell(signal_text(f, LeakSignal::velocity)); }},
    {"p_coupon_site", [](Found f) { return core::Cell(signal_text(f, LeakSignal::coupon_site)); }},
    {"p_unusual_country",
     [](Found f) { return core::Cell(signal_text(f, LeakSignal::unusual_country)); }},
    {"p_late_click", [](Found f) { return core::Cell(signal_text(f, LeakSignal::late_click)); }},
    {"p", [](Found f) { return core::Cell(p_text(f.p)); }},
    {"q", [](Found f) { return core::Cell(p_text(f.q)); }},
    {"verdict", [](Found f) { return core::Cell(std::string(codes::name_of(f.verdict))); }},
    {"since", [](Found f) { return when_found(f, core::format_day(f.since)); }},
    {"leaked_uses",
     [](Found f) { return when_found(f, std::int64_t{std::llround(f.leaked.estimate)}); }},
    {"leaked_uses_low",
     [](Found f) { return when_found(f, std::int64_t{std::llround(f.leaked.interval.low)}); }},
    {"leaked_uses_high",
     [](Found f) { return when_found(f, std::int64_t{std::llround(f.leaked.interval.high)}); }},
    {"leaked_minor",
     [](Found f) { return core::Cell(amounts_text(f, &codes::LeakedCost::leaked_minor)); }},
    {"leaked_low_minor",
     [](Found f) { return core::Cell(amounts_text(f, &codes::LeakedCost::leaked_low_minor)); }},
    {"leaked_high_minor",
     [](Found f) { return core::Cell(amounts_text(f, &codes::LeakedCost::leaked_high_minor)); }},
    {"recommended_action",
     [](Found f) { return core::Cell(std::string(codes::recommended_action(f))); }},
};

std::string findings_csv(const std::vector<LeakFinding>& findings) {
  std::string csv;
  std::vector<core::Cell> cells;
  for (const LeakColumn& column : leak_columns)
    cells.emplace_back(std::string(column.name));
  core::append_csv_record(csv, cells);
  for (const LeakFinding& finding : findings) {
    cells.clear();
    for (const LeakColumn& column : leak_columns)
      cells.push_back(column.cell(finding));
    core::append_csv_record(csv, cells);
  }
  return csv;
}

// Whole days of the brand, not longer than the test may be; the newest 90 when not said otherwise.
core::Period period_of(const net::Call& call, const Asked& asked,
                       std::vector<net::FieldError>& problems) {
  const core::Zone zone = asked.brand.zone;
  auto period = asked.query.period;
  const auto last = zone.day_of(period.to.plus_micros(-1)).number;
  auto first = zone.day_of(period.from).number;
  if (!net::query_value(call.request.query, "from"))
    first = last + 1 - static_cast<std::int32_t>(codes::leak_period_days);
  if (last + 1 - first > codes::leak_period_days_max)
    problems.push_back({"?from", "out_of_range",
                        "from and to must be at most " +
                            std::to_string(codes::leak_period_days_max) + " days apart"});
  return {zone.start_of({first}), zone.start_of({last + 1})};
}

}  // namespace

core::Result<std::vector<LeakFinding>> find_leaks(storage::Database& database,
                                                  storage::Database& clicks,
                                                  const codes::LeakQuestion& question) {
  return database.read([&](storage::Session& session) {
    return clicks.read([&](storage::Session& of_clicks) {
      return codes::find_leaks(session, &of_clicks, question);
    });
  });
}

core::Answer answer_leak_report(storage::Database& database, storage::Database& clicks,
                                const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Report::leaks, problems);
  if (!asked) return failure(asked.error());
  if (!problems.empty()) return refuse(std::move(problems));
  const auto period = period_of(call, *asked, problems);
  if (!problems.empty()) return refuse(std::move(problems));
  const codes::LeakQuestion question{.brand = call.who.brand,
                                     .zone = asked->brand.zone,
                                     .period = period,
                                     .now = call.now,
                                     .campaign = asked->query.campaign};
  const auto findings = find_leaks(database, clicks, question);
  if (!findings) return failure(findings.error());
  if (asked->query.format == ReportFormat::csv) return csv_answer(findings_csv(*findings), "leaks");
  json::array data;
  for (const LeakFinding& finding : *findings)
    data.push_back(finding_json(finding));
  return net::json_answer(200, json::object{{"from", core::format_instant(period.from)},
                                            {"to", core::format_instant(period.to)},
                                            {"timezone", asked->brand.zone.name()},
                                            {"p_max", question.levels.p_max},
                                            {"q_max", question.levels.q_max},
                                            {"data", std::move(data)}});
}

}  // namespace fairlead::admin
