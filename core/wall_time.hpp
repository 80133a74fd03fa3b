// The wall clock in a time zone. Pure; any thread.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace fairlead::core {

// 0 … 23, as a clock on the wall there shows; the hour that a clock change repeats is one hour.
std::uint8_t local_hour(const Zone& zone, Instant at);

struct WallTime {
  std::uint8_t weekday = 0;  // 0 = Monday … 6 = Sunday
  std::int32_t minute = 0;   // of the day, 0 … 1439
};
WallTime wall_time(const Zone& zone, Instant at);

}  // namespace fairlead::core
