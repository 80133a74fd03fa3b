#include "net/wire.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "net/ascii.hpp"
#include "net/problem.hpp"
#include "net/status.hpp"

namespace fairlead::net {
namespace {

bool is_header_text(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

bool is_clean(const core::Answer& answer) {
  if (!is_header_text(answer.media_type)) return false;
  for (const auto& [name, value] : answer.headers) {
    if (name.empty() || !is_header_text(name) || !is_header_text(value)) return false;
  }
  return true;
}

bool has_header(const core::Answer& answer, std::string_view name) {
  for (const auto& header : answer.headers) {
    if (equal_ignoring_case(header.first, name)) return true;
  }
  return false;
}

void append_header(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ").append(value).append("\r\n");
}

void append_default(std::string& wire, const core::Answer& answer, std::string_view name,
                    std::string_view value) {
  if (!has_header(answer, name)) append_header(wire, name, value);
}

}  // namespace

bool append_answer(std::string& wire, const core::Answer& answer, Connection connection,
                   Payload payload, core::Instant now) {
  if (!is_clean(answer)) {
    append_answer(wire,
                  problem(500, "internal_error", "The server failed. The reason is in its log."),
                  connection, payload, now);
    return false;
  }
  const bool has_body = answer.status != 204 && answer.status != 304;
  wire.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  wire.append(reason_of(answer.status)).append("\r\n");
  append_header(wire, "Date", http_date(now));
  if (has_body) {
    if (!answer.media_type.empty()) append_header(wire, "Content-Type", answer.media_type);
    append_header(wire, "Content-Length", std::to_string(answer.body.size()));
  }
  append_default(wire, answer, "Cache-Control", "no-store");
  append_default(wire, answer, "X-Content-Type-Options", "nosniff");
  append_default(wire, answer, "Content-Security-Policy",
                 "default-src 'none'; frame-ancestors 'none'");
  for (const auto& [name, value] : answer.headers)
    append_header(wire, name, value);
  switch (connection) {
    case Connection::stays:
      break;
    case Connection::stays_http10:
      append_header(wire, "Connection", "keep-alive");
      break;
    case Connection::closes:
      append_header(wire, "Connection", "close");
      break;
  }
  wire.append("\r\n");
  if (has_body && payload == Payload::sent) wire.append(answer.body);
  return true;
}

std::string http_date(core::Instant at) {
  // Not strftime, whose names follow the locale.
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = at.micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                 months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace fairlead::net
