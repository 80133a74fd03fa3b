#include "admin/reports_kept.hpp"

#include <algorithm>

#include "admin/reports_spans.hpp"
#include "admin/sql.hpp"

namespace fairlead::admin {

void require_kept_clicks(storage::Session& clicks, const ClickScope& scope, core::Period part) {
  const std::int64_t boundary = clicks.run(sql::report_clicks_from).one().integer(0);
  if (boundary == 0) return;
  const core::Instant kept_from = core::instant_of_id(boundary);
  const storage::Rows known = clicks.run(sql::report_known_starts, scope.brand, span_day);
  const core::Day first{static_cast<std::int32_t>(known.one().integer(0))};
  const core::Day end{static_cast<std::int32_t>(known.one().integer(1))};
  const core::Instant from = std::max(part.from, scope.zone.start_of(first));
  const core::Instant to = std::min({part.to, scope.zone.start_of(end), kept_from});
  if (from >= to) return;
  throw storage::StatementFailed{
      core::fail(core::Errc::conflict,
                 "this is counted click by click, and clicks before " +
                     core::format_instant(kept_from) +
                     " were removed; ask for whole days of all links, or for a later from"),
      false};
}

}  // namespace fairlead::admin
