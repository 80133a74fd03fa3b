// What a delivery of a shop brings about. The delivery is stored with its effect in one
// transaction, and effects have keys of their own (the order, the refund), so whatever a shop
// repeats or sends in another order is booked once. Inside the caller's transaction.
#pragma once

#include "attribution/attribution.hpp"
#include "attribution/deliveries.hpp"
#include "attribution/platforms.hpp"

namespace fairlead::attribution {

struct Door {
  const Dependencies& dependencies;
  const Platform& platform;
  const Integration& integration;
  core::Instant now;
};

// A delivery that came before does nothing, unless it failed then. What fails leaves nothing behind
// but itself.
Settled receive(storage::Session& session, const Door& door, Delivery delivery);
// A stored delivery once more.
Settled replay(storage::Session& session, const Door& door, const Delivery& delivery);

}  // namespace fairlead::attribution
