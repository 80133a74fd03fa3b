#include "ledger/deal_plans.hpp"

#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"

namespace fairlead::ledger {

namespace {

std::optional<PlanVersion> first_of(const storage::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  return PlanVersion{row.integer(0), row.instant(1), Plan{row.text(2), row.text(3)}};
}

}  // namespace

std::int64_t set_plan(storage::Session& session, core::BrandId brand, core::DealId deal,
                      const Plan& plan, core::Instant effective_from) {
  const auto newest = first_of(session.run(sql::find_newest_plan, brand, deal));
  if (newest && newest->plan == plan && newest->effective_from <= effective_from)
    return newest->version;
  // Two writers of one deal meet at the primary key; the loser is run again by transact().
  const std::int64_t version = newest ? newest->version + 1 : 1;
  session.run(sql::insert_plan, brand, deal, version, effective_from, plan.kind, plan.terms);
  return version;
}

std::optional<Plan> plan_of(storage::Session& session, core::BrandId brand, core::DealId deal,
                            core::Instant at) {
  auto found = plan_version_at(session, brand, deal, at);
  if (!found) return std::nullopt;
  return std::move(found->plan);
}

std::optional<PlanVersion> plan_version_at(storage::Session& session, core::BrandId brand,
                                           core::DealId deal, core::Instant at) {
  return first_of(session.run(sql::find_plan_at, brand, deal, at));
}

}  // namespace fairlead::ledger
