// Why a commission is what it is: everything that was considered, the rule, the arithmetic, and one
// plain paragraph for a person. explanation_text() is pure; explain() reads a snapshot.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attribution/commission_signals.hpp"
#include "attribution/stored_order.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

struct ExplainedRefund {
  std::string kind;  // refund, chargeback, cancellation, edit, reinstatement
  std::string refund_ref;
  core::Instant placed_at;
  std::int64_t base_minor = 0;    // of this credit; below zero when goods came back to the order
  std::int64_t amount_minor = 0;  // taken back from this commission; below zero: added
};

struct Explanation {
  ledger::Commission commission;
  StoredOrder order;
  StoredCredit credit;
  std::size_t credits_count = 1;  // of the order
  std::vector<StoredTouch> touches;
  std::optional<std::int64_t> rate_ppm;  // of a percent plan
  std::vector<ledger::Posting> postings;
  std::vector<ExplainedRefund> refunds;
  std::optional<ledger::Reversal> reversal;  // by the brand's decision
  std::vector<StoredSignal> signals;         // for the brand's eyes; empty them for others
};

// nullopt when the brand has no such commission.
std::optional<Explanation> explain(storage::Session& session, core::BrandId brand,
                                   core::CommissionId id, core::Instant now);

std::string explanation_text(const Explanation& explanation);

// {commission, order_ref, considered, rule, arithmetic, postings, refunds, signals, text}. With a
// `reader`, what belongs to other influencers is shown without names, ids or texts.
boost::json::object explanation_json(const Explanation& explanation,
                                     std::optional<core::InfluencerId> reader);

}  // namespace fairlead::attribution
