// The life of one use: one row of the ledger for each order and code, for ever. Pure; any thread.
//
//   (none) ──reserve──▶ held ──redeem──▶ redeemed ──rollback (whole)──▶ rolled_back
//                        │ ╰─release──▶ released ─╮
//                        ╰──the clock──▶ expired ─┴─reserve──▶ held
//                                                 ╰─redeem───▶ redeemed, when there is room
//   (none) ──redeem──▶ redeemed        a paid order beyond a limit: over_limit, counted apart
//
// A hold whose time has run out is free from that instant on, whether or not its row says so yet.
#pragma once

#include <cstdint>
#include <string_view>

#include "codes/verdict.hpp"

namespace fairlead::codes {

enum class Action : std::uint8_t { validate, reserve, redeem, release, rollback };

// Stored; frozen words: "held", "redeemed", "over_limit", "released", "expired", "rolled_back".
enum class State : std::uint8_t {
  none,
  held,
  redeemed,
  over_limit,
  released,
  expired,
  rolled_back
};
std::string_view name_of(State state);
State parse_state(std::string_view word);  // CHECKs: from the ledger alone

// Stage 1 of the order of checks. `accepted` means: go on; `repeated`: it was done before, and is
// answered again without doing anything.
enum class SameCart : bool { no, yes };
Verdict judge_life(Action action, State state, SameCart same_cart);

// A redeem that finds no room says what became of the hold it had.
Verdict explain_no_room(Action action, State before, Verdict refusal);

}  // namespace fairlead::codes
