// Parts of days, and groups that no rollup has, are counted from the clicks themselves; old clicks
// are removed after a while (redirect/). Inside a snapshot of the click file.
#pragma once

#include "admin/reports_clicks.hpp"

namespace fairlead::admin {

// Wrong totals would be worse than none: where clicks of the brand within the part are removed, the
// report fails with Errc::conflict, which report_routes answers with 422 clicks_removed.
void require_kept_clicks(storage::Session& clicks, const ClickScope& scope, core::Period part);

}  // namespace fairlead::admin
