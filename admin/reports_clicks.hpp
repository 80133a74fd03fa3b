// What the click file knows about a report's period. Whole days of the brand come from the rollups,
// the rest of a period that begins or ends within a day from the clicks themselves; both count the
// same clicks. Inside a snapshot of the click file.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "admin/closed_days.hpp"
#include "admin/reports_scope.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

// How finely days are told apart.
enum class Grain { period, month, day };

inline constexpr std::size_t links_one_by_one_max = 50;  // beyond that, all are read

struct ClickScope {
  core::BrandId brand;
  core::Zone zone;
  core::Period period{};
  Grain grain = Grain::period;
  // Which links: each of the brand's, all of them together (as link 0), or those of `some`, which
  // is faster for a few links and a fine grain. `each` may give links that were not asked for.
  enum class Links { each, together, some } links = Links::each;
  std::vector<std::int64_t> some;
  // Where sums of each link over a period are remembered; may be missing.
  ClosedDays* closed = nullptr;
};

// Every click of the period, added up by link, verdict and day (the month's first for whole months,
// see the grain); no order.
std::vector<ClickCount> count_clicks(storage::Session& clicks, const ClickScope& scope);

// The visitors of valid clicks, as bytes of core::VisitorSketch to be merged.
using VisitVisitors =
    std::function<void(std::int64_t link, core::Day day, std::string_view sketch)>;
void each_visitors(storage::Session& clicks, const ClickScope& scope, const VisitVisitors& visit);

// A period as whole days between two parts of days; any of the three may be empty.
struct PeriodPieces {
  core::Period before;
  core::Day first;  // whole days [first, end), no more than the brand has clicks on
  core::Day end;
  core::Period after;
  core::Day newest;  // that the brand has clicks on
};
PeriodPieces pieces_of(storage::Session& clicks, const ClickScope& scope);

}  // namespace fairlead::admin
