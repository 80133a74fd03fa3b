#include "codes/uses.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>

#include "codes/answers.hpp"
#include "codes/sql.hpp"

namespace fairlead::codes {

namespace {

constexpr std::string_view redeemed = "redeemed";
constexpr std::string_view over_limit = "over_limit";

// One use that is about to be written.
struct Draft {
  std::string_view order_ref;
  const Cart& cart;
  const Granted& granted;
};

enum class Taken { yes, order_has_it, no_room, customer_has_no_room };

struct EarlierRow {
  Use use;
  std::string cart_sha256;
};
std::optional<EarlierRow> find_use(storage::Session& session, core::BrandId brand,
                                   core::CodeId code, std::string_view order_ref);
Standing find_standing(storage::Session& session, core::BrandId brand, const StoredCode& code,
                       const Cart& cart);
Taken take(storage::Session& session, core::BrandId brand, const StoredCode& code,
           const Draft& draft, core::CodeUseId id, core::Instant now);
bool take_slot(storage::Session& session, core::BrandId brand, const StoredCode& code,
               const std::string& customer, core::CodeUseId id);
bool insert_use(storage::Session& session, core::BrandId brand, core::CodeId code,
                const Draft& draft, core::CodeUseId id, std::string_view state, core::Instant now);
Granted granted_by_order(const Terms& terms, const Cart& cart, const core::Order& order);

}  // namespace

Outcome ask(storage::Session& session, core::BrandId brand, const Question& question,
            core::Instant now) {
  const auto& cart = question.cart;
  Outcome outcome{.judgement = {},
                  .code = find_code(session, brand, fold(question.code)),
                  .use = std::nullopt,
                  .standing = {}};
  if (!outcome.code) {
    outcome.judgement = judge(nullptr, cart, outcome.standing, now);
    return outcome;
  }
  // The counter is read before the ledger: whoever sees the counter that a twin of this order has
  // filled must also see the twin's use, or it would be told that the code is used up.
  outcome.standing = find_standing(session, brand, *outcome.code, cart);
  std::optional<EarlierRow> earlier;
  if (!question.order_ref.empty()) {
    earlier = find_use(session, brand, outcome.code->id, question.order_ref);
  }
  if (earlier) {
    outcome.standing.earlier =
        earlier->cart_sha256 == cart_sha256(cart) ? EarlierUse::same_cart : EarlierUse::other_cart;
    outcome.use = std::move(earlier->use);
  }
  outcome.judgement = judge(&outcome.code->terms, cart, outcome.standing, now);
  if (outcome.judgement.verdict == Verdict::accepted) {
    outcome.use = Use{.id = {},
                      .currency = cart.currency,
                      .granted = outcome.judgement.granted,
                      .subtotal_minor = cart.subtotal_minor};
  }
  return outcome;
}

Outcome redeem(storage::Session& session, core::BrandId brand, const Question& question,
               core::Instant now) {
  // Most refusals end here, without a write and without waiting for anybody.
  auto outcome = ask(session, brand, question, now);
  if (outcome.judgement.verdict != Verdict::accepted) return outcome;

  auto held = hold_code(session, brand, outcome.code->id);
  if (!held || held->version != outcome.code->version) {
    // Edited in between. It is held now, so this time the terms stand.
    outcome = ask(session, brand, question, now);
    if (outcome.judgement.verdict != Verdict::accepted) return outcome;
  }
  const auto id = core::new_id<core::CodeUseId>(now);
  const Draft draft{question.order_ref, question.cart, outcome.judgement.granted};
  const auto taken = take(session, brand, *outcome.code, draft, id, now);
  if (taken == Taken::yes) {
    outcome.use->id = id;
    return outcome;
  }
  // Somebody was faster; say what is true after them.
  outcome = ask(session, brand, question, now);
  if (outcome.judgement.verdict == Verdict::accepted) {
    // Only a counter that lost its row can still refuse here; verify names it. Refusing is the safe
    // side.
    outcome.use.reset();
    outcome.judgement = {.verdict = taken == Taken::customer_has_no_room
                                        ? Verdict::customer_limit_reached
                                        : Verdict::usage_limit_reached,
                         .granted = {}};
  }
  return outcome;
}

// The use is dated as the order is: an order that is told late counts in the period it was placed
// in, beside its revenue.
void note_order_use(storage::Session& session, core::BrandId brand, core::CodeId id,
                    const core::Order& order, core::Instant now) {
  if (order.is_test) return;
  auto code = hold_code(session, brand, id);
  if (!code || find_use(session, brand, id, order.order_ref)) return;
  auto cart = cart_of(order);
  // The amounts of an order that no cart could hold are not counted; that it used the code is.
  if (!cart)
    cart = Cart{.currency = order.currency, .lines = {}, .customer = order.customer.identity()};
  const auto granted = granted_by_order(code->terms, *cart, order);
  const auto use = core::new_id<core::CodeUseId>(now);
  const Draft draft{order.order_ref, *cart, granted};
  switch (take(session, brand, *code, draft, use, order.placed_at)) {
    case Taken::yes:
    case Taken::order_has_it:
      return;
    case Taken::no_room:
    case Taken::customer_has_no_room:
      insert_use(session, brand, id, draft, use, over_limit, order.placed_at);
      return;
  }
}

namespace {

Taken take(storage::Session& session, core::BrandId brand, const StoredCode& code,
           const Draft& draft, core::CodeUseId id, core::Instant now) {
  constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
  const auto& limits = code.terms.limits;
  storage::Savepoint attempt(session);
  if (!insert_use(session, brand, code.id, draft, id, redeemed, now)) return Taken::order_has_it;
  if (limits.need_counter()) {
    const auto spent = spent_by(code.terms, draft.cart.currency, draft.granted.amount_minor);
    const auto room =
        session.run(sql::take_use, brand, code.id, spent, limits.uses_max.value_or(unlimited),
                    limits.budget_minor.value_or(unlimited));
    if (room.changed != 1) {
      attempt.roll_back();
      return Taken::no_room;
    }
  }
  // An order that was paid by somebody unknown counts for the code, but for no customer.
  if (limits.uses_per_customer_max && !draft.cart.customer.empty() &&
      !take_slot(session, brand, code, draft.cart.customer, id)) {
    attempt.roll_back();
    return Taken::customer_has_no_room;
  }
  return Taken::yes;
}

bool take_slot(storage::Session& session, core::BrandId brand, const StoredCode& code,
               const std::string& customer, core::CodeUseId id) {
  const auto slots = *code.terms.limits.uses_per_customer_max;
  const auto taken = session.run(sql::count_slots, brand, code.id, customer).one().integer(0);
  for (auto slot = taken; slot < slots; ++slot) {
    if (session.run(sql::take_slot, brand, code.id, customer, slot, id).changed == 1) return true;
  }
  return false;
}

bool insert_use(storage::Session& session, core::BrandId brand, core::CodeId code,
                const Draft& draft, core::CodeUseId id, std::string_view state, core::Instant now) {
  const auto& cart = draft.cart;
  return session
             .run(sql::insert_use, brand, id, code, draft.order_ref, state, cart.customer,
                  cart.currency.code(), cart.subtotal_minor, draft.granted.amount_minor,
                  boost::json::serialize(allocations_json(draft.granted.allocations)),
                  cart_sha256(cart), now)
             .changed == 1;
}

std::optional<EarlierRow> find_use(storage::Session& session, core::BrandId brand,
                                   core::CodeId code, std::string_view order_ref) {
  const auto rows = session.run(sql::find_use, brand, order_ref, code);
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.one();
  return EarlierRow{
      .use = {.id = row.id<core::CodeUseId>(0),
              .currency = core::Currency::of(row.text(2)),
              .granted = {.amount_minor = row.integer(3),
                          .allocations = read_allocations(boost::json::parse(row.text(4)))},
              .subtotal_minor = row.integer(6),
              .is_over_limit = row.text(1) == over_limit},
      .cart_sha256 = row.text(5)};
}

Standing find_standing(storage::Session& session, core::BrandId brand, const StoredCode& code,
                       const Cart& cart) {
  Standing standing;
  const auto& limits = code.terms.limits;
  if (limits.need_counter()) {
    const auto counter = session.run(sql::find_counter, brand, code.id);
    if (!counter.empty()) {
      standing.used = counter.one().integer(0);
      standing.spent_minor = counter.one().integer(1);
    }
  }
  if (limits.uses_per_customer_max && !cart.customer.empty()) {
    standing.customer_used =
        session.run(sql::count_slots, brand, code.id, cart.customer).one().integer(0);
  }
  return standing;
}

// What an order that was paid got for this code: what the terms give for its lines, and no more
// than the discount that the order itself shows, which may hold other discounts too.
Granted granted_by_order(const Terms& terms, const Cart& cart, const core::Order& order) {
  const bool gives_nothing_here =
      terms.discount.kind == DiscountKind::free_shipping ||  // an order names shipping after it
      (terms.discount.kind == DiscountKind::fixed && terms.currency != cart.currency);
  if (gives_nothing_here) return {};
  auto granted = grant(terms.discount, cart);
  std::int64_t shown_minor = 0;
  for (const auto& item : order.items) {
    // Clamped on both sides: a shop's odd line must neither overflow nor count backwards.
    shown_minor += std::clamp<std::int64_t>(item.discount_minor, 0, granted.amount_minor);
  }
  if (shown_minor >= granted.amount_minor) return granted;
  std::vector<std::int64_t> weights;
  for (const auto& part : granted.allocations)
    weights.push_back(part.amount_minor);
  const auto parts = core::split(shown_minor, weights);
  Granted less{.amount_minor = shown_minor, .allocations = {}};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    auto part = granted.allocations[i];
    part.amount_minor = (*parts)[i];
    if (part.amount_minor != 0) less.allocations.push_back(std::move(part));
  }
  return less;
}

}  // namespace

}  // namespace fairlead::codes
