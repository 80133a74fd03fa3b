#include "admin/reports_clicks.hpp"

#include <limits>

#include "admin/sql.hpp"

namespace fairlead::admin {

namespace {

// A period as whole days between two parts of days; any of the three may be empty.
struct Pieces {
  core::Period before;
  core::Day first;  // whole days [first, end)
  core::Day end;
  core::Period after;
};

Pieces pieces_of(core::Period period, core::Zone zone) {
  core::Day first = zone.day_of(period.from);
  if (zone.start_of(first) != period.from) first = core::Day{first.number + 1};
  const core::Day end = zone.day_of(period.to);
  if (end < first) return {period, first, first, {}};
  return {{period.from, zone.start_of(first)}, first, end, {zone.start_of(end), period.to}};
}

void add_counts(const storage::Rows& rows, std::optional<core::Day> day,
                std::vector<ClickCount>& counts) {
  for (const storage::Row& row : rows)
    counts.push_back({row.integer(0), static_cast<core::ClickVerdict>(row.integer(1)),
                      row.integer(2),
                      day ? *day : core::Day{static_cast<std::int32_t>(row.integer(3))}});
}

void add_part(storage::Session& clicks, const ReportScope& scope, core::Period part,
              std::vector<ClickCount>& counts) {
  if (part.from >= part.to) return;
  add_counts(within_limit(clicks.run(sql::report_clicks, core::first_id_at(part.from),
                                     core::first_id_at(part.to), scope.brand, report_rows_max)),
             scope.zone.day_of(part.from), counts);
}

}  // namespace

std::vector<ClickCount> count_clicks(storage::Session& clicks, const ReportScope& scope) {
  std::vector<ClickCount> counts;
  const Pieces pieces = pieces_of(scope.period, scope.zone);
  add_part(clicks, scope, pieces.before, counts);
  const auto& rollups =
      is_of_time(scope.group_by) ? sql::report_rollups_by_day : sql::report_rollups;
  std::optional<core::Day> no_day;
  if (!is_of_time(scope.group_by)) no_day = pieces.first;
  add_counts(within_limit(clicks.run(rollups, scope.brand, pieces.first.number, pieces.end.number,
                                     report_rows_max)),
             no_day, counts);
  add_part(clicks, scope, pieces.after, counts);
  return counts;
}

void each_visitor(storage::Session& clicks, core::BrandId brand, core::Period period,
                  const std::function<void(std::span<const std::int64_t> links)>& visit) {
  constexpr std::int64_t rows_per_page = 50'000;
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t visitor = least;
  std::vector<std::int64_t> links;
  for (std::int64_t page_rows = rows_per_page; page_rows == rows_per_page;) {
    const storage::Rows page = clicks.run(sql::report_visitors, core::first_id_at(period.from),
                                          core::first_id_at(period.to), brand, visitor,
                                          links.empty() ? least : links.back(), rows_per_page);
    for (const storage::Row& row : page) {
      if (row.integer(0) != visitor && !links.empty()) {
        visit(links);
        links.clear();
      }
      visitor = row.integer(0);
      links.push_back(row.integer(1));
    }
    page_rows = static_cast<std::int64_t>(page.size());
  }
  if (!links.empty()) visit(links);
}

std::string_view reason_of(core::ClickVerdict verdict) {
  switch (verdict) {
    case core::ClickVerdict::valid:
      return "valid";
    case core::ClickVerdict::head:
      return "head";
    case core::ClickVerdict::prefetch:
      return "prefetch";
    case core::ClickVerdict::bot:
      return "bot";
    case core::ClickVerdict::preview:
      return "preview";
    case core::ClickVerdict::unknown_agent:
      return "unknown_agent";
    case core::ClickVerdict::duplicate:
      return "duplicate";
    case core::ClickVerdict::datacenter:
      return "datacenter";
    case core::ClickVerdict::flood:
      return "flood";
    case core::ClickVerdict::embedded:
      return "embedded";
  }
  return "";
}

}  // namespace fairlead::admin
