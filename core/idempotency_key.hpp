// What makes a repeated POST the same POST: net reads it from a call, storage keeps the answer
// under it. Values; any thread.
#pragma once

#include <string>

#include "core/id.hpp"

namespace fairlead::core {

struct IdempotencyKey {
  BrandId brand;
  std::string scope;        // "POST /v1/orders/{order_ref}/refunds\n1001": route, values, caller
  std::string key;          // the header as it came; "" = none was sent, nothing is remembered
  std::string fingerprint;  // SHA-256 of the request's body, and of its query when it has one
};

}  // namespace fairlead::core
