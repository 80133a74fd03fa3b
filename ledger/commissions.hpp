// Reading commissions back: a row and the sums of its postings. Inside the caller's transaction.
#pragma once

#include <optional>

#include "ledger/ledger.hpp"

namespace fairlead::ledger {

enum class Held { no, yes };
// Derived from what was booked, what is left, the holds, the release instant and the clock.
CommissionStatus status_of(std::int64_t amount_booked_minor, std::int64_t amount_minor, Held held,
                           core::Instant release_at, core::Instant now);

std::optional<Commission> find_commission_of_credit(storage::Session& session, core::BrandId brand,
                                                    core::CreditId credit, core::Instant now);

}  // namespace fairlead::ledger
