// Signals as they stand on commissions: found once each, with their evidence, until a person
// decides. A signal never changes what is booked; where the brand's policy says "hold", the ledger
// holds the commission back. Inside the caller's transaction.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/attribute.hpp"
#include "attribution/signal_policy.hpp"
#include "attribution/signals.hpp"
#include "core/events.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::attribution {

struct NewSignal {
  Signal signal = Signal::self_referral;
  core::CommissionId commission;
  core::OrderId order;
  core::InfluencerId influencer;
  core::DealId deal;
  boost::json::object evidence;  // numbers alone
};
enum class Noted { not_new, reported, held };
// Writes no event: whoever found it tells of it.
Noted note_signal(storage::Session& session, core::BrandId brand, const NewSignal& found,
                  const SignalPolicy& policy, std::string_view actor, core::Instant now);

// What can be seen of one order when its commission is booked: the influencer's own purchase; a
// customer who is said to be new, is not, and would earn nothing otherwise; and, where the brand
// wants that, an order too soon after the click.
void note_booked_signals(storage::Session& session, const core::Order& order,
                         const ledger::Commission& commission, const Touch& touch,
                         bool is_newness_in_doubt, core::Instant now);

struct StoredSignal {
  std::int64_t number = 0;
  core::CommissionId commission;
  core::OrderId order;
  core::InfluencerId influencer;
  core::DealId deal;
  std::string signal;
  boost::json::object evidence;
  bool is_held = false;  // the policy of its time held the commission
  core::Instant found_at;
  std::string decision;  // "released", "reversed"; "" while it is open
  core::Instant decided_at;
  std::string decision_reason;
};
boost::json::object signal_json(const StoredSignal& signal);
std::string signal_text(const StoredSignal& signal);  // a sentence for the brand

std::vector<StoredSignal> signals_of(storage::Session& session, core::BrandId brand,
                                     core::CommissionId commission);
struct SignalFilter {
  core::InfluencerId influencer;  // 0: all
  std::string signal;             // "": all
  std::string status;             // "open", "decided", "": all
};
std::vector<StoredSignal> list_signals(storage::Session& session, core::BrandId brand,
                                       const SignalFilter& filter, std::int64_t after,
                                       std::int64_t limit);
// False when none was open.
bool decide_signals(storage::Session& session, core::BrandId brand, core::CommissionId commission,
                    std::string_view decision, std::string_view reason, std::string_view actor,
                    core::Instant now);

}  // namespace fairlead::attribution
