// What a plan pays for a base, and what a refund takes back. Pure; any thread.
//
// Refunds use the target method: after a refund the credit is worth the plan's commission on what
// is left of its base, and the posting is the difference to what is booked. Rounding cannot drift:
// however a base is refunded, in whatever pieces and order, the sum is the commission on the rest,
// and 0 on nothing.
#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "ledger/plans.hpp"

namespace fairlead::ledger {

// The commission on a base, in its minor units. A base below 0 counts as 0. Errc::invalid when the
// plan is of no known kind or its terms are not that kind's: only a damaged row says so.
core::Result<std::int64_t> commission_minor(const Plan& plan, std::int64_t base_minor);

// What has to be added to `booked_minor` so that it is the commission on the remaining base; below
// 0 when money is taken back.
core::Result<std::int64_t> adjustment_minor(const Plan& plan, std::int64_t remaining_base_minor,
                                            std::int64_t booked_minor);

}  // namespace fairlead::ledger
