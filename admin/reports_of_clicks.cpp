#include "admin/reports_of_clicks.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "admin/reports_call.hpp"
#include "admin/reports_clicks.hpp"
#include "admin/reports_directory.hpp"
#include "admin/reports_keys.hpp"
#include "admin/reports_words.hpp"
#include "core/click_verdict.hpp"
#include "core/csv.hpp"
#include "core/visitor_sketch.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

namespace {

constexpr core::ClickVerdict invalid_verdicts[] = {
    core::ClickVerdict::head,          core::ClickVerdict::prefetch,
    core::ClickVerdict::bot,           core::ClickVerdict::preview,
    core::ClickVerdict::unknown_agent, core::ClickVerdict::duplicate,
    core::ClickVerdict::datacenter,    core::ClickVerdict::flood,
    core::ClickVerdict::embedded,
};

struct ClickRow {
  std::string name;
  std::map<core::ClickVerdict, std::int64_t> by_verdict;
  std::int64_t gross = 0;
  std::int64_t unnamed = 0;  // valid clicks without a visitor
  core::VisitorSketch visitors;

  void add(core::ClickVerdict verdict, std::int64_t clicks, std::int64_t without_visitor) {
    by_verdict[verdict] += clicks;
    gross += clicks;
    if (verdict == core::ClickVerdict::valid) unnamed += without_visitor;
  }
  std::int64_t count(core::ClickVerdict verdict) const {
    const auto found = by_verdict.find(verdict);
    return found == by_verdict.end() ? 0 : found->second;
  }
};

struct ClickReport {
  std::map<std::string, ClickRow> rows;  // by key
  bool has_visitors = false;             // words and hours have no sketches
  RulesVersions rules;
};

// Which links are in the report, and in which row each counts.
class Filler {
 public:
  // `links` is links_of(), for a report that is not of the whole brand.
  Filler(const Asked& asked, Directory& directory, const std::vector<std::int64_t>& links,
         storage::Database& main, ClosedDays& closed)
      : scope_(asked.scope),
        group_(asked.query.clicks_by),
        directory_(directory),
        links_(links),
        main_(main),
        keys_(asked.scope, directory),
        closed_(closed) {}

  ClickScope click_scope() const;
  bool includes(std::int64_t link) const {
    return (!scope_.link || scope_.link.number == link) &&
           keys_.includes_deal(directory_.deal_of_link(link));
  }
  void fill(storage::Session& clicks, ClickReport& report) const;

 private:
  RowKey key_of(std::int64_t link, core::Day day) const {
    return group_.by == ClickGroup::By::time ? keys_.at(day)
                                             : keys_.of(directory_.deal_of_link(link), link, 0);
  }
  void fill_things(storage::Session& clicks, ClickReport& report) const;
  void fill_words(storage::Session& clicks, ClickReport& report) const;
  void fill_hours(storage::Session& clicks, ClickReport& report) const;
  template <class Counts>
  void learn_links(const Counts& counts) const;

  const ReportScope& scope_;
  const ClickGroup& group_;
  Directory& directory_;
  const std::vector<std::int64_t>& links_;
  storage::Database& main_;
  Keys keys_;
  ClosedDays& closed_;
};

ClickScope Filler::click_scope() const {
  ClickScope scope{.brand = scope_.brand, .zone = scope_.zone, .period = scope_.period};
  scope.closed = &closed_;
  if (group_.by == ClickGroup::By::time)
    scope.grain = group_.group == GroupBy::month ? Grain::month : Grain::day;
  if (scope_.is_whole()) {
    if (group_.by != ClickGroup::By::thing) scope.links = ClickScope::Links::together;
    return scope;
  }
  if (links_.size() <= links_one_by_one_max) {
    scope.links = ClickScope::Links::some;
    scope.some = links_;
  }
  return scope;
}

// Whose the links are that something was counted of. Inside a snapshot of the click file, because
// visitors are added to the rows of their links as they are read; nobody waits for the click file
// inside a snapshot of the main database, so the two never wait for each other.
template <class Counts>
void Filler::learn_links(const Counts& counts) const {
  std::set<std::int64_t> numbers;
  for (const auto& count : counts)
    numbers.insert(count.link);
  const auto read = main_.read(
      [&](storage::Session& session) { read_links(session, scope_.brand, numbers, directory_); });
  if (!read) throw storage::StatementFailed{read.error(), false};
}

void Filler::fill(storage::Session& clicks, ClickReport& report) const {
  report.rules = read_rules_versions(clicks, scope_.period.to);
  report.has_visitors = group_.by == ClickGroup::By::thing || group_.by == ClickGroup::By::time;
  switch (group_.by) {
    case ClickGroup::By::thing:
    case ClickGroup::By::time:
      return fill_things(clicks, report);
    case ClickGroup::By::word:
      return fill_words(clicks, report);
    case ClickGroup::By::hour:
      return fill_hours(clicks, report);
  }
}

void Filler::fill_things(storage::Session& clicks, ClickReport& report) const {
  const ClickScope scope = click_scope();
  const bool is_together = scope.links == ClickScope::Links::together;
  const auto row_of = [&](std::int64_t link, core::Day day) -> ClickRow& {
    const RowKey key = key_of(link, day);
    ClickRow& row = report.rows[key.key];
    row.name = key.name;
    return row;
  };
  const std::vector<ClickCount> counts = count_clicks(clicks, scope);
  if (!is_together) learn_links(counts);
  for (const ClickCount& count : counts)
    if (is_together || includes(count.link))
      row_of(count.link, count.day).add(count.verdict, count.clicks, count.unnamed);
  // Where each link's visitors of a day count; a period has many sketches of the same link.
  std::map<std::pair<std::int64_t, core::Day>, core::VisitorSketch*> visitors;
  each_visitors(clicks, scope, [&](std::int64_t link, core::Day day, std::string_view sketch) {
    if (!is_together && !includes(link)) return;
    if (scope.grain == Grain::period) day = {};
    core::VisitorSketch*& target = visitors[{link, day}];
    if (target == nullptr) target = &row_of(link, day).visitors;
    target->merge_bytes(sketch);
  });
}

void Filler::fill_words(storage::Session& clicks, ClickReport& report) const {
  const auto words = read_words(clicks, group_.dimension);
  const ClickScope scope = click_scope();
  const std::vector<WordCount> counts = scope_.is_whole()
                                            ? count_words(clicks, scope, group_.dimension)
                                            : count_words_of_links(clicks, scope, group_.dimension);
  if (!scope_.is_whole()) learn_links(counts);
  for (const WordCount& count : counts) {
    if (!scope_.is_whole() && !includes(count.link)) continue;
    const auto word = words.find(count.word);
    const std::string text = word == words.end() ? "" : word->second;
    ClickRow& row = report.rows[text];
    row.name = text.empty() ? "Not known" : text;
    row.add(count.verdict, count.clicks, count.unnamed);
  }
}

void Filler::fill_hours(storage::Session& clicks, ClickReport& report) const {
  const std::vector<HourCount> counts = count_hours(clicks, click_scope());
  if (!scope_.is_whole()) learn_links(counts);
  for (const HourCount& count : counts) {
    if (!scope_.is_whole() && !includes(count.link)) continue;
    const std::string hour = std::to_string(count.hour);
    const std::string key =
        core::format_day(count.day) + " " + (hour.size() < 2 ? "0" : "") + hour + ":00";
    ClickRow& row = report.rows[key];
    row.name = key;
    row.add(count.verdict, count.clicks, count.unnamed);
  }
}

core::Cell visitors_cell(const ClickReport& report, const ClickRow& row) {
  if (!report.has_visitors) return nullptr;
  return row.visitors.estimate();
}

core::Answer csv_of(const Asked& asked, const ClickReport& report) {
  std::string csv;
  std::vector<core::Cell> cells{std::string("key"), std::string("name"),
                                std::string("clicks_gross"), std::string("clicks_valid")};
  for (const core::ClickVerdict verdict : invalid_verdicts)
    cells.emplace_back(std::string(core::name_of(verdict)));
  cells.emplace_back(std::string("visitors"));
  cells.emplace_back(std::string("clicks_without_visitor"));
  core::append_csv_record(csv, cells);
  for (const auto& [key, row] : report.rows) {
    if (row.gross == 0) continue;
    cells = {key, row.name, row.gross, row.count(core::ClickVerdict::valid)};
    for (const core::ClickVerdict verdict : invalid_verdicts)
      cells.emplace_back(row.count(verdict));
    cells.push_back(visitors_cell(report, row));
    cells.emplace_back(row.unnamed);
    core::append_csv_record(csv, cells);
  }
  return csv_answer(std::move(csv), "clicks-by-" + std::string(asked.query.clicks_by.name));
}

core::Answer json_of(const Asked& asked, const ClickReport& report) {
  boost::json::array data;
  for (const auto& [key, row] : report.rows) {
    if (row.gross == 0) continue;
    boost::json::object reasons;
    for (const auto& [verdict, count] : row.by_verdict)
      if (verdict != core::ClickVerdict::valid && count != 0)
        reasons[core::name_of(verdict)] = count;
    boost::json::object json{{"key", key},
                             {"name", row.name},
                             {"clicks_gross", row.gross},
                             {"clicks_valid", row.count(core::ClickVerdict::valid)},
                             {"visitors", nullptr},
                             {"clicks_without_visitor", row.unnamed},
                             {"reasons", std::move(reasons)}};
    if (report.has_visitors) json["visitors"] = row.visitors.estimate();
    data.push_back(std::move(json));
  }
  boost::json::array rules;
  for (const auto& [from, version] : report.rules)
    rules.push_back(
        boost::json::object{{"from", core::format_instant(from)}, {"version", version}});
  boost::json::object json = heading(asked, asked.query.clicks_by.name);
  json["rules_versions"] = std::move(rules);
  json["visitors_error_ppm"] = core::visitor_error_ppm;
  json["data"] = std::move(data);
  return net::json_answer(200, json);
}

}  // namespace

core::Answer answer_click_report(storage::Database& database, storage::Database& clicks,
                                 ClosedDays& closed, const net::Call& call) {
  std::vector<net::FieldError> problems;
  const auto asked = read_call(database, call, Report::clicks, problems);
  if (!asked) return failure(asked.error());
  if (!problems.empty()) return refuse(std::move(problems));
  // Clicks of all links by time or by a word need no names, however many links there are.
  const bool needs_names =
      !asked->scope.is_whole() || asked->query.clicks_by.by == ClickGroup::By::thing;
  std::vector<std::int64_t> links;
  auto directory = database.read([&](storage::Session& session) {
    if (!asked->scope.is_whole()) links = links_of(session, asked->scope, links_one_by_one_max);
    return needs_names ? read_directory(session, asked->scope.brand, asked->brand.currency)
                       : Directory{};
  });
  if (!directory) return failure(directory.error());
  const Filler filler(*asked, *directory, links, database, closed);
  const auto report = clicks.read([&](storage::Session& session) {
    ClickReport filled;
    filler.fill(session, filled);
    return filled;
  });
  if (!report) return failure(report.error());
  return asked->query.format == ReportFormat::csv ? csv_of(*asked, *report)
                                                  : json_of(*asked, *report);
}

}  // namespace fairlead::admin
