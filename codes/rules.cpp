#include "codes/rules.hpp"

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

Verdict judge_switch_and_time(const Terms& terms, core::Instant now);
Verdict judge_cart(const Terms& terms, const Cart& cart);
Verdict judge_capacity(const Terms& terms, const Cart& cart, const Standing& standing,
                       std::int64_t amount_minor);

Judgement refuse(Verdict verdict) {
  return {.verdict = verdict, .granted = {}};
}

}  // namespace

Judgement judge(const Terms* terms, const Cart& cart, const Standing& standing, core::Instant now) {
  // An order that has its use keeps it, whatever happened to the code since.
  if (standing.earlier == EarlierUse::same_cart) return refuse(Verdict::already_redeemed);
  if (standing.earlier == EarlierUse::other_cart) return refuse(Verdict::order_ref_conflict);
  if (!terms) return refuse(Verdict::code_not_found);

  if (auto verdict = judge_switch_and_time(*terms, now); is_refusal(verdict))
    return refuse(verdict);
  if (terms->limits.uses_per_customer_max && cart.customer.empty()) {
    return refuse(Verdict::customer_required);
  }
  if (auto verdict = judge_cart(*terms, cart); is_refusal(verdict)) {
    auto judgement = refuse(verdict);
    if (verdict == Verdict::min_subtotal_not_met) {
      judgement.missing_minor = *terms->limits.subtotal_min_minor - cart.subtotal_minor;
    }
    return judgement;
  }

  Judgement judgement{.verdict = Verdict::accepted, .granted = grant(terms->discount, cart)};
  auto verdict = judge_capacity(*terms, cart, standing, judgement.granted.amount_minor);
  if (!is_refusal(verdict)) return judgement;
  judgement = refuse(verdict);
  if (verdict == Verdict::budget_exhausted) {
    judgement.budget_left_minor =
        std::max<std::int64_t>(0, *terms->limits.budget_minor - standing.spent_minor);
  }
  return judgement;
}

Granted grant(const Discount& discount, const Cart& cart) {
  Granted granted;
  const auto add = [&](Allocation::Target target, const std::string& line_id, std::int64_t amount) {
    if (amount == 0) return;
    granted.amount_minor += amount;  // cannot overflow: never more than subtotal or shipping
    granted.allocations.push_back({target, line_id, amount});
  };
  switch (discount.kind) {
    case DiscountKind::percent:
      for (const auto& line : cart.lines) {
        add(Allocation::Target::line, line.line_id, core::share(line.amount_minor, discount.rate));
      }
      if (cart.lines.empty()) {
        add(Allocation::Target::subtotal, "", core::share(cart.subtotal_minor, discount.rate));
      }
      break;
    case DiscountKind::fixed: {
      const auto total = std::min(discount.amount_minor, cart.subtotal_minor);
      if (cart.lines.empty()) {
        add(Allocation::Target::subtotal, "", total);
      } else if (total > 0) {
        std::vector<std::int64_t> weights;
        for (const auto& line : cart.lines)
          weights.push_back(line.amount_minor);
        // The lines sum to the subtotal, which is not zero here, so there is something to split by.
        auto parts = core::split(total, weights);
        CHECK(parts.has_value());
        for (std::size_t i = 0; i < parts->size(); ++i) {
          add(Allocation::Target::line, cart.lines[i].line_id, (*parts)[i]);
        }
      }
      break;
    }
    case DiscountKind::free_shipping:
      add(Allocation::Target::shipping, "", cart.shipping_minor);
      break;
  }
  return granted;
}

std::int64_t spent_by(const Terms& terms, core::Currency currency, std::int64_t amount_minor) {
  return currency == terms.currency ? amount_minor : 0;
}

std::span<const Verdict> all_verdicts() {
  static constexpr Verdict verdicts[] = {Verdict::accepted,
                                         Verdict::already_redeemed,
                                         Verdict::order_ref_conflict,
                                         Verdict::code_not_found,
                                         Verdict::code_disabled,
                                         Verdict::code_not_started,
                                         Verdict::code_expired,
                                         Verdict::customer_required,
                                         Verdict::currency_mismatch,
                                         Verdict::min_subtotal_not_met,
                                         Verdict::usage_limit_reached,
                                         Verdict::budget_exhausted,
                                         Verdict::customer_limit_reached};
  static_assert(std::size(verdicts) ==
                std::size_t{1} + static_cast<std::size_t>(Verdict::customer_limit_reached));
  return verdicts;
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::already_redeemed:
      return "already_redeemed";
    case Verdict::order_ref_conflict:
      return "order_ref_conflict";
    case Verdict::code_not_found:
      return "code_not_found";
    case Verdict::code_disabled:
      return "code_disabled";
    case Verdict::code_not_started:
      return "code_not_started";
    case Verdict::code_expired:
      return "code_expired";
    case Verdict::customer_required:
      return "customer_required";
    case Verdict::currency_mismatch:
      return "currency_mismatch";
    case Verdict::min_subtotal_not_met:
      return "min_subtotal_not_met";
    case Verdict::usage_limit_reached:
      return "usage_limit_reached";
    case Verdict::budget_exhausted:
      return "budget_exhausted";
    case Verdict::customer_limit_reached:
      return "customer_limit_reached";
  }
  CHECK(false);
}

bool is_refusal(Verdict verdict) {
  return verdict != Verdict::accepted && verdict != Verdict::already_redeemed;
}

std::string_view name_of(DiscountKind kind) {
  switch (kind) {
    case DiscountKind::percent:
      return "percent";
    case DiscountKind::fixed:
      return "fixed";
    case DiscountKind::free_shipping:
      return "free_shipping";
  }
  CHECK(false);
}

std::optional<DiscountKind> parse_discount_kind(std::string_view name) {
  for (auto kind : {DiscountKind::percent, DiscountKind::fixed, DiscountKind::free_shipping}) {
    if (name == name_of(kind)) return kind;
  }
  return std::nullopt;
}

namespace {

Verdict judge_switch_and_time(const Terms& terms, core::Instant now) {
  if (!terms.is_enabled) return Verdict::code_disabled;
  if (terms.starts_at && now < *terms.starts_at) return Verdict::code_not_started;
  if (terms.ends_at && now >= *terms.ends_at) return Verdict::code_expired;
  return Verdict::accepted;
}

Verdict judge_cart(const Terms& terms, const Cart& cart) {
  // A percentage without limits in money means the same in every currency; nothing else does.
  const bool is_bound_to_currency = terms.discount.kind == DiscountKind::fixed ||
                                    terms.limits.budget_minor || terms.limits.subtotal_min_minor;
  if (is_bound_to_currency && cart.currency != terms.currency) return Verdict::currency_mismatch;
  if (terms.limits.subtotal_min_minor && cart.subtotal_minor < *terms.limits.subtotal_min_minor) {
    return Verdict::min_subtotal_not_met;
  }
  return Verdict::accepted;
}

Verdict judge_capacity(const Terms& terms, const Cart& cart, const Standing& standing,
                       std::int64_t amount_minor) {
  const auto& limits = terms.limits;
  if (limits.uses_max && standing.used >= *limits.uses_max) return Verdict::usage_limit_reached;
  const auto spent = spent_by(terms, cart.currency, amount_minor);
  // Written as a difference, because the sum could overflow and neither side is negative.
  if (limits.budget_minor && standing.spent_minor > *limits.budget_minor - spent) {
    return Verdict::budget_exhausted;
  }
  if (limits.uses_per_customer_max && standing.customer_used >= *limits.uses_per_customer_max) {
    return Verdict::customer_limit_reached;
  }
  return Verdict::accepted;
}

}  // namespace

}  // namespace fairlead::codes
