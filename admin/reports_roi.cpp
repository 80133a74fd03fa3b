#include "admin/reports_roi.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "admin/reports_clicks.hpp"
#include "admin/reports_directory.hpp"
#include "admin/reports_facts.hpp"
#include "admin/reports_keys.hpp"
#include "admin/reports_table.hpp"

namespace fairlead::admin {

namespace {

struct FromMain {
  Directory directory;
  RoiTable table;
};

using RowId = std::pair<std::string, std::string>;  // key, currency

// Distinct people per row and per currency.
struct Visitors {
  std::map<RowId, std::int64_t> of_rows;
  std::map<std::string, std::int64_t> of_totals;
};

struct FromClicks {
  std::vector<ClickCount> counts;
  Visitors visitors;
};

// What clicks have to do with a report: which are in it, and in which row they count.
class ClickRows {
 public:
  ClickRows(const ReportScope& scope, const Directory& directory)
      : scope_(scope), directory_(directory), keys_(scope, directory) {}

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
  Visitors count_visitors(storage::Session& clicks, const std::vector<ClickCount>& counts) const;

 private:
  void count_by_time(storage::Session& clicks, const std::vector<ClickCount>& counts,
                     Visitors& visitors) const;
  const ReportScope& scope_;
  const Directory& directory_;
  Keys keys_;
};

Visitors ClickRows::count_visitors(storage::Session& clicks,
                                   const std::vector<ClickCount>& counts) const {
  Visitors visitors;
  const bool by_time = is_of_time(scope_.group_by);
  each_visitor(clicks, scope_.brand, scope_.period, [&](std::span<const std::int64_t> links) {
    std::set<RowId> rows;
    std::set<std::string> currencies;
    for (const std::int64_t link : links) {
      if (!includes(link)) continue;
      currencies.insert(currency_of(link));
      if (!by_time) rows.insert({key_of(link, {}).key, currency_of(link)});
    }
    for (const RowId& row : rows)
      ++visitors.of_rows[row];
    for (const std::string& currency : currencies)
      ++visitors.of_totals[currency];
  });
  if (by_time) count_by_time(clicks, counts, visitors);
  return visitors;
}

// A day's visitors are counted within the day: one pass over the clicks of each part of the period.
void ClickRows::count_by_time(storage::Session& clicks, const std::vector<ClickCount>& counts,
                              Visitors& visitors) const {
  std::map<std::string, core::Period> periods;
  for (const ClickCount& count : counts)
    if (count.verdict == core::ClickVerdict::valid)
      periods.emplace(keys_.at(count.day).key, keys_.period_of(count.day));
  for (const auto& [key, period] : periods)
    each_visitor(clicks, scope_.brand, period, [&](std::span<const std::int64_t> links) {
      std::set<std::string> currencies;
      for (const std::int64_t link : links)
        if (includes(link)) currencies.insert(currency_of(link));
      for (const std::string& currency : currencies)
        ++visitors.of_rows[{key, currency}];
    });
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
  for (const auto& [row, visitors] : facts.visitors.of_rows)
    table.row({row.first, ""}, row.second).visitors = visitors;
  for (const auto& [currency, visitors] : facts.visitors.of_totals)
    table.total(currency).visitors = visitors;
}

}  // namespace

core::Result<RoiReport> make_roi_report(storage::Database& database, storage::Database& clicks,
                                        const ReportScope& scope, const std::string& currency,
                                        core::Rate margin) {
  auto main = database.read([&](storage::Session& session) {
    FromMain facts{read_directory(session, scope.brand, currency), {}};
    add_facts(session, scope, facts.directory, facts.table);
    return facts;
  });
  if (!main) return main.error();
  const ClickRows rows(scope, main->directory);
  const auto clicked = clicks.read([&](storage::Session& session) {
    FromClicks facts;
    facts.counts = count_clicks(session, scope);
    facts.visitors = rows.count_visitors(session, facts.counts);
    return facts;
  });
  if (!clicked) return clicked.error();
  add_clicks(*clicked, rows, main->table);
  main->table.total(currency);  // an empty report still says zero in the brand's currency
  return RoiReport{main->table.finished_rows(scope.group_by, margin),
                   main->table.finished_totals(margin)};
}

}  // namespace fairlead::admin
