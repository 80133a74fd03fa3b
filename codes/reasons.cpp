#include "codes/reasons.hpp"

#include <algorithm>

#include "codes/or_null.hpp"
#include "codes/term_json.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

// The currency of the budget that refused: of the code, or of its campaign.
core::Currency currency_of_limit(const JudgedCode& result) {
  for (const auto& capacity : result.standing.capacities) {
    if (capacity.limits == result.judgement.limit) return capacity.currency;
  }
  return result.code->terms.currency;
}

std::string money(std::int64_t minor, core::Currency currency) {
  return core::decimal_text({minor, currency}) + " " + std::string(currency.code());
}

core::Currency required_currency(const JudgedCode& result, core::Currency cart) {
  for (const auto& capacity : result.standing.capacities) {
    if (capacity.limits.budget_minor && capacity.currency != cart) return capacity.currency;
  }
  return result.code->terms.currency;
}

// Whole seconds until the first hold in the way runs out, at least one.
std::int64_t retry_after_s(const JudgedCode& result, core::Instant now) {
  if (!result.standing.next_expiry) return 1;
  const auto micros = result.standing.next_expiry->micros - now.micros;
  return std::max<std::int64_t>(1, (micros + 999'999) / 1'000'000);
}

std::string customer_required_message(const Terms& terms, const Cart& cart) {
  if (terms.customers.is_first_order_only && !cart.customer.is_new)
    return "The code is for a first order only: customer.is_new is needed.";
  return "The code is limited per customer: customer.key or customer.email_sha256 is needed.";
}

// Of stages 6 and 7.
std::string cart_message(const Question& question, const JudgedCode& result) {
  const auto& judgement = result.judgement;
  const auto& terms = result.code->terms;
  const auto& limits = terms.cart;
  if (judgement.verdict == Verdict::currency_mismatch) {
    const auto currency = required_currency(result, question.cart.currency);
    return "The code is for carts in " + std::string(currency.code()) + " only.";
  }
  if (judgement.verdict == Verdict::items_not_eligible) {
    return question.cart.lines.empty()
               ? "The code is for certain items only: send the cart's items."
               : "No item of this cart is one that the code is for.";
  }
  if (judgement.verdict == Verdict::min_subtotal_not_met) {
    return "The code needs a subtotal of " + money(*limits.subtotal_min_minor, terms.currency) +
           "; " + money(judgement.missing_minor, terms.currency) + " are missing.";
  }
  if (judgement.verdict == Verdict::max_subtotal_exceeded) {
    return "The code is for a subtotal of at most " +
           money(*limits.subtotal_max_minor, terms.currency) + ".";
  }
  if (judgement.verdict == Verdict::min_quantity_not_met) {
    return "The code needs " + std::to_string(*limits.quantity_min) + " of the items it is for; " +
           std::to_string(judgement.missing_quantity) + " are missing.";
  }
  CHECK(judgement.verdict == Verdict::combination_disallowed);
  return "The code does not combine with another code of this cart.";
}

boost::json::object details_of(const Question& question, const JudgedCode& result,
                               core::Instant now);
boost::json::object cart_details(const Question& question, const JudgedCode& result);
boost::json::object capacity_details(const JudgedCode& result, core::Instant now);

}  // namespace

boost::json::object reason_json(const Question& question, const JudgedCode& result,
                                core::Instant now) {
  return {{"code", name_of(result.judgement.verdict)},
          {"message", message_of(question, result, now)},
          {"details", details_of(question, result, now)}};
}

boost::json::object reason_json(Verdict verdict, const std::string& order_ref) {
  return {{"code", name_of(verdict)},
          {"message", message_of(verdict, order_ref)},
          {"details", boost::json::object{{"order_ref", order_ref}}}};
}

std::string message_of(Verdict verdict, const std::string& order_ref) {
  const auto order = "The order " + order_ref;
  if (verdict == Verdict::already_redeemed) {
    return order + " has redeemed the code already. A redeemed code is given back by a rollback.";
  }
  if (verdict == Verdict::already_rolled_back) {
    return order + " has had its use of the code rolled back. A new order needs a new order_ref.";
  }
  if (verdict == Verdict::not_redeemed)
    return order + " has not redeemed the code, so nothing can be rolled back.";
  if (verdict == Verdict::reservation_not_found)
    return order + " has no such reservation of this code.";
  CHECK(verdict == Verdict::code_not_found);
  return "There is no such code.";
}

std::string message_of(const Question& question, const JudgedCode& result, core::Instant now) {
  const auto& judgement = result.judgement;
  const auto* terms = result.code ? &result.code->terms : nullptr;
  switch (judgement.verdict) {
    case Verdict::accepted:
      return "The code is good.";
    case Verdict::repeated:
      return "This order has redeemed the code already.";
    case Verdict::order_ref_conflict:
      return "The order " + question.order_ref +
             " has redeemed this code already, with other lines or amounts. A changed order needs "
             "a new order_ref.";
    case Verdict::already_redeemed:
    case Verdict::already_rolled_back:
    case Verdict::not_redeemed:
    case Verdict::reservation_not_found:
    case Verdict::code_not_found:
      return message_of(judgement.verdict, question.order_ref);
    case Verdict::code_disabled:
      return "The code is switched off.";
    case Verdict::code_not_started:
      return "The code starts at " + core::format_instant(*terms->starts_at) + ".";
    case Verdict::code_expired:
      return "The code ended at " + core::format_instant(*terms->ends_at) + ".";
    case Verdict::outside_schedule:
      return "The code is good at certain hours only (" + terms->schedule.timezone + ").";
    case Verdict::customer_required:
      return customer_required_message(*terms, question.cart);
    case Verdict::customer_not_eligible:
      return "The code is for certain groups of customers only.";
    case Verdict::self_use_not_allowed:
      return "The influencer whose code this is may not use it.";
    case Verdict::first_order_only:
      return "The code is for a first order only, and this customer has ordered before.";
    case Verdict::click_required:
      return "The code needs a click on the influencer's link within " +
             std::to_string(terms->customers.click_hours_max) +
             " hours: send the click's token in click_ids.";
    case Verdict::currency_mismatch:
    case Verdict::items_not_eligible:
    case Verdict::min_subtotal_not_met:
    case Verdict::max_subtotal_exceeded:
    case Verdict::min_quantity_not_met:
    case Verdict::combination_disallowed:
      return cart_message(question, result);
    case Verdict::usage_limit_reached:
      return "The code has been used as often as it may be.";
    case Verdict::budget_exhausted:
      return "The code's budget is used up: " +
             money(judgement.budget_left_minor, currency_of_limit(result)) + " are left.";
    case Verdict::customer_limit_reached:
      return "This customer has used the code as often as one customer may.";
    case Verdict::usage_limit_held:
      return "Other carts hold the last uses of the code. Ask again in " +
             std::to_string(retry_after_s(result, now)) + " s.";
    case Verdict::reservation_expired:
      return "The reservation ran out, and its place was taken meanwhile.";
    case Verdict::reservation_released:
      return "The reservation was given back, and its place was taken meanwhile.";
  }
  CHECK(false);
}

namespace {

boost::json::object details_of(const Question& question, const JudgedCode& result,
                               core::Instant now) {
  const auto& judgement = result.judgement;
  const auto* terms = result.code ? &result.code->terms : nullptr;
  boost::json::object details;
  switch (judgement.verdict) {
    case Verdict::accepted:
    case Verdict::repeated:
    case Verdict::code_disabled:
    case Verdict::customer_required:
    case Verdict::self_use_not_allowed:
    case Verdict::first_order_only:
    case Verdict::items_not_eligible:
    case Verdict::combination_disallowed:
    case Verdict::reservation_expired:
    case Verdict::reservation_released:
      break;
    case Verdict::code_not_found:
      if (result.suggestion) details["suggestion"] = *result.suggestion;
      break;
    case Verdict::already_redeemed:
    case Verdict::already_rolled_back:
    case Verdict::not_redeemed:
    case Verdict::reservation_not_found:
      details["order_ref"] = question.order_ref;
      break;
    case Verdict::order_ref_conflict:
      details["order_ref"] = question.order_ref;
      details["subtotal_minor"] = result.use->subtotal_minor;
      details["amount_minor"] = result.use->granted.amount_minor;
      details["currency"] = result.use->currency.code();
      break;
    case Verdict::code_not_started:
      details["starts_at"] = or_null(terms->starts_at);
      break;
    case Verdict::code_expired:
      details["ends_at"] = or_null(terms->ends_at);
      break;
    case Verdict::outside_schedule: {
      boost::json::object conditions;
      add_conditions_json(*terms, conditions);
      details["schedule"] = conditions.at("schedule");
      break;
    }
    case Verdict::customer_not_eligible:
      details["groups"] = boost::json::value_from(terms->customers.groups);
      break;
    case Verdict::click_required:
      details["click_within_hours"] = terms->customers.click_hours_max;
      break;
    case Verdict::currency_mismatch:
    case Verdict::min_subtotal_not_met:
    case Verdict::max_subtotal_exceeded:
    case Verdict::min_quantity_not_met:
      return cart_details(question, result);
    case Verdict::usage_limit_reached:
    case Verdict::budget_exhausted:
    case Verdict::customer_limit_reached:
    case Verdict::usage_limit_held:
      return capacity_details(result, now);
  }
  return details;
}

boost::json::object cart_details(const Question& question, const JudgedCode& result) {
  const auto& judgement = result.judgement;
  const auto& terms = result.code->terms;
  if (judgement.verdict == Verdict::currency_mismatch)
    return {{"required_currency", required_currency(result, question.cart.currency).code()}};
  if (judgement.verdict == Verdict::min_quantity_not_met) {
    return {{"required_quantity", *terms.cart.quantity_min},
            {"missing_quantity", judgement.missing_quantity}};
  }
  if (judgement.verdict == Verdict::max_subtotal_exceeded) {
    return {{"subtotal_max_minor", *terms.cart.subtotal_max_minor},
            {"currency", terms.currency.code()}};
  }
  return {{"required_minor", *terms.cart.subtotal_min_minor},
          {"missing_minor", judgement.missing_minor},
          {"currency", terms.currency.code()}};
}

boost::json::object capacity_details(const JudgedCode& result, core::Instant now) {
  const auto& judgement = result.judgement;
  const auto limits = judgement.limit.value_or(CapacityLimits{});
  if (judgement.verdict == Verdict::usage_limit_reached)
    return {{"uses_max", or_null(limits.uses_max)}};
  if (judgement.verdict == Verdict::customer_limit_reached)
    return {{"uses_per_customer_max", or_null(limits.uses_per_customer_max)}};
  if (judgement.verdict == Verdict::budget_exhausted) {
    return {{"remaining_minor", judgement.budget_left_minor},
            {"currency", currency_of_limit(result).code()}};
  }
  return {{"retry_after_s", retry_after_s(result, now)}};
}

}  // namespace

}  // namespace fairlead::codes
