// Booking: the three ways a commission's postings come into being. An amount below zero does not
// exist in the journal; what takes money back swaps the two accounts instead.
#include "core/check.hpp"
#include "ledger/causes.hpp"
#include "ledger/commission.hpp"
#include "ledger/commissions.hpp"
#include "ledger/deal_plans.hpp"
#include "ledger/ledger.hpp"
#include "ledger/sql.hpp"

namespace fairlead::ledger {

namespace {

// A stored plan that cannot be applied is damage, not input: the transaction fails with its reason.
std::int64_t value_or_fail(const core::Result<std::int64_t>& amount) {
  if (!amount) throw storage::StatementFailed{amount.error(), false};
  return *amount;
}

// A deal without a plan earns nothing, and says so in the same words as a plan of 0 %.
PlanVersion no_plan() {
  return {0, core::Instant{}, Plan{"percent", R"({"rate_ppm":0})"}};
}

std::int64_t hold_days_of(storage::Session& session, core::BrandId brand, core::DealId deal) {
  const storage::Rows rows = session.run(sql::find_hold_days, brand, deal);
  return rows.empty() ? 0 : rows.one().integer(0);
}

// Moves an amount of a commission into the influencer's account, or out of it when it is below
// zero.
void post(storage::Session& session, core::BrandId brand, const Commission& commission,
          const std::string& cause, std::int64_t amount_minor, core::Instant at,
          core::Instant now) {
  if (amount_minor == 0) return;
  const std::string expense(commission_expense);
  const std::string pending = pending_account(commission.influencer);
  const bool earns = amount_minor > 0;
  session.run(sql::insert_posting, brand, cause, earns ? expense : pending,
              earns ? pending : expense, earns ? amount_minor : -amount_minor,
              std::string(commission.currency.code()), commission.influencer, commission.deal,
              commission.order, commission.id, at, now);
}

}  // namespace

Commission post_credit(storage::Session& session, const core::Credit& credit, core::BrandId brand,
                       core::Currency currency, core::Instant placed_at, core::Instant touched_at,
                       core::Instant now) {
  if (auto booked = find_commission_of_credit(session, brand, credit.id, now)) return *booked;

  const PlanVersion version =
      plan_version_at(session, brand, credit.deal, touched_at).value_or(no_plan());
  const std::int64_t amount = value_or_fail(commission_minor(version.plan, credit.base_minor));
  const core::Instant release_at = placed_at.plus_days(hold_days_of(session, brand, credit.deal));
  // A hold takes what still comes through its code, too.
  auto hold = credit.via == core::Via::code ? find_hold(session, brand, credit.code) : std::nullopt;
  if (hold && placed_at < hold->from) hold.reset();
  const Commission commission{
      .id = core::new_id<core::CommissionId>(now),
      .credit = credit.id,
      .order = credit.order,
      .influencer = credit.influencer,
      .deal = credit.deal,
      .campaign = credit.campaign,
      .currency = currency,
      .base_minor = credit.base_minor,
      .amount_booked_minor = amount,
      .amount_minor = amount,
      .plan_kind = version.plan.kind,
      .plan_terms = version.plan.terms,
      .plan_version = version.version,
      .booked_at = now,
      .release_at = release_at,
      .status = status_of(amount, amount, hold ? Held::yes : Held::no, release_at, now),
      .hold_reason = hold ? hold->reason : "",
  };
  session.run(sql::insert_commission, brand, commission.id, commission.credit, commission.order,
              commission.influencer, commission.deal, commission.campaign,
              std::string(currency.code()), commission.base_minor, commission.plan_version,
              commission.plan_kind, commission.plan_terms, commission.booked_at,
              commission.release_at);
  post(session, brand, commission, commission_cause(credit.order, credit.id), amount, placed_at,
       now);
  return commission;
}

std::int64_t post_reversal(storage::Session& session, core::BrandId brand, core::CreditId credit,
                           core::RefundId refund, std::int64_t remaining_base_minor,
                           core::Instant refunded_at, core::Instant now) {
  const auto commission = find_commission_of_credit(session, brand, credit, now);
  CHECK(commission.has_value());
  const std::string cause = reversal_cause(commission->order, refund, credit);
  const storage::Rows booked = session.run(sql::find_posting, brand, cause);
  if (!booked.empty()) {
    const storage::Row& posting = booked.one();
    const bool earned = posting.text(0) == commission_expense;
    return earned ? -posting.integer(1) : posting.integer(1);
  }
  // What the brand has taken back for good is not given back by a refund that is corrected later.
  if (find_reversal(session, brand, commission->id)) return 0;
  const Plan plan{commission->plan_kind, commission->plan_terms};
  const std::int64_t adjustment =
      value_or_fail(adjustment_minor(plan, remaining_base_minor, commission->amount_minor));
  post(session, brand, *commission, cause, adjustment, refunded_at, now);
  return -adjustment;
}

std::optional<std::int64_t> reverse_commission(storage::Session& session, core::BrandId brand,
                                               core::CommissionId id, std::string_view reason,
                                               std::string_view actor, core::Instant now) {
  CHECK(!reason.empty());
  const auto commission = find_commission(session, brand, id, now);
  CHECK(commission.has_value());
  if (session.run(sql::insert_commission_reversal, brand, id, reason, now, actor).changed == 0)
    return std::nullopt;
  release_commission(session, brand, id, actor, now);
  post(session, brand, *commission, decision_cause(id), -commission->amount_minor, now, now);
  return commission->amount_minor;
}

}  // namespace fairlead::ledger
