// The hour of the wall clock in a time zone. Pure; any thread.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace fairlead::core {

// 0 … 23, as a clock on the wall there shows; the hour that a clock change repeats is one hour.
std::uint8_t local_hour(const Zone& zone, Instant at);

}  // namespace fairlead::core
