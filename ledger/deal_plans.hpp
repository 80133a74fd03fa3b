// The stored versions of a deal's plan. Table deal_plans; inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>

#include "core/id.hpp"
#include "core/time.hpp"
#include "ledger/plans.hpp"
#include "storage/storage.hpp"

namespace fairlead::ledger {

struct PlanVersion {
  std::int64_t version;  // 1, 2, …
  core::Instant effective_from;
  Plan plan;
};

// As plan_of() of ledger.hpp, with its version.
std::optional<PlanVersion> plan_version_at(storage::Session& session, core::BrandId brand,
                                           core::DealId deal, core::Instant at);

}  // namespace fairlead::ledger
