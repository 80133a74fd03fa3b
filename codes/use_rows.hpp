// The rows of the ledger of uses: read and changed here, and nowhere else but where a person is
// renamed (privacy.hpp). Inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/discount.hpp"
#include "codes/life.hpp"
#include "codes/rules.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

// What the ledger holds of one use; what a success is answered from, the first time and every time.
struct Use {
  core::CodeUseId id;  // none while it is not stored
  core::CodeId code;
  State state = State::none;
  std::vector<std::string> customers;  // the names it counts for, at most two
  core::Currency currency;
  Granted granted;
  std::int64_t subtotal_minor = 0;
  std::string cart_sha256;
  std::optional<core::Instant> expires_at = {};  // of a hold
  std::int64_t rolled_back_minor = 0;
  bool is_late = false;  // confirmed after its hold was gone

  bool is_live_hold(core::Instant now) const { return state == State::held && *expires_at > now; }
  bool is_redeemed() const { return state == State::redeemed || state == State::over_limit; }
};

// In order of their codes' ids. Locked: nobody else changes or moves them on before the transaction
// has ended, so what they hold can be given back as it was read.
enum class Locking { none, locked };
std::vector<Use> find_uses(storage::Session& session, core::BrandId brand,
                           std::string_view order_ref, Locking locking);
const Use* find_use(const std::vector<Use>& uses, core::CodeId code);
// What a use in state `held` has taken.
Held held_of(const Use& use);

// `position`: how many uses the order had when it was looked at. False: it has one more by now, of
// this code or of another; nothing was written.
bool insert_use(storage::Session& session, core::BrandId brand, const StoredCode& code,
                std::string_view order_ref, std::size_t position, const Use& use, core::Instant at);
// False: the row is not in state `from` any more; nothing was written.
bool change_use(storage::Session& session, core::BrandId brand, State from, const Use& use,
                core::Instant at);
// False: it is no hold any more. What it held is given back by the caller (capacity.hpp).
bool release_use(storage::Session& session, core::BrandId brand, core::CodeUseId use);
bool expire_use(storage::Session& session, core::BrandId brand, core::CodeUseId use);

// For a row that somebody else changed first: the transaction is tried again from its start, and
// then sees what they wrote.
[[noreturn]] void run_again();

// What is left of the allocations of `use` after the parts that were rolled back so far.
std::vector<Allocation> rest_of(storage::Session& session, core::BrandId brand, const Use& use);
// Appends a part; the use becomes `state` with `rolled_back_minor` in all. False: somebody else
// came first.
struct RolledBack {
  Granted part;
  State state = State::redeemed;
  bool keeps_use = false;
};
bool roll_back_use(storage::Session& session, core::BrandId brand, const Use& use,
                   const RolledBack& rolled_back, core::Instant at);

// The form in which allocations are answered and stored.
boost::json::array allocations_json(const std::vector<Allocation>& allocations);
std::vector<Allocation> read_allocations(const boost::json::value& stored);

}  // namespace fairlead::codes
