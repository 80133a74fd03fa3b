// Money: whole minor units of one currency. Never a double. A sum that does not fit is an
// Errc::overflow. Values; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace fairlead::core {

// An ISO 4217 currency. Only listed currencies exist, so a Currency is always valid.
class Currency {
 public:
  // "EUR" or "eur". Errc::invalid for anything that is not an active ISO 4217 code.
  static Result<Currency> parse(std::string_view code);
  // For literals in code and tests: CHECKs that the code exists.
  static Currency of(std::string_view code);

  std::string_view code() const { return {code_, 3}; }  // upper case, "EUR"
  int exponent() const { return exponent_; }  // digits of the minor unit: JPY 0, EUR 2, KWD 3

  bool operator==(const Currency& other) const { return code() == other.code(); }
  auto operator<=>(const Currency& other) const { return code() <=> other.code(); }

 private:
  Currency(const char* code, int exponent) : code_(code), exponent_(exponent) {}
  const char* code_;  // points into the static table
  int exponent_;
};

struct Money {
  std::int64_t minor = 0;
  Currency currency;

  bool operator==(const Money&) const = default;
};

// The most that one amount from outside may be: far above any real one, and far below the point
// where sums of many of them could overflow.
inline constexpr std::int64_t amount_minor_max = 1'000'000'000'000'000;

// Sums and products of minor units. Errc::overflow when the result does not fit int64.
Result<std::int64_t> add_minor(std::int64_t a, std::int64_t b);
Result<std::int64_t> multiply_minor(std::int64_t a, std::int64_t b);

// Splits a total into parts in proportion to the weights by the largest remainder: floor the shares
// of |total|, hand the missing units to the largest remainders, ties to the earlier entry, put the
// sign back. The parts sum to the total exactly. Errc::invalid: no weights, a negative one, or all
// zero.
Result<std::vector<std::int64_t>> split(std::int64_t total, std::span<const std::int64_t> weights);

// "12.34" with the currency's digits; "-0.05"; JPY "1200". No currency code, no grouping.
std::string decimal_text(Money money);
// The exact inverse, tolerant of missing or excess digits when the excess rounds to nothing:
// "30" → 3000, "30.000000" → 3000. Refuses exponents, blanks, more than 18 digits, and digits
// beyond the minor unit that are not zero. Errc::invalid or Errc::overflow.
Result<Money> parse_decimal(std::string_view text, Currency currency);

}  // namespace fairlead::core
