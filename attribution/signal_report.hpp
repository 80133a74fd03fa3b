// GET /v1/reports/signals: of every influencer and every signal what the last 90 days say, that
// there is not enough to say, and how many commissions have the signal. Blocking; on the work pool.
#pragma once

#include "attribution/attribution.hpp"
#include "core/answer.hpp"
#include "net/router.hpp"

namespace fairlead::attribution {

core::Answer answer_signal_report(const Dependencies& dependencies, const net::Call& call);

}  // namespace fairlead::attribution
