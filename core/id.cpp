#include "core/id.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

#include "core/crypto.hpp"

namespace fairlead::core {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford
constexpr std::size_t letters = 13;  // 13 × 5 = 65 ≥ 64 bits
constexpr int low_bits = 22;
constexpr std::int64_t epoch_ms = 1'577'836'800'000;  // 2020-01-01T00:00:00Z

// Instants before 2020 and after 2089 stop at the ends, so that a period's range of ids stays
// ordered.
std::int64_t floor_of(Instant at) {
  constexpr std::int64_t ms_max = std::numeric_limits<std::int64_t>::max() >> low_bits;
  return std::clamp<std::int64_t>(at.micros / 1'000 - epoch_ms, 0, ms_max) << low_bits;
}

}  // namespace

std::string id_text(std::string_view prefix, std::int64_t number) {
  std::string text(prefix);
  const auto bits = static_cast<std::uint64_t>(number);
  for (std::size_t i = letters; i-- > 0;)
    text += alphabet[(bits >> (5 * i)) & 31];
  return text;
}

Result<std::int64_t> parse_id_text(std::string_view prefix, std::string_view text) {
  const auto refuse = [&] {
    return fail(Errc::invalid, "\"" + std::string(text.substr(0, 40)) +
                                   "\" is not an id that starts with \"" + std::string(prefix) +
                                   "\"");
  };
  if (!text.starts_with(prefix) || text.size() != prefix.size() + letters) return refuse();
  std::uint64_t bits = 0;
  for (const char c : text.substr(prefix.size())) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos || (bits >> 59) != 0) return refuse();
    bits = bits << 5 | digit;
  }
  if (bits == 0 || bits >> 63 != 0) return refuse();
  return static_cast<std::int64_t>(bits);
}

std::int64_t IdMaker::next(Instant now, std::uint32_t low_start) {
  const std::int64_t fresh = floor_of(now) + (low_start & ((1u << low_bits) - 1));
  const bool is_later_ms = (fresh >> low_bits) > (last_ >> low_bits);
  last_ = is_later_ms ? fresh : last_ + 1;
  return last_;
}

Instant instant_of_id(std::int64_t number) {
  return Instant{((number >> low_bits) + epoch_ms) * 1'000};
}

std::int64_t first_id_at(Instant at) {
  return floor_of(at);
}

std::int64_t new_id_number(Instant now) {
  static std::mutex mutex;
  static IdMaker maker;
  const std::uint32_t low =
      random_below(1u << 20);  // leaves room to count up within the millisecond
  const std::scoped_lock lock(mutex);
  return maker.next(now, low);
}

}  // namespace fairlead::core
