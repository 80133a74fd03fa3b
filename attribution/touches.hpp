// Reads what an order's codes and click tokens point at, and judges each: who it belongs to, when
// it was touched, whether it may take part. A touch is never a reason to refuse an order. Runs
// inside the caller's transaction.
#pragma once

#include <vector>

#include "attribution/attribute.hpp"
#include "attribution/attribution.hpp"

namespace fairlead::attribution {

struct Touches {
  // Codes first, then clicks, each in the order given; then the clicks that made codes, and what
  // else the visitors clicked who made the order's clicks.
  std::vector<Touch> all;
  Policies policies;  // of every campaign among them
  // The shop says that the customer is new, and earlier orders know them; looked at only where a
  // campaign asks who is new.
  bool is_newness_in_doubt = false;
};

// Click verdicts come from the click file when it can be read; a token whose click is not there
// counts, because its MAC proves that the click was made.
Touches read_touches(storage::Session& session, const Dependencies& dependencies,
                     const core::Order& order);

// Whether a click token or a code of the order is the brand's own, and was not clicked after it.
bool has_own_touch(storage::Session& session, const Dependencies& dependencies,
                   const core::Order& order);

// When an order is booked, that is committed: hands the prefetches among its clicks, those on links
// of its own brand, to Dependencies::activate. Nothing is lost when that does not happen:
// `fairlead rescore` does the same.
void activate_prefetches(const Dependencies& dependencies, const core::Order& order);

}  // namespace fairlead::attribution
