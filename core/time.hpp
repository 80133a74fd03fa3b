// Instants are UTC microseconds; a calendar Day needs a time zone and says which one. Time enters
// as an argument: only app/ asks a Clock, deciding code is given `now`. Values and clocks: any
// thread.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace fairlead::core {

struct Instant {
  std::int64_t micros = 0;  // since 1970-01-01T00:00:00Z, without leap seconds

  auto operator<=>(const Instant&) const = default;
  Instant plus_micros(std::int64_t delta) const { return {micros + delta}; }
  Instant plus_seconds(std::int64_t delta) const { return {micros + delta * 1'000'000}; }
  Instant plus_days(std::int64_t delta) const { return plus_seconds(delta * 86'400); }
};

// A calendar day as days since 1970-01-01. It means nothing without the zone it was taken in.
struct Day {
  std::int32_t number = 0;
  auto operator<=>(const Day&) const = default;
};

// [from, to): from is inclusive, to is exclusive.
struct Period {
  Instant from;
  Instant to;
  bool contains(Instant at) const { return from <= at && at < to; }
};

// An IANA time zone of the system's tzdata, such as "Europe/Berlin".
class Zone {
 public:
  static Result<Zone> parse(std::string_view name);  // Errc::invalid names the zone
  static Zone utc();
  std::string_view name() const;
  Day day_of(Instant at) const;
  // The first instant of the day; where midnight does not exist, the first instant after the gap.
  Instant start_of(Day day) const;

 private:
  explicit Zone(const void* zone) : zone_(zone) {}
  const void* zone_;  // date::time_zone of the process-wide database; lives for ever
};

// RFC 3339 in UTC, "2026-03-02T09:15:00Z", with ".123456" only when there are micros.
std::string format_instant(Instant at);
// RFC 3339 with Z or an offset, seconds required, up to 9 fraction digits (cut to micros), years
// 1970 to 9999. Errc::invalid says what a good value looks like; "yesterday" is refused.
Result<Instant> parse_instant(std::string_view text);
// "2026-03-02".
std::string format_day(Day day);
Result<Day> parse_day(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// For tests: stands still until it is told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : micros_(start.micros) {}
  Instant now() const override { return {micros_.load()}; }
  void set(Instant at) { micros_.store(at.micros); }
  void advance_seconds(std::int64_t seconds) { micros_.fetch_add(seconds * 1'000'000); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace fairlead::core
