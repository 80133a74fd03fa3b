#include "admin/reports_clicks.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <tuple>

#include "admin/reports_kept.hpp"
#include "admin/reports_spans.hpp"
#include "admin/sql.hpp"
#include "core/visitor_sketch.hpp"

namespace fairlead::admin {

namespace {

using Links = ClickScope::Links;

constexpr std::int64_t every_click = 0;  // the dimension that counts all clicks of a brand
constexpr std::int64_t all_links = 0;

// Counts while they are added up: a period has many rows of the same link and verdict.
class Counts {
 public:
  explicit Counts(const ClickScope& scope) : scope_(scope) {}

  void add(std::int64_t link, std::int64_t verdict, std::int64_t clicks, std::int64_t unnamed,
           core::Day day) {
    if (scope_.links == Links::together) link = all_links;
    if (scope_.grain == Grain::period) day = {};
    auto& [clicks_sum, unnamed_sum] = counts_[{link, verdict, day.number}];
    clicks_sum += clicks;
    unnamed_sum += unnamed;
  }
  // Rows of link, verdict, clicks, unnamed, start.
  void add(const storage::Rows& rows, const Piece& piece) {
    for (const storage::Row& row : rows)
      add(row.integer(0), row.integer(1), row.integer(2) * piece.sign, row.integer(3) * piece.sign,
          first_day_of(piece.span, row.integer(4)));
  }
  std::vector<ClickCount> take() const {
    std::vector<ClickCount> list;
    for (const auto& [key, sums] : counts_)
      if (sums.first != 0)
        list.push_back({key.link, static_cast<core::ClickVerdict>(key.verdict), sums.first,
                        sums.second, core::Day{key.day}});
    return list;
  }

 private:
  struct Key {
    std::int64_t link;
    std::int64_t verdict;
    std::int32_t day;
    bool operator==(const Key&) const = default;
    friend std::size_t hash_value(const Key& key) {
      return static_cast<std::size_t>(key.link) * 0x9e3779b97f4a7c15ULL +
             static_cast<std::size_t>(key.day * 16 + key.verdict);
    }
  };
  const ClickScope& scope_;
  boost::unordered_flat_map<Key, std::pair<std::int64_t, std::int64_t>> counts_;
};

void add_piece(storage::Session& clicks, const ClickScope& scope, const Piece& piece,
               Counts& counts) {
  const auto& [span, from, to, sign] = piece;
  switch (scope.links) {
    case Links::each: {
      const auto& statement =
          scope.grain == Grain::period ? sql::report_rollups : sql::report_rollups_by_time;
      counts.add(within_limit(clicks.run(statement, scope.brand, span, from, to, report_rows_max)),
                 piece);
      return;
    }
    case Links::together:
      counts.add(within_limit(clicks.run(sql::report_brand_rollups, scope.brand, every_click, span,
                                         from, to, report_rows_max)),
                 piece);
      return;
    case Links::some:
      for (const std::int64_t link : scope.some)
        counts.add(within_limit(clicks.run(sql::report_rollups_of_link, scope.brand, span, from, to,
                                           link, report_rows_max)),
                   piece);
  }
}

bool is_asked(const ClickScope& scope, std::int64_t link) {
  return scope.links != Links::some ||
         std::find(scope.some.begin(), scope.some.end(), link) != scope.some.end();
}

void add_part(storage::Session& clicks, const ClickScope& scope, core::Period part,
              Counts& counts) {
  if (part.from >= part.to) return;
  require_kept_clicks(clicks, scope, part);
  const storage::Rows rows =
      within_limit(clicks.run(sql::report_clicks, core::first_id_at(part.from),
                              core::first_id_at(part.to), scope.brand, report_rows_max));
  const core::Day day = scope.zone.day_of(part.from);
  for (const storage::Row& row : rows)
    if (is_asked(scope, row.integer(0)))
      counts.add(row.integer(0), row.integer(1), row.integer(2), row.integer(3), day);
}

// By day there are no months to take; counts of a period may be taken from a month's.
std::vector<Piece> cover_of(const PeriodPieces& pieces, Grain grain, Pieces allowed) {
  if (pieces.end <= pieces.first) return {};
  if (grain == Grain::day) return {{span_day, pieces.first.number, pieces.end.number, 1}};
  return cover(pieces.first, pieces.end, allowed);
}

void visit_part(storage::Session& clicks, const ClickScope& scope, core::Period part,
                const VisitVisitors& visit) {
  if (part.from >= part.to) return;
  require_kept_clicks(clicks, scope, part);
  const storage::Rows rows =
      within_limit(clicks.run(sql::report_visits, core::first_id_at(part.from),
                              core::first_id_at(part.to), scope.brand, report_rows_max));
  std::map<std::int64_t, core::VisitorSketch> visitors;
  for (const storage::Row& row : rows)
    if (is_asked(scope, row.integer(0)))
      visitors[scope.links == Links::together ? all_links : row.integer(0)].add(row.integer(1));
  for (const auto& [link, sketch] : visitors)
    visit(link, scope.zone.day_of(part.from), sketch.bytes());
}

void visit_days(storage::Session& clicks, const ClickScope& scope, const PeriodPieces& pieces,
                const VisitVisitors& visit) {
  const auto visit_rows = [&](const Piece& piece, const storage::Rows& rows) {
    for (const storage::Row& row : rows)
      visit(row.integer(0), first_day_of(piece.span, row.integer(1)), row.blob(2));
  };
  for (const Piece& piece : cover_of(pieces, scope.grain, Pieces::added)) {
    const auto& [span, from, to, sign] = piece;
    if (scope.links == Links::each) {
      visit_rows(piece, within_limit(clicks.run(sql::report_visitors, scope.brand, span, from, to,
                                                report_rows_max)));
      continue;
    }
    const std::vector<std::int64_t> links =
        scope.links == Links::together ? std::vector{all_links} : scope.some;
    for (const std::int64_t link : links)
      visit_rows(piece, within_limit(clicks.run(sql::report_visitors_of_link, scope.brand, span,
                                                from, to, link, report_rows_max)));
  }
}

void add_days(storage::Session& clicks, const ClickScope& scope, const PeriodPieces& pieces,
              Counts& counts) {
  for (const Piece& piece : cover_of(pieces, scope.grain, Pieces::added_and_taken))
    add_piece(clicks, scope, piece, counts);
}

ClosedDays::Sums read_sums(storage::Session& clicks, const ClickScope& scope,
                           const PeriodPieces& closed) {
  Counts counts(scope);
  add_days(clicks, scope, closed, counts);
  std::map<std::int64_t, core::VisitorSketch> visitors;
  visit_days(clicks, scope, closed, [&](std::int64_t link, core::Day, std::string_view sketch) {
    visitors[link].merge_bytes(sketch);
  });
  ClosedDays::Sums sums{counts.take(), {}};
  for (const auto& [link, sketch] : visitors)
    sums.visitors.emplace_back(link, sketch.bytes());
  return sums;
}

// The sums of the days that no longer change, which `pieces` then begins behind. Nothing when there
// are none, or days or some links are told apart.
std::shared_ptr<const ClosedDays::Sums> take_closed(storage::Session& clicks,
                                                    const ClickScope& scope, PeriodPieces& pieces) {
  if (scope.closed == nullptr || scope.links != Links::each || scope.grain != Grain::period)
    return nullptr;
  const PeriodPieces closed{
      .first = pieces.first, .end = std::min(pieces.end, pieces.newest), .newest = pieces.newest};
  if (closed.end <= closed.first) return nullptr;
  const std::int64_t changes = clicks.run(sql::report_past_changes).one().integer(0);
  const ClosedDays::Key key{scope.brand, changes, closed.first, closed.end};
  auto sums = scope.closed->find(key);
  if (sums == nullptr) {
    sums = std::make_shared<ClosedDays::Sums>(read_sums(clicks, scope, closed));
    scope.closed->keep(key, sums);
  }
  pieces.first = closed.end;
  return sums;
}

}  // namespace

std::vector<ClickCount> count_clicks(storage::Session& clicks, const ClickScope& scope) {
  Counts counts(scope);
  PeriodPieces pieces = pieces_of(clicks, scope);
  add_part(clicks, scope, pieces.before, counts);
  if (const auto closed = take_closed(clicks, scope, pieces))
    for (const ClickCount& count : closed->counts)
      counts.add(count.link, static_cast<std::int64_t>(count.verdict), count.clicks, count.unnamed,
                 count.day);
  add_days(clicks, scope, pieces, counts);
  add_part(clicks, scope, pieces.after, counts);
  return counts.take();
}

void each_visitors(storage::Session& clicks, const ClickScope& scope, const VisitVisitors& visit) {
  PeriodPieces pieces = pieces_of(clicks, scope);
  visit_part(clicks, scope, pieces.before, visit);
  if (const auto closed = take_closed(clicks, scope, pieces))
    for (const auto& [link, sketch] : closed->visitors)
      visit(link, {}, sketch);
  visit_days(clicks, scope, pieces, visit);
  visit_part(clicks, scope, pieces.after, visit);
}

PeriodPieces pieces_of(storage::Session& clicks, const ClickScope& scope) {
  const auto& [period, zone] = std::tie(scope.period, scope.zone);
  core::Day first = zone.day_of(period.from);
  if (zone.start_of(first) != period.from) first = core::Day{first.number + 1};
  const core::Day end = zone.day_of(period.to);
  if (end < first) return {period, first, first, {}, {}};
  const storage::Rows known = clicks.run(sql::report_known_starts, scope.brand, span_day);
  const core::Day known_first{static_cast<std::int32_t>(known.one().integer(0))};
  const core::Day known_end{static_cast<std::int32_t>(known.one().integer(1))};
  return {{period.from, zone.start_of(first)},
          std::max(first, known_first),
          std::min(end, known_end),
          {zone.start_of(end), period.to},
          core::Day{known_end.number - 1}};
}

}  // namespace fairlead::admin
