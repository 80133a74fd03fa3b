// The names in the journal: accounts, and posting ids made from their cause. Frozen: they are
// stored and compared for ever. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/id.hpp"

namespace fairlead::ledger {

// What commissions cost the brand.
inline constexpr std::string_view commission_expense = "commission_expense";

// What an influencer has earned: "pending:inf_…".
inline std::string pending_account(core::InfluencerId influencer) {
  return "pending:" + influencer.text();
}

// An order's commission for one credit: "com/ord_…/crd_…".
inline std::string commission_cause(core::OrderId order, core::CreditId credit) {
  return "com/" + order.text() + "/" + credit.text();
}

// What a refund takes back: "rev/ord_…/ref_…/", and from one credit: "rev/ord_…/ref_…/crd_…".
inline std::string reversal_causes(core::OrderId order, core::RefundId refund) {
  return "rev/" + order.text() + "/" + refund.text() + "/";
}
inline std::string reversal_cause(core::OrderId order, core::RefundId refund,
                                  core::CreditId credit) {
  return reversal_causes(order, refund) + credit.text();
}

// What a brand takes back of a commission by its own decision: "dec/com_…".
inline std::string decision_cause(core::CommissionId commission) {
  return "dec/" + commission.text();
}

}  // namespace fairlead::ledger
