#include "core/time.hpp"

#include <date/tz.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>

#include "core/check.hpp"

namespace fairlead::core {

namespace {

using Micros = std::chrono::microseconds;
using SysMicros = date::sys_time<Micros>;

constexpr std::int64_t seconds_end = 253'402'300'800;  // 10000-01-01T00:00:00Z

const date::time_zone* as_zone(const void* zone) {
  return static_cast<const date::time_zone*>(zone);
}

// Reads exactly `count` digits; -1 when there is something else.
int read_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

bool read_date(std::string_view& text, date::year_month_day& day) {
  const int year = read_digits(text, 4);
  if (year < 1970 || !take(text, '-')) return false;
  const int month = read_digits(text, 2);
  if (month < 0 || !take(text, '-')) return false;
  const int number = read_digits(text, 2);
  if (number < 0) return false;
  day = date::year{year} / date::month{static_cast<unsigned>(month)} /
        date::day{static_cast<unsigned>(number)};
  return day.ok();
}

// "Z" or "+01:00"; minutes east of UTC.
bool read_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take(text, 'Z') || take(text, 'z')) return text.empty();
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, west ? '-' : '+')) return false;
  const int hours = read_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return false;
  const int rest = read_digits(text, 2);
  if (rest < 0 || rest > 59 || !text.empty()) return false;
  minutes = (hours * 60 + rest) * (west ? -1 : 1);
  return true;
}

bool read_fraction(std::string_view& text, std::int64_t& micros) {
  micros = 0;
  if (!take(text, '.')) return true;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0 || digits > 9) return false;
  for (; digits < 6; ++digits)
    micros *= 10;
  return true;
}

std::int64_t days_of(const date::year_month_day& day) {
  return date::sys_days{day}.time_since_epoch().count();
}

}  // namespace

Result<Zone> Zone::parse(std::string_view name) {
  try {
    return Zone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {  // the library's only way to say "no such zone"
    return fail(Errc::invalid, "\"" + std::string(name.substr(0, 60)) +
                                   "\" is not a time zone such as \"Europe/Berlin\"");
  }
}

Zone Zone::utc() {
  auto zone = parse("Etc/UTC");
  CHECK(zone);  // tzdata is a dependency of the package
  return *zone;
}

std::string_view Zone::name() const {
  return as_zone(zone_)->name();
}

Day Zone::day_of(Instant at) const {
  const auto local = as_zone(zone_)->to_local(SysMicros{Micros{at.micros}});
  return Day{static_cast<std::int32_t>(date::floor<date::days>(local).time_since_epoch().count())};
}

Instant Zone::start_of(Day day) const {
  const date::local_days midnight{date::days{day.number}};
  const auto start =
      as_zone(zone_)->to_sys(date::local_time<Micros>{midnight}, date::choose::earliest);
  return Instant{start.time_since_epoch().count()};
}

std::string format_instant(Instant at) {
  const SysMicros time{Micros{at.micros}};
  const auto days = date::floor<date::days>(time);
  const date::year_month_day day{days};
  const date::hh_mm_ss clock{time - days};
  std::array<char, 48> text{};
  const auto micros = static_cast<int>(clock.subseconds().count());
  int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(day.year()),
      static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  if (micros != 0) {
    const auto used = static_cast<std::size_t>(size);
    size += std::snprintf(text.data() + used, text.size() - used, ".%06d", micros);
  }
  return std::string(text.data(), static_cast<std::size_t>(size)) + "Z";
}

Result<Instant> parse_instant(std::string_view text) {
  const auto refuse = [given = std::string(text.substr(0, 60))] {
    return fail(Errc::invalid,
                "\"" + given + "\" is not an RFC 3339 time such as \"2026-03-02T09:15:00Z\"");
  };
  date::year_month_day day;
  if (!read_date(text, day)) return refuse();
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return refuse();
  const int hours = read_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ':')) return refuse();
  const int minutes = read_digits(text, 2);
  if (minutes < 0 || minutes > 59 || !take(text, ':')) return refuse();
  const int seconds = read_digits(text, 2);
  if (seconds < 0 || seconds > 60)
    return refuse();  // 60 is a leap second, folded into the next minute
  std::int64_t micros = 0;
  int offset_minutes = 0;
  if (!read_fraction(text, micros) || !read_offset(text, offset_minutes)) return refuse();
  const std::int64_t total_seconds =
      days_of(day) * 86'400 + hours * 3'600 + (minutes - offset_minutes) * 60 + seconds;
  // The offset may lead out of 1970 to 9999, and what we write must be readable again.
  if (total_seconds < 0 || total_seconds >= seconds_end) return refuse();
  return Instant{total_seconds * 1'000'000 + micros};
}

std::string format_day(Day day) {
  const date::year_month_day date{date::sys_days{date::days{day.number}}};
  std::array<char, 32> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

Result<Day> parse_day(std::string_view text) {
  std::string_view rest = text;
  date::year_month_day day;
  if (!read_date(rest, day) || !rest.empty())
    return fail(Errc::invalid, "\"" + std::string(text.substr(0, 40)) +
                                   "\" is not a calendar day such as \"2026-03-02\"");
  return Day{static_cast<std::int32_t>(days_of(day))};
}

Instant SystemClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<Micros>(since).count()};
}

}  // namespace fairlead::core
