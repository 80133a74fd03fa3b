// Why a code is refused, and what it is worth when it is not: terms, cart, standing and `now` go
// in, a Judgement comes out. The order of checks is that of verdict.hpp. No database, network or
// clock. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codes/discount.hpp"
#include "codes/terms.hpp"
#include "codes/verdict.hpp"

namespace fairlead::codes {

// What is taken of one limit now, pending holds apart; this order's own hold is not counted.
struct Taken {
  std::int64_t used = 0;
  std::int64_t spent_minor = 0;
  std::int64_t customer_used = 0;
  std::int64_t held = 0;
  std::int64_t held_minor = 0;
  std::int64_t customer_held = 0;
};

// One scope of capacity: the code itself, or its campaign, whose limits all its codes share.
struct Capacity {
  CapacityLimits limits;
  core::Currency currency;  // of the budget
  Taken taken = {};
};

// What is known about this question besides terms and cart.
struct Standing {
  bool customer_has_ordered = false;  // an earlier order of this customer is known here
  bool is_influencer = false;         // the customer is the one whose code it is
  // The customer's latest known click on a link of the influencer.
  std::optional<core::Instant> clicked_at = {};
  // Codes that this cart has already, by their stacking; the first that does not combine refuses.
  std::vector<Stacking> company = {};
  std::vector<Capacity> capacities = {};
  std::optional<core::Instant> next_expiry = {};  // of the holds counted above
  // A limit that came after the order's hold, or after its money moved, asks for nothing that the
  // order lacks: a customer, or the budget's currency.
  bool may_be_nobody = false;
  bool may_be_other_money = false;
};

struct Judgement {
  Verdict verdict = Verdict::accepted;
  Granted granted = {};                      // zero unless accepted
  std::int64_t missing_minor = 0;            // of min_subtotal_not_met
  std::int64_t missing_quantity = 0;         // of min_quantity_not_met
  std::int64_t budget_left_minor = 0;        // of budget_exhausted
  std::optional<CapacityLimits> limit = {};  // of stage 8: the scope that refused
};

// Stages 2 to 8. `terms` is null when there is no such code. `rest` is what the codes before this
// one left of the cart.
Judgement judge(const Terms* terms, const Cart& cart, const Rest& rest, const Standing& standing,
                core::Instant now);
// Stages 2 to 7: for a caller that takes capacity by conditional statements afterwards.
Judgement judge_before_capacity(const Terms* terms, const Cart& cart, const Rest& rest,
                                const Standing& standing, core::Instant now);

// What a live hold of the same order and code has taken already.
struct Held {
  core::CodeUseId use;
  std::vector<std::string> customers;
  core::Currency currency;
  std::int64_t amount_minor = 0;
};
// A hold is a promise: of the `limits` of one scope, those that its renewal or redemption must
// still meet. The use is promised; the money while it is no more than what is held of this `budget`
// (a currency); the customer's place while the customer is the same.
CapacityLimits still_asked(const CapacityLimits& limits, core::Currency budget, const Held& held,
                           core::Currency currency, std::int64_t amount_minor,
                           const std::vector<std::string>& customers);

// Stage 8 alone; accepted or a refusal. `held` is not counted in the standing.
Judgement judge_capacity(const Standing& standing, const Cart& cart, std::int64_t amount_minor,
                         const std::optional<Held>& held = {});

// What counts against a budget: the amount in the budget's currency, 0 in any other.
std::int64_t spent_by(core::Currency budget, core::Currency cart, std::int64_t amount_minor);

}  // namespace fairlead::codes
