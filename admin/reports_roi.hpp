// The ROI report: both databases' facts in one table. Blocking; on the work pool.
#pragma once

#include <vector>

#include "admin/closed_days.hpp"
#include "admin/columns.hpp"
#include "admin/reports_scope.hpp"
#include "core/rate.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct RoiReport {
  std::vector<RoiRow> rows;
  std::vector<RoiRow> totals;  // one per currency
};

// `currency` is the brand's. Errc::overflow when it would read too much; Errc of storage.
core::Result<RoiReport> make_roi_report(storage::Database& database, storage::Database& clicks,
                                        ClosedDays& closed, const ReportScope& scope,
                                        const std::string& currency, core::Rate margin);

}  // namespace fairlead::admin
