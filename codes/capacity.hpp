// What limits have left: counters, customers' slots, and holds that ran out. A limit belongs to a
// code or to a campaign (its scope); a use takes from every scope that has limits.
//
// How N is never exceeded, on any engine and from any number of processes: a counter is changed by
// one conditional UPDATE whose row count is looked at, a slot is a row behind a primary key. What
// has no limit has no row here.
//
// Two calls must not wait for each other in a circle. So everybody locks the order's own rows
// before counters, and counters of campaigns before those of codes, by rising id. A call that
// changes counters of several codes locks all of them beforehand (lock_counters()), because what it
// gives back and takes comes in no such order.
//
// Holds: `held` counts every row of the ledger in state "held". Before anything is taken, holds
// that have run out are turned into "expired" and given back, so that they are free from that
// instant, and no sweeper decides about money. All functions run inside the caller's transaction.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codes/rules.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

struct Scope {
  enum class Kind : std::uint8_t { campaign, code } kind = Kind::code;
  std::int64_t id = 0;
  auto operator<=>(const Scope&) const = default;  // the order of taking
};
std::string_view name_of(Scope::Kind kind);

struct ScopeLimits {
  Scope scope;
  CapacityLimits limits;
  core::Currency currency;  // of the budget
};
// The scopes of a code that have limits: none, one or two.
std::vector<ScopeLimits> scopes_of(const StoredCode& code);

// What one use takes of its scopes, or gives back.
struct Portion {
  const StoredCode& code;
  core::CodeUseId use;
  std::vector<std::string> customers;  // each takes a slot; none: nobody known
  core::Currency currency;             // of the cart
  std::int64_t amount_minor = 0;
};
enum class As : std::uint8_t { use, hold };

struct Taking {
  Portion portion;
  As as = As::use;
  std::optional<Held> held = {};  // by the same use, when it is renewed or confirmed
};
// Whether the counters say by themselves that one of these finds no room, so that a code that is
// used up costs its many tries no write. False promises nothing: only take() knows. Of a use that
// has a hold nothing is asked here.
bool is_full(storage::Session& session, core::BrandId brand, const std::vector<Taking>& takings);

// Takes for all or for none; false: there is no room somewhere, and the caller rolls back to a
// savepoint in front of it. Of a hold only what it does not promise is asked (still_asked()).
bool take(storage::Session& session, core::BrandId brand, const std::vector<Taking>& takings);

void give_back(storage::Session& session, core::BrandId brand, const Portion& portion, As as);
// Money of a use that stays: a part that was rolled back.
void give_back_money(storage::Session& session, core::BrandId brand, const Portion& portion);

// Locks the counters of these codes, in the order of taking. One code alone needs no lock before it
// takes.
void lock_counters(storage::Session& session, core::BrandId brand,
                   const std::vector<const StoredCode*>& codes);

// Locks the rows of the holds of the code's scopes that have run out, but those that somebody else
// has locked; whether there are any.
bool lock_overdue_holds(storage::Session& session, core::BrandId brand, const StoredCode& code,
                        core::Instant now);
// Turns those holds into "expired" and gives back what they held.
void expire_holds(storage::Session& session, core::BrandId brand, const StoredCode& code,
                  core::Instant now);

// What is taken now, holds that have run out not counted, nor `own`, the cart's own hold. Writes
// nothing. `pending` is what other codes of the same cart are about to take, on top of their holds,
// less what it is about to release.
struct Pending {
  std::map<Scope, Taken> taken;
  void add(const StoredCode& code, core::Currency cart, std::int64_t amount_minor,
           const std::optional<Held>& held);
  enum class Customer { same, other };  // than the cart's
  void release(const StoredCode& code, const Held& held, Customer customer);
};
void read_capacities(storage::Session& session, core::BrandId brand, const StoredCode& code,
                     const Cart& cart, const Pending& pending, const std::optional<Held>& own,
                     core::Instant now, Standing& standing);

// Keeps counters and slots in step with limits that change from `before` to `after`; the scope is
// locked by the caller. A hold that has run out counts as held until it is given back.
void follow_limits(storage::Session& session, core::BrandId brand, const ScopeLimits& before,
                   const ScopeLimits& after);

}  // namespace fairlead::codes
