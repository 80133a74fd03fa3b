// What attribution counts for /metrics. The counters live as long as the process, because the
// module's functions have no object of their own; each is one relaxed atomic. Any thread.
#pragma once

#include "attribution/outcome.hpp"
#include "core/metrics.hpp"

namespace fairlead::attribution {

struct Counters {
  core::Counter orders_booked;
  core::Counter orders_repeated;
  core::Counter orders_conflicting;
  core::Counter refunds_booked;
  core::Counter refunds_repeated;
  core::Counter tokens_invalid;  // forged, garbled, unknown key
  core::Counter tokens_foreign;
  core::Counter tokens_expired;
  core::Counter webhooks_unsigned;
  core::Counter webhooks_applied;
  core::Counter webhooks_duplicate;
  core::Counter webhooks_ignored;
  core::Counter webhooks_waiting;
  core::Counter webhooks_failed;
};

Counters& counters();

// Counts a click token that did not attribute; other outcomes are not counted.
void count_refused(Outcome outcome);

}  // namespace fairlead::attribution
