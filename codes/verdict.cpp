#include "codes/verdict.hpp"

#include <iterator>

#include "core/check.hpp"

namespace fairlead::codes {

std::span<const Verdict> all_verdicts() {
  static constexpr Verdict verdicts[] = {
      Verdict::accepted,
      Verdict::repeated,
      Verdict::order_ref_conflict,
      Verdict::already_redeemed,
      Verdict::already_rolled_back,
      Verdict::not_redeemed,
      Verdict::reservation_not_found,
      Verdict::code_not_found,
      Verdict::code_disabled,
      Verdict::code_not_started,
      Verdict::code_expired,
      Verdict::outside_schedule,
      Verdict::customer_required,
      Verdict::customer_not_eligible,
      Verdict::self_use_not_allowed,
      Verdict::first_order_only,
      Verdict::click_required,
      Verdict::currency_mismatch,
      Verdict::items_not_eligible,
      Verdict::min_subtotal_not_met,
      Verdict::max_subtotal_exceeded,
      Verdict::min_quantity_not_met,
      Verdict::combination_disallowed,
      Verdict::usage_limit_reached,
      Verdict::budget_exhausted,
      Verdict::customer_limit_reached,
      Verdict::usage_limit_held,
      Verdict::reservation_expired,
      Verdict::reservation_released,
  };
  static_assert(std::size(verdicts) ==
                std::size_t{1} + static_cast<std::size_t>(Verdict::reservation_released));
  return verdicts;
}

bool is_refusal(Verdict verdict) {
  return verdict != Verdict::accepted && verdict != Verdict::repeated;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::repeated:
      return "repeated";
    case Verdict::order_ref_conflict:
      return "order_ref_conflict";
    case Verdict::already_redeemed:
      return "already_redeemed";
    case Verdict::already_rolled_back:
      return "already_rolled_back";
    case Verdict::not_redeemed:
      return "not_redeemed";
    case Verdict::reservation_not_found:
      return "reservation_not_found";
    case Verdict::code_not_found:
      return "code_not_found";
    case Verdict::code_disabled:
      return "code_disabled";
    case Verdict::code_not_started:
      return "code_not_started";
    case Verdict::code_expired:
      return "code_expired";
    case Verdict::outside_schedule:
      return "outside_schedule";
    case Verdict::customer_required:
      return "customer_required";
    case Verdict::customer_not_eligible:
      return "customer_not_eligible";
    case Verdict::self_use_not_allowed:
      return "self_use_not_allowed";
    case Verdict::first_order_only:
      return "first_order_only";
    case Verdict::click_required:
      return "click_required";
    case Verdict::currency_mismatch:
      return "currency_mismatch";
    case Verdict::items_not_eligible:
      return "items_not_eligible";
    case Verdict::min_subtotal_not_met:
      return "min_subtotal_not_met";
    case Verdict::max_subtotal_exceeded:
      return "max_subtotal_exceeded";
    case Verdict::min_quantity_not_met:
      return "min_quantity_not_met";
    case Verdict::combination_disallowed:
      return "combination_disallowed";
    case Verdict::usage_limit_reached:
      return "usage_limit_reached";
    case Verdict::budget_exhausted:
      return "budget_exhausted";
    case Verdict::customer_limit_reached:
      return "customer_limit_reached";
    case Verdict::usage_limit_held:
      return "usage_limit_held";
    case Verdict::reservation_expired:
      return "reservation_expired";
    case Verdict::reservation_released:
      return "reservation_released";
  }
  CHECK(false);
}

}  // namespace fairlead::codes
