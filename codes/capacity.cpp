#include "codes/capacity.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "codes/sql.hpp"
#include "codes/use_rows.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t holds_at_once_max = 1'000;

CapacityLimits asked_of(const ScopeLimits& scope, const Taking& taking);
bool take_counter(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
                  const Taking& taking);
bool take_slots(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
                const Taking& taking);
bool take_slot(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
               const std::string& customer, core::CodeUseId use);

// Two columns of a counter: what goes to uses, and what to holds.
struct Columns {
  std::int64_t uses = 0;
  std::int64_t holds = 0;
};
Columns columns(As as, std::int64_t value) {
  return as == As::use ? Columns{value, 0} : Columns{0, value};
}

void give_back_counter(storage::Session& session, core::BrandId brand, Scope scope, Columns count,
                       Columns amount) {
  session.run(sql::give_back_capacity, brand, name_of(scope.kind), scope.id, count.uses,
              count.holds, amount.uses, amount.holds);
}

// Zeros when the counter has lost its row, which verify names.
Taken read_counter(storage::Session& session, core::BrandId brand, Scope scope) {
  const auto rows = session.run(sql::find_counter, brand, name_of(scope.kind), scope.id);
  if (rows.empty()) return {};
  const auto& row = rows.one();
  return {.used = row.integer(0),
          .spent_minor = row.integer(1),
          .held = row.integer(2),
          .held_minor = row.integer(3)};
}

// Of the campaign when its limits are shared, else of the code alone: what stands in the way.
storage::Rows list_overdue_holds(storage::Session& session, core::BrandId brand,
                                 const StoredCode& code, core::Instant now) {
  return session.run(sql::list_overdue_holds, brand, code.campaign,
                     code.shared.any() ? 0 : code.id.number, now, holds_at_once_max);
}

}  // namespace

std::string_view name_of(Scope::Kind kind) {
  return kind == Scope::Kind::code ? "code" : "campaign";
}

std::vector<ScopeLimits> scopes_of(const StoredCode& code) {
  std::vector<ScopeLimits> scopes;
  if (code.shared.any()) {
    scopes.push_back(
        {{Scope::Kind::campaign, code.campaign.number}, code.shared, code.campaign_currency});
  }
  if (code.terms.limits.any()) {
    scopes.push_back({{Scope::Kind::code, code.id.number}, code.terms.limits, code.terms.currency});
  }
  return scopes;
}

bool is_full(storage::Session& session, core::BrandId brand, const std::vector<Taking>& takings) {
  const auto finds_no_room = [&](const ScopeLimits& scope, const Portion& portion) {
    const auto& [key, limits, currency] = scope;
    if (!limits.need_counter()) return false;
    const auto taken = read_counter(session, brand, key);
    const auto amount = spent_by(currency, portion.currency, portion.amount_minor);
    return taken.used + taken.held >= limits.uses_max.value_or(unlimited) ||
           taken.spent_minor > limits.budget_minor.value_or(unlimited) - amount - taken.held_minor;
  };
  return std::any_of(takings.begin(), takings.end(), [&](const Taking& taking) {
    if (taking.held) return false;
    const auto scopes = scopes_of(taking.portion.code);
    return std::any_of(scopes.begin(), scopes.end(), [&](const ScopeLimits& scope) {
      return finds_no_room(scope, taking.portion);
    });
  });
}

bool take(storage::Session& session, core::BrandId brand, const std::vector<Taking>& takings) {
  struct Step {
    ScopeLimits scope;
    const Taking* taking;
  };
  std::vector<Step> steps;
  for (const auto& taking : takings) {
    for (const auto& scope : scopes_of(taking.portion.code))
      steps.push_back({scope, &taking});
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.scope.scope < b.scope.scope; });
  for (const auto& [scope, taking] : steps) {
    if (scope.limits.need_counter() && !take_counter(session, brand, scope, *taking)) return false;
  }
  for (const auto& taking : takings) {
    if (taking.held && taking.held->customers != taking.portion.customers)
      session.run(sql::delete_slots_of_use, brand, taking.portion.use);
  }
  return std::all_of(steps.begin(), steps.end(), [&](const Step& step) {
    return take_slots(session, brand, step.scope, *step.taking);
  });
}

void give_back(storage::Session& session, core::BrandId brand, const Portion& portion, As as) {
  for (const auto& [scope, limits, currency] : scopes_of(portion.code)) {
    if (!limits.need_counter()) continue;
    give_back_counter(session, brand, scope, columns(as, 1),
                      columns(as, spent_by(currency, portion.currency, portion.amount_minor)));
  }
  session.run(sql::delete_slots_of_use, brand, portion.use);
}

void give_back_money(storage::Session& session, core::BrandId brand, const Portion& portion) {
  for (const auto& [scope, limits, currency] : scopes_of(portion.code)) {
    if (!limits.need_counter()) continue;
    give_back_counter(session, brand, scope, {},
                      {spent_by(currency, portion.currency, portion.amount_minor), 0});
  }
}

void lock_counters(storage::Session& session, core::BrandId brand,
                   const std::vector<const StoredCode*>& codes) {
  if (codes.size() < 2) return;
  std::set<Scope> scopes;
  for (const auto* code : codes) {
    for (const auto& scope : scopes_of(*code)) {
      if (scope.limits.need_counter()) scopes.insert(scope.scope);
    }
  }
  for (const auto& scope : scopes)
    session.run(sql::lock_counter, brand, name_of(scope.kind), scope.id);
}

bool lock_overdue_holds(storage::Session& session, core::BrandId brand, const StoredCode& code,
                        core::Instant now) {
  if (scopes_of(code).empty()) return false;
  return !list_overdue_holds(session, brand, code, now).empty();
}

void expire_holds(storage::Session& session, core::BrandId brand, const StoredCode& code,
                  core::Instant now) {
  const Scope campaign{Scope::Kind::campaign, code.campaign.number};
  if (code.shared.need_counter())
    session.run(sql::lock_counter, brand, name_of(campaign.kind), campaign.id);
  for (;;) {
    const auto rows = list_overdue_holds(session, brand, code, now);
    for (const auto& row : rows) {
      const auto use = row.id<core::CodeUseId>(0);
      if (!expire_use(session, brand, use)) continue;
      const auto currency = core::Currency::of(row.text(2));
      const auto amount = row.integer(3);
      const auto held = [&](core::Currency budget) {
        return Columns{0, spent_by(budget, currency, amount)};
      };
      give_back_counter(session, brand, campaign, {0, 1}, held(code.campaign_currency));
      give_back_counter(session, brand, {Scope::Kind::code, row.integer(1)}, {0, 1},
                        held(core::Currency::of(row.text(4))));
      session.run(sql::delete_slots_of_use, brand, use);
    }
    if (rows.size() < static_cast<std::size_t>(holds_at_once_max)) return;
  }
}

void Pending::add(const StoredCode& code, core::Currency cart, std::int64_t amount_minor,
                  const std::optional<Held>& held) {
  for (const auto& [scope, limits, currency] : scopes_of(code)) {
    auto& sum = taken[scope];
    sum.spent_minor += spent_by(currency, cart, amount_minor);
    if (held) {
      sum.spent_minor -= spent_by(currency, held->currency, held->amount_minor);
      continue;
    }
    ++sum.used;
    ++sum.customer_used;
  }
}

void Pending::release(const StoredCode& code, const Held& held, Customer customer) {
  for (const auto& [scope, limits, currency] : scopes_of(code)) {
    auto& sum = taken[scope];
    --sum.held;
    sum.held_minor -= spent_by(currency, held.currency, held.amount_minor);
    if (customer == Customer::same) --sum.customer_held;
  }
}

void read_capacities(storage::Session& session, core::BrandId brand, const StoredCode& code,
                     const Cart& cart, const Pending& pending, const std::optional<Held>& own,
                     core::Instant now, Standing& standing) {
  for (const auto& [scope, limits, currency] : scopes_of(code)) {
    auto taken = limits.need_counter() ? read_counter(session, brand, scope) : Taken{};
    const auto one_code = scope.kind == Scope::Kind::code ? scope.id : 0;
    if (taken.held > 0) {
      const auto overdue =
          session.run(sql::sum_overdue_holds, brand, code.campaign, one_code, now, currency.code())
              .one();
      taken.held -= overdue.integer(0) + (own ? 1 : 0);
      taken.held_minor -=
          overdue.integer(1) + (own ? spent_by(currency, own->currency, own->amount_minor) : 0);
    }
    for (const auto& name : cart.customer_names()) {
      if (!limits.uses_per_customer_max) break;
      const auto counts = session
                              .run(sql::count_customer_uses, brand, name_of(scope.kind), scope.id,
                                   name, own ? own->use : core::CodeUseId{}, now)
                              .one();
      // Of two names the one that has used more.
      if (counts.integer(0) + counts.integer(1) < taken.customer_used + taken.customer_held)
        continue;
      taken.customer_used = counts.integer(0);
      taken.customer_held = counts.integer(1);
    }
    if (taken.held > 0 || taken.customer_held > 0) {
      const auto next =
          session.run(sql::find_next_expiry, brand, code.campaign, one_code, now).one();
      if (!next.is_null(0)) standing.next_expiry = next.instant(0);
    }
    if (const auto more = pending.taken.find(scope); more != pending.taken.end()) {
      taken.used += more->second.used;
      taken.spent_minor += more->second.spent_minor;
      taken.customer_used += more->second.customer_used;
      taken.held += more->second.held;
      taken.held_minor += more->second.held_minor;
      taken.customer_held += more->second.customer_held;
    }
    standing.capacities.push_back({limits, currency, taken});
  }
}

void follow_limits(storage::Session& session, core::BrandId brand, const ScopeLimits& before,
                   const ScopeLimits& after) {
  const auto& scope = after.scope;
  const auto kind = name_of(scope.kind);
  const bool is_code = scope.kind == Scope::Kind::code;
  if (after.limits.need_counter() && !before.limits.need_counter()) {
    session.run(is_code ? sql::insert_code_counter : sql::insert_campaign_counter, brand, kind,
                scope.id, after.currency.code());
  } else if (!after.limits.need_counter() && before.limits.need_counter()) {
    session.run(sql::delete_counter, brand, kind, scope.id);
  }
  const bool had_slots = before.limits.uses_per_customer_max.has_value();
  if (after.limits.uses_per_customer_max && !had_slots) {
    session.run(is_code ? sql::insert_code_slots : sql::insert_campaign_slots, brand, kind,
                scope.id);
  } else if (!after.limits.uses_per_customer_max && had_slots) {
    session.run(sql::delete_slots, brand, kind, scope.id);
  }
}

namespace {

CapacityLimits asked_of(const ScopeLimits& scope, const Taking& taking) {
  const auto& portion = taking.portion;
  if (!taking.held) return scope.limits;
  return still_asked(scope.limits, scope.currency, *taking.held, portion.currency,
                     portion.amount_minor, portion.customers);
}

// A hold that is renewed or confirmed moves from one column to the other.
bool take_counter(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
                  const Taking& taking) {
  const auto& portion = taking.portion;
  const auto spent = spent_by(scope.currency, portion.currency, portion.amount_minor);
  if (taking.held) {
    const auto held = spent_by(scope.currency, taking.held->currency, taking.held->amount_minor);
    give_back_counter(session, brand, scope.scope, {0, 1}, {0, held});
  }
  const auto limits = asked_of(scope, taking);
  const auto count = columns(taking.as, 1);
  const auto amount = columns(taking.as, spent);
  return session
             .run(sql::take_capacity, brand, name_of(scope.scope.kind), scope.scope.id, count.uses,
                  count.holds, amount.uses, amount.holds, limits.uses_max.value_or(unlimited),
                  limits.budget_minor.value_or(unlimited))
             .changed == 1;
}

// An order that was paid by somebody unknown counts for the code, but for no customer.
bool take_slots(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
                const Taking& taking) {
  if (!asked_of(scope, taking).uses_per_customer_max) return true;  // none, or it has its slots
  const auto& customers = taking.portion.customers;
  return std::all_of(customers.begin(), customers.end(), [&](const std::string& customer) {
    return take_slot(session, brand, scope, customer, taking.portion.use);
  });
}

// The customer's lowest free slot, while there are fewer than the limit: a limit that came or was
// lowered later has slots beyond it, and a use that went left a gap. A slot that is free here may
// be taken by somebody else before we insert; then all of them are counted again.
bool take_slot(storage::Session& session, core::BrandId brand, const ScopeLimits& scope,
               const std::string& customer, core::CodeUseId use) {
  const auto slots = *scope.limits.uses_per_customer_max;
  const auto kind = name_of(scope.scope.kind);
  for (;;) {
    const auto taken = session.run(sql::list_slots, brand, kind, scope.scope.id, customer, slots);
    if (static_cast<std::int64_t>(taken.size()) >= slots) return false;
    std::int64_t free = 0;
    for (const auto& row : taken) {
      if (row.integer(0) != free) break;
      ++free;
    }
    if (session.run(sql::take_slot, brand, kind, scope.scope.id, customer, free, use).changed == 1)
      return true;
  }
}

}  // namespace

}  // namespace fairlead::codes
