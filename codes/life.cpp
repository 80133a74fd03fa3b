#include "codes/life.hpp"

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr State all_states[] = {State::none,       State::held,     State::redeemed,
                                State::over_limit, State::released, State::expired,
                                State::rolled_back};

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::none:
      return "none";
    case State::held:
      return "held";
    case State::redeemed:
      return "redeemed";
    case State::over_limit:
      return "over_limit";
    case State::released:
      return "released";
    case State::expired:
      return "expired";
    case State::rolled_back:
      return "rolled_back";
  }
  CHECK(false);
}

State parse_state(std::string_view word) {
  for (const auto state : all_states) {
    if (word == name_of(state)) return state;
  }
  CHECK(!"a state of a use that nobody writes");
}

Verdict judge_life(Action action, State state, SameCart same_cart) {
  const bool is_open = state == State::none || state == State::held || state == State::released ||
                       state == State::expired;
  const bool is_redeemed = state == State::redeemed || state == State::over_limit;
  switch (action) {
    case Action::validate:
    case Action::redeem:
      if (is_open) return Verdict::accepted;
      if (!is_redeemed) return Verdict::already_rolled_back;
      return same_cart == SameCart::yes ? Verdict::repeated : Verdict::order_ref_conflict;
    case Action::reserve:
      if (is_open) return Verdict::accepted;
      return is_redeemed ? Verdict::already_redeemed : Verdict::already_rolled_back;
    case Action::release:
      if (state == State::held) return Verdict::accepted;
      if (is_open) return Verdict::repeated;
      return is_redeemed ? Verdict::already_redeemed : Verdict::already_rolled_back;
    case Action::rollback:
      if (is_redeemed) return Verdict::accepted;
      return is_open ? Verdict::not_redeemed : Verdict::repeated;
  }
  CHECK(false);
}

Verdict explain_no_room(Action action, State before, Verdict refusal) {
  const bool is_no_room =
      refusal == Verdict::usage_limit_reached || refusal == Verdict::budget_exhausted ||
      refusal == Verdict::customer_limit_reached || refusal == Verdict::usage_limit_held;
  if (action != Action::redeem || !is_no_room) return refusal;
  if (before == State::expired) return Verdict::reservation_expired;
  if (before == State::released) return Verdict::reservation_released;
  return refusal;
}

}  // namespace fairlead::codes
