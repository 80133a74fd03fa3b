// Commissions held back because they, or their code, are under suspicion: rows beside the journal,
// only added as those of the journal are.
#include "core/check.hpp"
#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"

namespace fairlead::ledger {

void hold_commissions(storage::Session& session, core::BrandId brand, core::CodeId code,
                      core::Instant from, std::string_view reason, std::string_view actor,
                      core::Instant now) {
  CHECK(!reason.empty());
  session.run(sql::insert_hold, brand, core::new_id_number(now), code, from, reason, now, actor);
}

bool release_commissions(storage::Session& session, core::BrandId brand, core::CodeId code,
                         std::string_view actor, core::Instant now) {
  return session.run(sql::insert_hold_releases, brand, code, now, actor).changed > 0;
}

std::optional<Hold> find_hold(storage::Session& session, core::BrandId brand, core::CodeId code) {
  const auto rows = session.run(sql::find_hold, brand, code);
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.one();
  return Hold{row.instant(0), row.text(1), row.instant(2)};
}

void hold_commission(storage::Session& session, core::BrandId brand, core::CommissionId commission,
                     std::string_view reason, std::string_view actor, core::Instant now) {
  CHECK(!reason.empty());
  session.run(sql::insert_single_hold, brand, commission, core::new_id_number(now), reason, now,
              actor);
}

bool release_commission(storage::Session& session, core::BrandId brand,
                        core::CommissionId commission, std::string_view actor, core::Instant now) {
  return session.run(sql::insert_single_hold_releases, brand, commission, now, actor).changed > 0;
}

std::optional<Reversal> find_reversal(storage::Session& session, core::BrandId brand,
                                      core::CommissionId commission) {
  const auto rows = session.run(sql::find_commission_reversal, brand, commission);
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.one();
  return Reversal{row.text(0), row.instant(1)};
}

}  // namespace fairlead::ledger
