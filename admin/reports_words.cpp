#include "admin/reports_words.hpp"

#include <algorithm>
#include <utility>

#include "admin/reports_kept.hpp"
#include "admin/reports_spans.hpp"
#include "admin/sql.hpp"
#include "core/wall_time.hpp"

namespace fairlead::admin {

namespace {

void add_rows(const storage::Rows& rows, std::int64_t sign, std::vector<WordCount>& counts) {
  for (const storage::Row& row : rows)
    counts.push_back({row.integer(0), static_cast<core::ClickVerdict>(row.integer(1)),
                      row.integer(2) * sign, row.integer(3) * sign, 0});
}

// Rows of link, verdict, clicks, unnamed, word.
void add_scanned(storage::Session& clicks, const ClickScope& scope, core::Period part,
                 std::int64_t dimension, std::vector<WordCount>& counts) {
  if (part.from >= part.to) return;
  require_kept_clicks(clicks, scope, part);
  const storage::Rows rows =
      within_limit(clicks.run(sql::report_clicks_by_word, core::first_id_at(part.from),
                              core::first_id_at(part.to), scope.brand, dimension, report_rows_max));
  for (const storage::Row& row : rows)
    counts.push_back({row.integer(4), static_cast<core::ClickVerdict>(row.integer(1)),
                      row.integer(2), row.integer(3), row.integer(0)});
}

// The hours since 1970 on the brand's wall clock.
std::int64_t hour_of(const ClickScope& scope, core::Instant at) {
  return scope.zone.day_of(at).number * std::int64_t{24} + core::local_hour(scope.zone, at);
}

}  // namespace

std::vector<WordCount> count_words(storage::Session& clicks, const ClickScope& scope,
                                   std::int64_t dimension) {
  std::vector<WordCount> counts;
  const PeriodPieces pieces = pieces_of(clicks, scope);
  add_scanned(clicks, scope, pieces.before, dimension, counts);
  for (const Piece& piece : cover(pieces.first, pieces.end, Pieces::added_and_taken))
    add_rows(within_limit(clicks.run(sql::report_brand_rollups, scope.brand, dimension, piece.span,
                                     piece.from, piece.to, report_rows_max)),
             piece.sign, counts);
  add_scanned(clicks, scope, pieces.after, dimension, counts);
  return counts;
}

std::vector<WordCount> count_words_of_links(storage::Session& clicks, const ClickScope& scope,
                                            std::int64_t dimension) {
  ClickScope all = scope;
  all.links = ClickScope::Links::together;
  std::int64_t to_read = 0;
  for (const ClickCount& count : count_clicks(clicks, all))
    to_read += count.clicks;
  if (to_read > scanned_clicks_max)
    throw storage::StatementFailed{
        core::fail(core::Errc::overflow,
                   "this group is counted click by click for some of the links, and the period "
                   "has more than 2000000 clicks; narrow it with from and to"),
        false};
  std::vector<WordCount> counts;
  add_scanned(clicks, scope, scope.period, dimension, counts);
  return counts;
}

std::map<std::int64_t, std::string> read_words(storage::Session& clicks, std::int64_t dimension) {
  std::map<std::int64_t, std::string> words;
  const storage::Rows rows =
      within_limit(clicks.run(sql::report_words, dimension, report_rows_max));
  for (const storage::Row& row : rows)
    words.emplace(row.integer(0), row.text(1));
  return words;
}

std::vector<HourCount> count_hours(storage::Session& clicks, const ClickScope& scope) {
  std::vector<HourCount> counts;
  const storage::Row known = clicks.run(sql::report_known_starts, scope.brand, span_hour).one();
  const std::int64_t from = std::max(known.integer(0), hour_of(scope, scope.period.from));
  const std::int64_t to =
      std::min(known.integer(1), hour_of(scope, scope.period.to.plus_micros(-1)) + 1);
  const auto add = [&](storage::Rows rows) {
    for (const storage::Row& row : within_limit(std::move(rows)))
      counts.push_back({first_day_of(span_hour, row.integer(4)), row.integer(4) % 24,
                        row.integer(0), static_cast<core::ClickVerdict>(row.integer(1)),
                        row.integer(2), row.integer(3)});
  };
  switch (scope.links) {
    case ClickScope::Links::together:
      add(clicks.run(sql::report_brand_rollups, scope.brand, 0, span_hour, from, to,
                     report_rows_max));
      break;
    case ClickScope::Links::each:
      add(clicks.run(sql::report_rollups_by_time, scope.brand, span_hour, from, to,
                     report_rows_max));
      break;
    case ClickScope::Links::some:
      for (const std::int64_t link : scope.some)
        add(clicks.run(sql::report_rollups_of_link, scope.brand, span_hour, from, to, link,
                       report_rows_max));
  }
  return counts;
}

RulesVersions read_rules_versions(storage::Session& clicks, core::Instant before) {
  RulesVersions versions;
  for (const storage::Row& row : clicks.run(sql::report_rules_versions, core::first_id_at(before)))
    versions.emplace_back(
        row.integer(0) == 0 ? core::Instant{} : core::instant_of_id(row.integer(0)),
        row.integer(1));
  return versions;
}

}  // namespace fairlead::admin
