// What became of a touchpoint when its order was credited: one word that is stored with it and one
// sentence that explain prints. Words are frozen: they are in the database; add, never rename.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/events.hpp"

namespace fairlead::attribution {

enum class Outcome : std::uint8_t {
  eligible,  // may take part; attribute() replaces it, so it is never stored
  // Took part.
  credited,
  code_won,     // a click that lost to a code
  click_won,    // a code that lost to a click
  second_code,  // an earlier code of the same order counts
  no_share,     // the model gave this click nothing
  // Could not take part.
  unknown_code,
  same_touch,
  invalid_token,
  foreign,
  expired,
  too_soon,           // by the campaign's click_to_order_min_s
  existing_customer,  // by the campaign's existing_customers
  others_customer,
  after_order,
  deal_not_started,
  deal_ended,
  deal_archived,
  test_order,
  invalid_head,
  invalid_bot,
  invalid_preview,
  invalid_unknown_agent,
  invalid_datacenter,
  invalid_flood,
  invalid_embedded,
  // Clicks that the visitor's history has and no token of the order: nobody came with these.
  invalid_prefetch,
  invalid_duplicate,
};

std::string_view word_of(Outcome outcome);      // "second_code"
std::string_view sentence_of(Outcome outcome);  // "another code came first in the order"
std::optional<Outcome> parse_outcome(std::string_view word);

// True for the outcomes of touches that attribute() had to choose from. Only these are decided
// again when credits are verified; the others are facts of the moment the order was booked.
bool took_part(Outcome outcome);

// What a click's verdict means for a token that came with an order. `prefetch` and `duplicate` are
// eligible, because a person arrived with the token in hand.
Outcome outcome_of(core::ClickVerdict verdict);
// The same of a click that only the visitor's history knows: nothing but a valid one is eligible.
Outcome outcome_in_history(core::ClickVerdict verdict);

}  // namespace fairlead::attribution
