// What the click file knows about a report's period. Whole days of the brand come from the rollups,
// the rest of a period that begins or ends within a day from the clicks themselves; both count the
// same clicks. Visitors are always counted from the clicks. Inside a snapshot of the click file.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "admin/reports_scope.hpp"
#include "core/events.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct ClickCount {
  std::int64_t link;
  core::ClickVerdict verdict;
  std::int64_t clicks;
  core::Day day;  // the brand's; without meaning for groups that are not of time
};

// Every click of the brand in the period.
std::vector<ClickCount> count_clicks(storage::Session& clicks, const ReportScope& scope);

// Calls `visit` once for each known visitor with valid clicks in the period, with the links
// clicked.
void each_visitor(storage::Session& clicks, core::BrandId brand, core::Period period,
                  const std::function<void(std::span<const std::int64_t> links)>& visit);

// Why a click is not valid, as reports name it; "" for a verdict this program does not know.
std::string_view reason_of(core::ClickVerdict verdict);

}  // namespace fairlead::admin
