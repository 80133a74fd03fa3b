#include "core/local_hour.hpp"

#include <date/tz.h>

#include <chrono>

namespace fairlead::core {

std::uint8_t local_hour(const Zone& zone, Instant at) {
  const date::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(at.micros)};
  const auto local = date::locate_zone(zone.name())->to_local(instant);
  const auto since_midnight = local - date::floor<date::days>(local);
  return static_cast<std::uint8_t>(
      std::chrono::duration_cast<std::chrono::hours>(since_midnight).count());
}

}  // namespace fairlead::core
