// What became of a delivery: what is stored and shown of it, and what the one who sent it is told.
// Values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace fairlead::attribution {

// The words are frozen: they are stored and shown.
enum class DeliveryOutcome {
  applied,       // booked
  needs_review,  // booked, but the shop's figures do not explain each other
  duplicate,     // nothing new in it
  ignored,       // nothing to be made of it
  waiting,       // a refund whose order has not come yet
  failed,        // not understood, or it contradicts what is booked; nothing was booked
};
std::string_view word_of(DeliveryOutcome outcome);

// Why nothing was booked, for protocols that have a word of their own for it. The words are sent in
// the header Fairlead-Verdict; add, never rename.
enum class Refusal {
  none,
  unauthorized,      // without the integration's secret; nothing is stored
  removed,           // the integration is archived; nothing is stored
  invalid,           // not understood
  unknown_click,     // no click or code of this brand comes with it
  unknown_customer,  // it names a customer of whom no click is known
  conflict,          // booked already, with other figures
  key_reused,        // the key of the call came with another body; nothing is stored
  unavailable,       // storage failed; to be sent again
};
std::string_view word_of(Refusal refusal);

struct Settled {
  DeliveryOutcome outcome = DeliveryOutcome::applied;
  std::string detail = {};
  Refusal refusal = Refusal::none;
  bool is_replay = false;  // the very call came before
};

}  // namespace fairlead::attribution
