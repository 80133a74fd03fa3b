// In whose name codes are asked for, taken and given back. Inside the caller's transaction.
#pragma once

#include "codes/codes.hpp"

namespace fairlead::codes {

struct Asker {
  storage::Session& session;
  const Dependencies& dependencies;
  core::BrandId brand;
  core::Instant now;
};

}  // namespace fairlead::codes
