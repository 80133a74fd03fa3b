// The front door that orders come through: an order that was paid has its uses of codes in the
// ledger, whatever the shop asked before.
#include <algorithm>

#include "codes/codes.hpp"
#include "codes/question.hpp"
#include "codes/taking.hpp"

namespace fairlead::codes {

namespace {

std::vector<StoredCode> hold_codes(storage::Session& session, core::BrandId brand,
                                   const std::set<core::CodeId>& ids, core::Instant now) {
  std::vector<StoredCode> codes;
  for (const auto id : ids) {
    if (auto held = hold_code(session, brand, id, now)) codes.push_back(std::move(*held));
  }
  std::stable_sort(codes.begin(), codes.end(), [](const StoredCode& a, const StoredCode& b) {
    return a.terms.stacking.priority < b.terms.stacking.priority;
  });
  return codes;
}

// What the terms give for the order's lines. An order names shipping after a discount on it, so
// there is nothing left to tell a free one by.
Granted granted_by_order(const Terms& terms, const Cart& cart, const Rest& rest) {
  const bool gives_nothing_here =
      terms.discount.kind == DiscountKind::free_shipping ||
      (terms.discount.kind == DiscountKind::fixed && terms.currency != cart.currency);
  return gives_nothing_here ? Granted{} : grant(terms, cart, rest);
}

// The discount that the order itself shows. It may hold other discounts than those of codes.
std::int64_t shown_by(const core::Order& order, std::int64_t most_minor) {
  std::int64_t shown_minor = 0;
  // Clamped on both sides: a shop's odd line must neither overflow nor count backwards.
  for (const auto& item : order.items)
    shown_minor += std::clamp<std::int64_t>(item.discount_minor, 0, most_minor);
  return shown_minor;
}

}  // namespace

// The use is dated as the order is: an order that is told late counts in the period it was placed
// in, beside its revenue.
void note_order_uses(storage::Session& session, const std::set<core::CodeId>& ids,
                     const core::Order& order, core::Instant now) {
  if (order.is_test || ids.empty()) return;
  const auto codes = hold_codes(session, order.brand, ids, now);
  std::vector<const StoredCode*> held;
  for (const auto& code : codes)
    held.push_back(&code);
  const auto uses = lock_uses(session, order.brand, order.order_ref, held, now);
  // The amounts of an order that no cart could hold are not counted; that it used the code is.
  const auto cart = cart_of(order).value_or(
      Cart{.currency = order.currency, .lines = {}, .customer = order.customer});
  Rest rest(cart);
  auto left_minor = shown_by(order, cart.subtotal_minor);
  const auto is_given = [](const Use* use) {
    return use && (use->is_redeemed() || use->state == State::rolled_back);
  };
  // What the checkout was given already comes off first, whatever the codes' priority.
  for (const auto& code : codes) {
    const auto* use = find_use(uses, code.id);
    if (!is_given(use)) continue;
    rest.take(use->granted.allocations, cart);
    left_minor -= std::min(left_minor, use->granted.amount_minor);
  }
  std::vector<Draft> drafts;
  for (const auto& code : codes) {
    const auto* before = find_use(uses, code.id);
    if (is_given(before)) continue;
    const auto granted = cut_to(granted_by_order(code.terms, cart, rest), left_minor);
    rest.take(granted.allocations, cart);
    left_minor -= std::min(left_minor, granted.amount_minor);
    drafts.push_back({code,
                      before ? std::optional<Use>(*before) : std::nullopt,
                      {.id = {},
                       .code = code.id,
                       .state = State::redeemed,
                       .customers = cart.customer_names(),
                       .currency = cart.currency,
                       .granted = granted,
                       .subtotal_minor = cart.subtotal_minor,
                       .cart_sha256 = cart_sha256(cart)},
                      next_position(uses, drafts)});
  }
  if (!drafts.empty())
    write_paid(session, order.brand, order.order_ref, drafts, now, order.placed_at);
}

}  // namespace fairlead::codes
