// What one report is about: whose rows, which period, grouped by what; and how much it may read.
// Values.
#pragma once

#include <cstdint>

#include "admin/reports_query.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct ReportScope {
  core::BrandId brand;
  core::Zone zone;
  core::Period period{};
  GroupBy group_by = GroupBy::link;
  core::CampaignId campaign;      // 0 = all
  core::InfluencerId influencer;  // 0 = all
  core::LinkId link;              // 0 = all

  bool is_whole() const { return !campaign && !influencer && !link; }
};

// Wrong totals would be worse than none: a statement that gives this many rows fails the report
// with Errc::overflow, which report_routes answers with 422 report_too_large.
inline constexpr std::int64_t report_rows_max = 200'000;
inline storage::Rows within_limit(storage::Rows rows) {
  if (static_cast<std::int64_t>(rows.size()) >= report_rows_max)
    throw storage::StatementFailed{
        core::fail(
            core::Errc::overflow,
            "the report would read more than 200000 rows at once; narrow it with from, to or "
            "campaign_id, or group it by something coarser"),
        false};
  return rows;
}

}  // namespace fairlead::admin
