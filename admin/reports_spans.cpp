#include "admin/reports_spans.hpp"

#include <algorithm>
#include <chrono>

namespace fairlead::admin {

namespace {

std::int64_t start_of_month(std::int64_t month) {
  const auto name = std::chrono::year{static_cast<int>(month / 12)} /
                    std::chrono::month{static_cast<unsigned>(month % 12 + 1)} / 1;
  return std::chrono::sys_days{name}.time_since_epoch().count();
}

// The days [first, end) of one month.
void cover_part(std::int64_t month, std::int64_t first, std::int64_t end, Pieces allowed,
                std::vector<Piece>& pieces) {
  const std::int64_t month_first = start_of_month(month);
  const std::int64_t month_end = start_of_month(month + 1);
  const std::int64_t others = first - month_first + month_end - end;
  const bool is_less_to_take = allowed == Pieces::added_and_taken && others + 1 < end - first;
  if (others > 0 && !is_less_to_take) {
    pieces.push_back({span_day, first, end, 1});
    return;
  }
  if (!pieces.empty() && pieces.back().span == span_month && pieces.back().to == month) {
    ++pieces.back().to;
  } else {
    pieces.push_back({span_month, month, month + 1, 1});
  }
  // Before the month itself, which the next one may be joined to.
  if (month_first < first) pieces.insert(pieces.end() - 1, {span_day, month_first, first, -1});
  if (end < month_end) pieces.insert(pieces.end() - 1, {span_day, end, month_end, -1});
}

}  // namespace

std::vector<Piece> cover(core::Day first, core::Day end, Pieces allowed) {
  std::vector<Piece> pieces;
  for (std::int64_t day = first.number; day < end.number;) {
    const std::int64_t month = month_of({static_cast<std::int32_t>(day)});
    const std::int64_t part_end = std::min<std::int64_t>(end.number, start_of_month(month + 1));
    cover_part(month, day, part_end, allowed, pieces);
    day = part_end;
  }
  return pieces;
}

core::Day first_day_of(std::int64_t span, std::int64_t start) {
  if (span == span_month) return {static_cast<std::int32_t>(start_of_month(start))};
  return {static_cast<std::int32_t>(span == span_hour ? start / 24 : start)};
}

std::int64_t month_of(core::Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.number}}};
  return int{date.year()} * std::int64_t{12} + unsigned{date.month()} - 1;
}

}  // namespace fairlead::admin
