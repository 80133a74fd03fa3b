// GET /v1/reports/attribution: every attribution model over the same journeys, side by side.
// Blocking; on the work pool.
#pragma once

#include "admin/reports_call.hpp"
#include "attribution/attribution.hpp"
#include "core/answer.hpp"

namespace fairlead::admin {

core::Answer answer_attribution_report(storage::Database& database, attribution::JourneyDays& days,
                                       const net::Call& call);

}  // namespace fairlead::admin
