// However a period is cut into months and days, each of its days counts once and no other does.
#include "admin/reports_spans.hpp"

#include <gtest/gtest.h>

#include <map>

namespace fairlead::admin {
namespace {

core::Day day(std::string_view text) {
  return core::parse_day(text).value();
}

std::map<std::int32_t, std::int64_t> days_of(const std::vector<Piece>& pieces) {
  std::map<std::int32_t, std::int64_t> days;
  for (const Piece& piece : pieces)
    for (std::int32_t at = first_day_of(piece.span, piece.from).number;
         at < first_day_of(piece.span, piece.to).number; ++at)
      if ((days[at] += piece.sign) == 0) days.erase(at);
  return days;
}

TEST(ReportSpans, EveryDayOfEveryPeriodCountsOnce) {
  const std::int32_t start = day("2024-01-20").number;
  for (std::int32_t first = start; first < start + 60; ++first)
    for (std::int32_t end = first; end < first + 120; ++end)
      for (const Pieces allowed : {Pieces::added, Pieces::added_and_taken}) {
        std::map<std::int32_t, std::int64_t> expected;
        for (std::int32_t at = first; at < end; ++at)
          expected[at] = 1;
        ASSERT_EQ(days_of(cover({first}, {end}, allowed)), expected) << first << " to " << end;
      }
}

TEST(ReportSpans, WholeMonthsAreOnePieceAndMostOfAMonthIsTheMonthLessDays) {
  EXPECT_EQ(cover(day("2025-01-01"), day("2026-01-01"), Pieces::added),
            (std::vector<Piece>{{span_month, 2025 * 12, 2026 * 12, 1}}));
  EXPECT_EQ(cover(day("2025-01-03"), day("2025-03-01"), Pieces::added_and_taken),
            (std::vector<Piece>{{span_day, day("2025-01-01").number, day("2025-01-03").number, -1},
                                {span_month, 2025 * 12, 2025 * 12 + 2, 1}}));
  EXPECT_EQ(
      cover(day("2025-01-03"), day("2025-02-01"), Pieces::added),
      (std::vector<Piece>{{span_day, day("2025-01-03").number, day("2025-02-01").number, 1}}));
  EXPECT_TRUE(cover(day("2025-01-03"), day("2025-01-03"), Pieces::added).empty());
}

}  // namespace
}  // namespace fairlead::admin
