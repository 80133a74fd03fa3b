#include "attribution/signal_report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "attribution/signal_policy.hpp"
#include "attribution/sql.hpp"
#include "core/csv.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

struct Counts {
  std::int64_t commissions = 0;
  std::int64_t held = 0;  // when they were found
  std::int64_t open = 0;
  std::int64_t reversed = 0;
};
struct Row {
  SignalFinding finding;
  Counts counts;
};
using Key = std::pair<core::InfluencerId, Signal>;

constexpr std::int64_t counts_max = 1'000'000;  // of a brand's influencers, by signal

std::map<Key, Counts> read_counts(storage::Session& session, core::BrandId brand) {
  std::map<Key, Counts> counts;
  for (const storage::Row& row : session.run(sql::count_signals, brand, counts_max)) {
    if (const SignalTest* test = find_signal_test(row.text(1)))
      counts[{row.id<core::InfluencerId>(0), test->signal}] = {row.integer(2), row.integer(3),
                                                               row.integer(4), row.integer(5)};
  }
  return counts;
}

// Findings with their counts, and counts of what the window no longer shows; what was found first,
// then by p.
std::vector<Row> rows_of(std::vector<SignalFinding> findings, std::map<Key, Counts> counts) {
  std::vector<Row> rows;
  for (SignalFinding& finding : findings) {
    const auto known = counts.find({finding.influencer, finding.signal});
    rows.push_back({std::move(finding), known == counts.end() ? Counts{} : known->second});
    if (known != counts.end()) counts.erase(known);
  }
  for (const auto& [key, count] : counts) {
    SignalFinding finding{.signal = key.second, .influencer = key.first};
    // Of one order alone there is always enough to say.
    if (test_of(key.second).find == nullptr) finding.verdict = SignalVerdict::found;
    rows.push_back({std::move(finding), count});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(b.finding.verdict, a.finding.p, a.finding.influencer, a.finding.signal) <
           std::tuple(a.finding.verdict, b.finding.p, b.finding.influencer, b.finding.signal);
  });
  return rows;
}

// p and q may be far below a millionth, so they are numbers of three digits; not 0 either.
std::string p_text(double p) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", std::max(p, 1e-300));
  return text;
}

json::object row_json(const Row& row) {
  const SignalFinding& finding = row.finding;
  const SignalTest& test = test_of(finding.signal);
  json::object object{{"influencer_id", finding.influencer.text()},
                      {"signal", test.name},
                      {"verdict", name_of(finding.verdict)},
                      {"orders", finding.orders},
                      {"hits", finding.hits},
                      {"expected", finding.expected},
                      {"threshold", finding.threshold},
                      {"p", nullptr},
                      {"q", nullptr},
                      {"commissions", row.counts.commissions},
                      {"held", row.counts.held},
                      {"open", row.counts.open},
                      {"reversed", row.counts.reversed}};
  if (test.find != nullptr && finding.verdict != SignalVerdict::not_enough_data) {
    object["p"] = std::stod(p_text(finding.p));
    object["q"] = std::stod(p_text(finding.q));
  }
  return object;
}

std::string rows_csv(const std::vector<Row>& rows) {
  std::string csv;
  const auto text = [](std::string_view value) { return core::Cell(std::string(value)); };
  const std::vector<core::Cell> head{text("influencer_id"), text("signal"), text("verdict"),
                                     text("orders"),        text("hits"),   text("expected"),
                                     text("threshold"),     text("p"),      text("q"),
                                     text("commissions"),   text("held"),   text("open"),
                                     text("reversed")};
  core::append_csv_record(csv, head);
  for (const Row& row : rows) {
    const SignalFinding& finding = row.finding;
    char expected[32];
    std::snprintf(expected, sizeof expected, "%.3f", finding.expected);
    const bool is_judged = test_of(finding.signal).find != nullptr &&
                           finding.verdict != SignalVerdict::not_enough_data;
    const std::vector<core::Cell> cells{text(finding.influencer.text()),
                                        text(test_of(finding.signal).name),
                                        text(name_of(finding.verdict)),
                                        core::Cell(finding.orders),
                                        core::Cell(finding.hits),
                                        text(expected),
                                        core::Cell(finding.threshold),
                                        text(is_judged ? p_text(finding.p) : ""),
                                        text(is_judged ? p_text(finding.q) : ""),
                                        core::Cell(row.counts.commissions),
                                        core::Cell(row.counts.held),
                                        core::Cell(row.counts.open),
                                        core::Cell(row.counts.reversed)};
    core::append_csv_record(csv, cells);
  }
  return csv;
}

json::array tests_json(const SignalPolicy& policy) {
  json::array list;
  for (const SignalTest& test : signal_tests()) {
    list.push_back(json::object{{"signal", test.name},
                                {"statistic", test.statistic},
                                {"reason", test.sentence},
                                {"told_to_influencer", test.told},
                                {"action", policy.action_of(test.signal)},
                                {"p_max", test.p_max}});
  }
  return list;
}

}  // namespace

core::Answer answer_signal_report(const Dependencies& dependencies, const net::Call& call) {
  if (auto refusal = net::refuse_query(call.request, {"format"})) return *refusal;
  const auto format = net::query_value(call.request.query, "format").value_or("json");
  if (format != "json" && format != "csv") {
    const std::string detail = "\"?format\" must be json or csv";
    return net::problem(400, "invalid_request", detail, {{"?format", "invalid_value", detail}});
  }
  const auto facts =
      look_at_signals(dependencies.database, dependencies.clicks, call.who.brand, call.now);
  if (!facts) return net::problem_of(facts.error());
  struct Known {
    std::map<Key, Counts> counts;
    SignalPolicy policy;
  };
  auto known = dependencies.database.read([&](storage::Session& session) {
    return Known{read_counts(session, call.who.brand), find_signal_policy(session, call.who.brand)};
  });
  if (!known) return net::problem_of(known.error());
  const auto rows = rows_of(find_signals(*facts), std::move(known->counts));
  if (format == "csv") {
    core::Answer answer{
        .status = 200, .media_type = "text/csv; charset=utf-8", .body = rows_csv(rows)};
    answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"signals.csv\"");
    return answer;
  }
  json::array data;
  for (const Row& row : rows)
    data.push_back(row_json(row));
  return net::json_answer(200, json::object{{"from", core::format_instant(facts->from)},
                                            {"to", core::format_instant(facts->now)},
                                            {"q_max", signal_q_max},
                                            {"signals", tests_json(known->policy)},
                                            {"data", std::move(data)}});
}

}  // namespace fairlead::attribution
