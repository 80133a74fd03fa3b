// What a shop is told of a code and an order, by name. Pure; any thread.
//
// Order of checks; the first that fails answers. Permanent before temporary, cheap before dear, and
// capacity last, because only capacity touches rows that others share:
//   1 life cycle   order_ref_conflict, already_redeemed, already_rolled_back, not_redeemed,
//                  reservation_not_found
//   2 identity     code_not_found
//   3 time         code_disabled, code_not_started, code_expired, outside_schedule
//   4 customer     customer_required, customer_not_eligible, self_use_not_allowed, first_order_only
//   5 click        click_required
//   6 cart         currency_mismatch, items_not_eligible, min_subtotal_not_met,
//                  max_subtotal_exceeded, min_quantity_not_met
//   7 stack        combination_disallowed
//   8 capacity     usage_limit_reached, budget_exhausted, customer_limit_reached,
//                  usage_limit_held; after a hold that is gone: reservation_expired,
//                  reservation_released
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fairlead::codes {

// Wire names are frozen: shops branch on them. Add, never rename.
enum class Verdict : std::uint8_t {
  accepted,
  repeated,  // this order did the same with the same cart before: a success, answered again
  order_ref_conflict,  // this order redeemed the code with another cart
  already_redeemed,    // a reserve or a release comes after the redeem
  already_rolled_back,
  not_redeemed,           // a rollback of what was not redeemed
  reservation_not_found,  // this order has no such hold
  code_not_found,
  code_disabled,
  code_not_started,
  code_expired,
  outside_schedule,
  customer_required,
  customer_not_eligible,
  self_use_not_allowed,
  first_order_only,
  click_required,
  currency_mismatch,
  items_not_eligible,
  min_subtotal_not_met,
  max_subtotal_exceeded,
  min_quantity_not_met,
  combination_disallowed,
  usage_limit_reached,
  budget_exhausted,
  customer_limit_reached,
  usage_limit_held,      // only holds of others fill it: room may come back
  reservation_expired,   // the hold ran out and its place was taken
  reservation_released,  // it was given back and its place was taken
};
std::string_view name_of(Verdict verdict);
std::span<const Verdict> all_verdicts();  // in order of precedence; for tests and documentation
bool is_refusal(Verdict verdict);

}  // namespace fairlead::codes
