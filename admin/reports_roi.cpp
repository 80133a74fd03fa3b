#include "admin/reports_roi.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "admin/reports_clicks.hpp"
#include "admin/reports_directory.hpp"
#include "admin/reports_facts.hpp"
#include "admin/reports_keys.hpp"
#include "admin/reports_table.hpp"
#include "core/visitor_sketch.hpp"

namespace fairlead::admin {

namespace {

struct FromMain {
  Directory directory;
  std::vector<std::int64_t> links;  // links_of(), for a report that is not of the whole brand
  RoiTable table;
};

using RowId = std::pair<std::string, std::string>;  // key, currency

struct FromClicks {
  std::vector<ClickCount> counts;
  // By link, and by day for groups of time.
  std::map<std::pair<std::int64_t, core::Day>, core::VisitorSketch> visitors;
};

// What clicks have to do with a report: which are in it, and in which row they count.
class ClickRows {
 public:
  ClickRows(const ReportScope& scope, const FromMain& main)
      : scope_(scope),
        directory_(main.directory),
        links_(main.links),
        keys_(scope, main.directory) {}

  ClickScope click_scope() const;
  bool includes(std::int64_t link) const {
    return keys_.includes_deal(directory_.deal_of_link(link));
  }
  const std::string& currency_of(std::int64_t link) const {
    return directory_.currency_of_deal(directory_.deal_of_link(link));
  }
  RowKey key_of(std::int64_t link, core::Day day) const {
    return is_of_time(scope_.group_by) ? keys_.at(day)
                                       : keys_.of(directory_.deal_of_link(link), link, 0);
  }

 private:
  const ReportScope& scope_;
  const Directory& directory_;
  const std::vector<std::int64_t>& links_;
  Keys keys_;
};

// By time, all links count together when they are all in the report and in one currency.
ClickScope ClickRows::click_scope() const {
  ClickScope scope{.brand = scope_.brand, .zone = scope_.zone, .period = scope_.period};
  if (!is_of_time(scope_.group_by)) return scope;
  scope.grain = scope_.group_by == GroupBy::month ? Grain::month : Grain::day;
  const bool is_one_currency =
      std::all_of(directory_.campaigns.begin(), directory_.campaigns.end(),
                  [&](const auto& each) { return each.second.currency == directory_.currency; });
  if (scope_.is_whole() && is_one_currency) {
    scope.links = ClickScope::Links::together;
    return scope;
  }
  if (!scope_.is_whole() && links_.size() <= links_one_by_one_max) {
    scope.links = ClickScope::Links::some;
    scope.some = links_;
  }
  return scope;
}

void add_clicks(const FromClicks& facts, const ClickRows& rows, RoiTable& table) {
  for (const ClickCount& count : facts.counts) {
    if (!rows.includes(count.link)) continue;
    table.add(rows.key_of(count.link, count.day), rows.currency_of(count.link),
              [&](RoiRow& target) {
                increase(target.clicks_gross, count.clicks);
                if (count.verdict == core::ClickVerdict::valid)
                  increase(target.sums.clicks_valid, count.clicks);
              });
  }
  std::map<RowId, core::VisitorSketch> of_rows;
  for (const auto& [link_day, visitors] : facts.visitors) {
    const auto& [link, day] = link_day;
    if (rows.includes(link))
      of_rows[{rows.key_of(link, day).key, rows.currency_of(link)}].merge(visitors);
  }
  std::map<std::string, core::VisitorSketch> totals;
  for (const auto& [row, visitors] : of_rows) {
    table.row({row.first, ""}, row.second).visitors = visitors.estimate();
    totals[row.second].merge(visitors);
  }
  for (const auto& [currency, visitors] : totals)
    table.total(currency).visitors = visitors.estimate();
}

}  // namespace

core::Result<RoiReport> make_roi_report(storage::Database& database, storage::Database& clicks,
                                        ClosedDays& closed, const ReportScope& scope,
                                        const std::string& currency, core::Rate margin) {
  auto main = database.read([&](storage::Session& session) {
    FromMain facts{read_directory(session, scope.brand, currency), {}, {}};
    if (!scope.is_whole() && is_of_time(scope.group_by))
      facts.links = links_of(session, scope, links_one_by_one_max);
    add_facts(session, scope, facts.directory, facts.table);
    return facts;
  });
  if (!main) return main.error();
  const ClickRows rows(scope, *main);
  const auto clicked = clicks.read([&](storage::Session& session) {
    FromClicks facts;
    ClickScope asked = rows.click_scope();
    asked.closed = &closed;
    facts.counts = count_clicks(session, asked);
    each_visitors(session, asked, [&](std::int64_t link, core::Day day, std::string_view sketch) {
      if (asked.grain == Grain::period) day = {};
      facts.visitors[{link, day}].merge_bytes(sketch);
    });
    return facts;
  });
  if (!clicked) return clicked.error();
  const auto named = database.read([&](storage::Session& session) {
    std::set<std::int64_t> links;
    for (const ClickCount& count : clicked->counts)
      links.insert(count.link);
    read_links(session, scope.brand, links, main->directory);
  });
  if (!named) return named.error();
  add_clicks(*clicked, rows, main->table);
  main->table.total(currency);  // an empty report still says zero in the brand's currency
  return RoiReport{main->table.finished_rows(scope.group_by, margin),
                   main->table.finished_totals(margin)};
}

}  // namespace fairlead::admin
