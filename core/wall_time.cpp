#include "core/wall_time.hpp"

#include <date/tz.h>

#include <chrono>

namespace fairlead::core {

namespace {

date::local_time<std::chrono::microseconds> to_local(const Zone& zone, Instant at) {
  const date::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(at.micros)};
  return date::locate_zone(zone.name())->to_local(instant);
}

}  // namespace

std::uint8_t local_hour(const Zone& zone, Instant at) {
  return static_cast<std::uint8_t>(wall_time(zone, at).minute / 60);
}

WallTime wall_time(const Zone& zone, Instant at) {
  const auto local = to_local(zone, at);
  const auto day = date::floor<date::days>(local);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
  // ISO 8601 counts Monday as 1.
  return {static_cast<std::uint8_t>(date::weekday(day).iso_encoding() - 1),
          static_cast<std::int32_t>(minutes)};
}

}  // namespace fairlead::core
