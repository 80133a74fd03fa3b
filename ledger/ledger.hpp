// ledger/ is the only writer of money: commission plans, postings, balances, ROI arithmetic.
//
// Every posting is double-entry and append-only, and has an id chosen by its cause, so booking a
// cause twice does nothing. Balances, reports and statements are sums of postings and are never
// stored. Plans (plans.hpp), commission.hpp and roi.hpp are pure. Tables: deal_plans, commissions,
// postings, commission_holds, held_commissions, commission_hold_releases, commission_reversals.
//
// Accounts: "commission_expense" is the brand's cost, "pending:inf_…" is what an influencer has
// earned. Money on hold and money that is payable stand in the same account and are told apart by
// the clock: a commission is approved from its release_at on. A reversal before or after that
// instant is therefore the same posting, and no posting has to be made at midnight because a hold
// is over. Threads: functions that take a Session run inside its transaction; the pure ones from
// anywhere.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/difference.hpp"
#include "core/events.hpp"
#include "core/result.hpp"
#include "ledger/plans.hpp"
#include "ledger/roi.hpp"
#include "storage/storage.hpp"

namespace fairlead::ledger {

// Adds a version of a deal's plan, in force from that instant. Returns the version (1, 2, …); a
// plan equal to the newest version, when that is already in force at the instant, adds nothing and
// returns it.
std::int64_t set_plan(storage::Session& session, core::BrandId brand, core::DealId deal,
                      const Plan& plan, core::Instant effective_from);
// The newest version whose effective_from is not after `at`; before the first version, the first
// one, so that history taken over from elsewhere earns too. nullopt when the deal has none.
std::optional<Plan> plan_of(storage::Session& session, core::BrandId brand, core::DealId deal,
                            core::Instant at);

// Derived from postings and the clock, never stored.
// reversed: something was booked and nothing is left. held: a hold stands on it or on its code, so
// it is not paid, and not lost. approved: now ≥ release_at. Else pending. In this order.
enum class CommissionStatus { pending, approved, reversed, held };
const char* name_of(CommissionStatus status);

struct Commission {
  core::CommissionId id;
  core::CreditId credit;
  core::OrderId order;
  core::InfluencerId influencer;
  core::DealId deal;
  core::CampaignId campaign;
  core::Currency currency;
  std::int64_t base_minor;           // of its credit, before refunds
  std::int64_t amount_booked_minor;  // by the order
  std::int64_t amount_minor;         // after reversals: the sum of its postings
  std::string plan_kind;
  std::string plan_terms;
  std::int64_t plan_version;
  core::Instant booked_at;
  core::Instant release_at;
  CommissionStatus status;
  std::string hold_reason;  // "" unless held
};
// {id, influencer_id, deal_id, campaign_id, order_id, base_minor, amount_minor,
// amount_booked_minor, currency, status, hold_reason (null unless held), plan, plan_version,
// booked_at, release_at}
boost::json::object commission_json(const Commission& commission);

// Books the commission of one credit in the caller's transaction: the commission row and, when the
// amount is not zero, the posting "com/{order}/{credit}" commission_expense → pending:{influencer},
// dated placed_at. The plan is the one in force at touched_at; a deal without a plan earns 0
// (plan_version 0). release_at = placed_at + the deal's hold_days of 86,400 s. Doing it again finds
// the row and changes nothing.
Commission post_credit(storage::Session& session, const core::Credit& credit, core::BrandId brand,
                       core::Currency currency, core::Instant placed_at, core::Instant touched_at,
                       core::Instant now);

// Books what a refund takes back from one credit, by the target method: target = plan(remaining
// base), posting = target − what is booked so far. "rev/{order}/{refund}/{credit}", with the plan
// stored in the commission, dated refunded_at. A zero difference posts nothing. Returns the amount
// taken back, ≥ 0 (or < 0 when a split or a reinstatement gives something back). Call it once per
// refund, in the order of the refunds' ids, inside the transaction that holds the order; again for
// a refund that has its posting returns the same amount and changes nothing. The credit must have
// been posted (CHECK).
std::int64_t post_reversal(storage::Session& session, core::BrandId brand, core::CreditId credit,
                           core::RefundId refund, std::int64_t remaining_base_minor,
                           core::Instant refunded_at, core::Instant now);

std::vector<Commission> commissions_of_order(storage::Session& session, core::BrandId brand,
                                             core::OrderId order, core::Instant now);
std::optional<Commission> find_commission(storage::Session& session, core::BrandId brand,
                                          core::CommissionId id, core::Instant now);
// In order of id, after `after`; influencer 0 = all.
std::vector<Commission> list_commissions(storage::Session& session, core::BrandId brand,
                                         core::InfluencerId influencer, std::int64_t after,
                                         std::int64_t limit, core::Instant now);

// Holds back the commissions of every credit through the code that was placed at or after `from`,
// those still to come included, until release_commissions(). No posting changes: a hold is a
// promise not to pay yet. `reason` is told to the influencer (1 to 200 bytes). Where a hold stands
// that reaches as far back, nothing is added; a commission under several has the oldest's reason.
void hold_commissions(storage::Session& session, core::BrandId brand, core::CodeId code,
                      core::Instant from, std::string_view reason, std::string_view actor,
                      core::Instant now);
// The opposite. False when no hold stood.
bool release_commissions(storage::Session& session, core::BrandId brand, core::CodeId code,
                         std::string_view actor, core::Instant now);
struct Hold {
  core::Instant from;
  std::string reason;
  core::Instant placed_at;
};
// The standing hold that reaches furthest back.
std::optional<Hold> find_hold(storage::Session& session, core::BrandId brand, core::CodeId code);

// The same for one commission, beside what stands on its code; where one stands, nothing is added.
// The reason of the commission's own hold is the one that is told.
void hold_commission(storage::Session& session, core::BrandId brand, core::CommissionId commission,
                     std::string_view reason, std::string_view actor, core::Instant now);
// False when no hold of its own stood.
bool release_commission(storage::Session& session, core::BrandId brand,
                        core::CommissionId commission, std::string_view actor, core::Instant now);
// Takes back for good what is left of a commission (CHECK: it is there) and ends its own hold: the
// posting "dec/com_…", dated now. Refunds that come later take nothing more and give nothing back.
// Inside the transaction that holds the order. The amount taken back; nullopt: that was done
// before, and nothing is done. `reason` is told to the influencer (1 to 200 bytes).
std::optional<std::int64_t> reverse_commission(storage::Session& session, core::BrandId brand,
                                               core::CommissionId commission,
                                               std::string_view reason, std::string_view actor,
                                               core::Instant now);
struct Reversal {
  std::string reason;
  core::Instant at;
};
std::optional<Reversal> find_reversal(storage::Session& session, core::BrandId brand,
                                      core::CommissionId commission);

struct Posting {
  std::string id;
  std::string from_account;
  std::string to_account;
  std::int64_t amount_minor;
  std::string currency;
  core::Instant at;
};
// In the order in which they were booked, at most 10,000.
std::vector<Posting> postings_of_commission(storage::Session& session, core::BrandId brand,
                                            core::CommissionId id);
// What a refund took back from the commission these postings belong to: above zero, or below when
// the rounding of several credits gave a unit back. Pure.
std::int64_t reversed_by(const std::vector<Posting>& postings, core::OrderId order,
                         core::RefundId refund);

struct Balance {
  std::string account;
  std::string currency;
  std::int64_t amount_minor;  // Σ in − Σ out
};
// Every account of a brand, by account and currency; the sum per currency is 0.
std::vector<Balance> balances(storage::Session& session, core::BrandId brand);

// Recomputes every commission and posting of every brand from credits, refunds and stored plans,
// and every balance from postings. Empty when all agree.
core::Differences verify(storage::Session& session);

}  // namespace fairlead::ledger
