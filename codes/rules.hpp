// What a code is worth to a cart, decided without database, network or clock: terms, cart, standing
// and `now` go in, a Judgement comes out. Pure; any thread.
//
// Order of checks (the first that fails answers; permanent before temporary, capacity last, because
// only capacity touches rows that others share):
//   life cycle → code_not_found → code_disabled → code_not_started, code_expired →
//   customer_required → currency_mismatch → min_subtotal_not_met → usage_limit_reached →
//   budget_exhausted → customer_limit_reached
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/events.hpp"
#include "core/rate.hpp"

namespace fairlead::codes {

// Wire names are frozen: shops branch on them. Add, never rename.
enum class Verdict : std::uint8_t {
  accepted,
  already_redeemed,    // by this very order with this very cart: a success, answered again
  order_ref_conflict,  // by this very order with another cart
  code_not_found,
  code_disabled,
  code_not_started,
  code_expired,
  customer_required,
  currency_mismatch,
  min_subtotal_not_met,
  usage_limit_reached,
  budget_exhausted,
  customer_limit_reached,
};
std::string_view name_of(Verdict verdict);
std::span<const Verdict> all_verdicts();  // in order of precedence; for tests and documentation
bool is_refusal(Verdict verdict);

enum class DiscountKind : std::uint8_t { percent, fixed, free_shipping };
std::string_view name_of(DiscountKind kind);
std::optional<DiscountKind> parse_discount_kind(std::string_view name);

struct Discount {
  DiscountKind kind = DiscountKind::percent;
  core::Rate rate;                // of percent
  std::int64_t amount_minor = 0;  // of fixed
};

// Absent means unlimited; 0 is a limit that nothing passes.
struct Limits {
  std::optional<std::int64_t> uses_max;
  std::optional<std::int64_t> uses_per_customer_max;
  std::optional<std::int64_t> budget_minor;
  std::optional<std::int64_t> subtotal_min_minor;

  // Such a code keeps a counter row; every other one has no row that redeemers share.
  bool need_counter() const { return uses_max || budget_minor; }
  bool operator==(const Limits&) const = default;
};

struct Terms {
  Discount discount;
  core::Currency currency;  // of a fixed amount, of the budget and of the least subtotal
  Limits limits;
  std::optional<core::Instant> starts_at;
  std::optional<core::Instant> ends_at;  // exclusive
  bool is_enabled = true;                // false too once archived
};

struct CartLine {
  std::string line_id;
  std::int64_t amount_minor = 0;  // unit price × quantity; a line's own discount is not taken off
};

struct Cart {
  core::Currency currency;
  std::vector<CartLine> lines;  // empty: only the subtotal is known
  std::int64_t subtotal_minor = 0;
  std::int64_t shipping_minor = 0;
  std::string customer;  // what limits per customer count by; "" = unknown
};

// What the ledger of uses says now.
enum class EarlierUse : std::uint8_t { none, same_cart, other_cart };
struct Standing {
  EarlierUse earlier = EarlierUse::none;  // of this code by this order
  std::int64_t used = 0;
  std::int64_t spent_minor = 0;
  std::int64_t customer_used = 0;
};

struct Allocation {
  enum class Target : std::uint8_t { line, subtotal, shipping } target = Target::line;
  std::string line_id;  // of a line
  std::int64_t amount_minor = 0;
  bool operator==(const Allocation&) const = default;
};

struct Granted {
  std::int64_t amount_minor = 0;
  std::vector<Allocation> allocations;  // sum to amount_minor exactly; zero parts are left out
};

struct Judgement {
  Verdict verdict = Verdict::accepted;
  Granted granted;                     // zero unless accepted
  std::int64_t missing_minor = 0;      // of min_subtotal_not_met
  std::int64_t budget_left_minor = 0;  // of budget_exhausted
};

// `terms` is null when there is no such code.
Judgement judge(const Terms* terms, const Cart& cart, const Standing& standing, core::Instant now);

// Percent: each line half away from zero. Fixed: the least of value and subtotal, over the lines by
// the largest remainder, ties to the earlier line. Free shipping: all of the shipping. Never more
// than what it applies to. Without lines there is one part, the subtotal. Currencies must be equal
// for fixed.
Granted grant(const Discount& discount, const Cart& cart);

// What counts against the budget: the amount in the terms' currency, 0 in any other.
std::int64_t spent_by(const Terms& terms, core::Currency currency, std::int64_t amount_minor);

}  // namespace fairlead::codes
