// Who is paid for an order: a deterministic rule on the order's own touches, so that the same
// touches give the same answer through every door, and again when it is verified. Pure; any thread.
//
// The policy in force is that of the campaign of the newest eligible touch. A code is touched when
// the order is placed, so it is newer than any click; of several codes the first that may take part
// counts. Clicks share by the policy's model; code and clicks by its precedence.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attribution/outcome.hpp"
#include "attribution/policy.hpp"
#include "core/events.hpp"

namespace fairlead::attribution {

// Shops' clocks and ours differ: a click up to this long after the order counts as made with it.
inline constexpr std::int64_t clock_skew_seconds_max = 300;

inline constexpr std::size_t touches_max = 100;  // of one order

// A code or a click that an order names or leads to. Fields that are not known are zero ids.
struct Touch {
  core::Via via = core::Via::code;
  std::string given;  // the code as typed, or the click token
  core::CodeId code;
  core::LinkId link;
  core::ClickId click;
  core::DealId deal;
  core::InfluencerId influencer;
  core::CampaignId campaign;
  std::optional<core::Instant> touched_at;  // of codes: when the order was placed
  bool gave_code = false;        // a click from which the shopper took a code of the order
  bool is_own_purchase = false;  // the customer's e-mail is the influencer's; not stored
  Outcome outcome = Outcome::eligible;
};

struct DealTerms {
  std::optional<core::Instant> starts_at;
  std::optional<core::Instant> ends_at;  // exclusive
  std::optional<core::Instant> archived_at;
};

// Whether a touch may take part, in this order of checks: after_order, expired (age above lookback;
// exactly lookback is in time), too_soon (clicks only), deal_archived, deal_not_started,
// deal_ended.
Outcome judge(const Touch& touch, core::Instant placed_at, const DealTerms& deal,
              const Policy& policy);

// What is known of the one who ordered, by earlier orders and by the shop's own word, which wins.
struct CustomerHistory {
  bool is_existing = false;             // a customer of whom nothing is known is a new one
  core::InfluencerId first_influencer;  // of their first credited order; zero: none
};
// Whether an eligible touch may earn from this customer: existing_customer, others_customer.
Outcome judge_customer(core::InfluencerId influencer, const CustomerHistory& history,
                       const Policy& policy);

// A share of the order for one influencer and deal.
struct Share {
  std::size_t touch = 0;  // index of its newest touch
  std::int64_t weight_ppm = 0;
  std::int64_t base_minor = 0;
};

struct Decision {
  Policy policy;                      // what was in force; the default when nothing was eligible
  std::vector<std::int64_t> weights;  // one per touch, below 2⁶⁰ in sum; 0 on those without a share
  std::vector<Share> shares;  // empty when nothing was eligible; sums to base_minor and 10⁶ ppm
  std::vector<Outcome> outcomes;  // one per touch; no `eligible` is left
};

// `base_minor` ≥ 0; at most touches_max touches. Touches whose outcome is not `eligible` are left
// as they are. Money is split by the exact weights, summed by deal, and the largest remainder, ties
// to the deal that was touched first; weight_ppm is the same split of 1,000,000, for display.
Decision attribute(core::Instant placed_at, std::int64_t base_minor, std::span<const Touch> touches,
                   const Policies& policies);

}  // namespace fairlead::attribution
