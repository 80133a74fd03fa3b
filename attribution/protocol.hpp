// How a platform is called that is no signed POST: trackers and whatever calls a URL have addresses
// and methods of their own, and want an answer in their own words. Values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attribution/settled.hpp"
#include "core/answer.hpp"
#include "core/money.hpp"
#include "net/request.hpp"

namespace fairlead::attribution {

struct Endpoint {
  net::Method method;
  std::string rest;  // behind the integration's path: "/track/sale"; may hold {names}
};

struct Told {
  std::string_view topic;
  std::string_view body;  // as message_of() made it
  const Settled& settled;
  core::Currency currency;
  const net::Request& request;
};

// How a tracker is called and what it answers.
struct Protocol {
  std::vector<Endpoint> endpoints;
  // What is kept of a call and read later; without the secret.
  std::string (*message_of)(const net::Request& request);
  // In the tracker's own words, which may be 200 for a refusal too.
  core::Answer (*answer)(const Told& told);
  bool words_failures = false;  // answers in its own words when storage fails, too
  bool is_public = false;       // without a secret: what fails is kept up to a bound
  // A key of the caller's names the call: it is refused with another body.
  bool is_idempotent = false;
};

}  // namespace fairlead::attribution
