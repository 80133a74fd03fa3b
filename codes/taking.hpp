// Writing the uses of one order and taking their capacity, all or none. Inside the caller's
// transaction.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "codes/capacity.hpp"
#include "codes/use_rows.hpp"

namespace fairlead::codes {

Portion portion_of(const StoredCode& code, const Use& use);

// The order's uses, locked, after every hold that stands in the way of these codes and has run out
// is given back. One of the order's own that ran out is `expired` here; that of a code not named
// stays as it is in its row, and whoever asks for that code next gives it back.
std::vector<Use> lock_uses(storage::Session& session, core::BrandId brand,
                           std::string_view order_ref, const std::vector<const StoredCode*>& codes,
                           core::Instant now);

// One row that is about to be inserted, or moved on from `before`.
struct Draft {
  const StoredCode& code;
  std::optional<Use> before;  // this order's use of the code, if it has one
  Use use;                    // as it shall be; its id is given here when it has none
  std::size_t position = 0;   // of a new use among the order's, without a gap
};
// The position of the next new use, behind the order's and the drafts'.
std::size_t next_position(const std::vector<Use>& uses, const std::vector<Draft>& drafts);

// Whether a look at the counters is enough to know that write_all() will not find room.
bool is_full(storage::Session& session, core::BrandId brand, const std::vector<Draft>& drafts);

// False: there is no room, and nothing is left behind. Runs the transaction again when somebody
// else has written one of these rows since the caller looked.
bool write_all(storage::Session& session, core::BrandId brand, std::string_view order_ref,
               std::vector<Draft>& drafts, core::Instant now, core::Instant at);

// For money that has moved: as write_all(), but a draft that finds no room is written as over_limit
// instead, which takes nothing.
void write_paid(storage::Session& session, core::BrandId brand, std::string_view order_ref,
                std::vector<Draft>& drafts, core::Instant now, core::Instant at);

}  // namespace fairlead::codes
