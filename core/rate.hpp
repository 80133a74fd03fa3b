// Rate: a proportion in parts per million, 0 to 1,000,000 unless said otherwise. Values; any
// thread.
#pragma once

#include <cstdint>

#include "core/money.hpp"
#include "core/result.hpp"

namespace fairlead::core {

inline constexpr std::int64_t ppm_one = 1'000'000;

struct Rate {
  std::int64_t ppm = 0;

  // Errc::invalid outside 0 … 1,000,000.
  static Result<Rate> parse(std::int64_t ppm);
  bool operator==(const Rate&) const = default;
  auto operator<=>(const Rate&) const = default;
};

// a × b ÷ divisor, rounded half away from zero, through 128 bits. divisor > 0 (CHECK).
// Errc::overflow when the result does not fit.
Result<std::int64_t> multiply_divide(std::int64_t a, std::int64_t b, std::int64_t divisor);

// The share of an amount: sign · ((2·|amount|·ppm + 10⁶) / (2·10⁶)), half away from zero, so that a
// reversal cancels exactly. Cannot overflow, because a Rate is at most one.
std::int64_t share(std::int64_t amount_minor, Rate rate);
inline Money share(Money amount, Rate rate) {
  return {share(amount.minor, rate), amount.currency};
}

}  // namespace fairlead::core
