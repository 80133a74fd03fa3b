// The door of every delivery: whose it is, whether it proves that, and what it brings about, in one
// transaction. Any thread of the work pool.
#pragma once

#include <optional>
#include <string_view>

#include "attribution/apply_delivery.hpp"
#include "net/router.hpp"

namespace fairlead::attribution {

struct Taken {
  Settled settled;
  core::Currency currency = core::Currency::of("EUR");  // the brand's, once it is known
  std::optional<core::Error> failure;  // of storage; nothing was taken, and it may be sent again
};
// An integration that there is not is refused like one whose secret is wrong, after the same work.
// What is taken in is counted, and logged when it failed.
Taken take_in(const Dependencies& dependencies, const Platform& platform, const net::Call& call,
              std::string_view integration_id);

// What is kept of a call: the body as it came, or what the platform's protocol makes of it.
Delivery delivery_of(const Platform& platform, const net::Call& call);

// What follows a transaction that has taken a delivery in.
void note_taken(const Door& door, const Delivery& delivery, const Settled& settled);

}  // namespace fairlead::attribution
