#include "core/money.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace fairlead::core {

namespace {

__extension__ using Wide = __int128;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Error overflow() {
  return fail(Errc::overflow, "the amount does not fit 64 bits");
}

}  // namespace

Result<std::int64_t> add_minor(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return overflow();
  return sum;
}

Result<std::int64_t> multiply_minor(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return overflow();
  return product;
}

Result<std::vector<std::int64_t>> split(std::int64_t total, std::span<const std::int64_t> weights) {
  Wide weight_sum = 0;
  for (const std::int64_t weight : weights) {
    if (weight < 0) return fail(Errc::invalid, "a weight of a split must not be negative");
    weight_sum += weight;
  }
  if (weights.empty()) return fail(Errc::invalid, "a split needs at least one weight");
  if (weight_sum == 0) return fail(Errc::invalid, "a split needs a weight above zero");

  const Wide magnitude = total < 0 ? -Wide{total} : Wide{total};
  std::vector<Wide> shares(weights.size());
  std::vector<Wide> remainders(weights.size());
  Wide missing = magnitude;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide product = magnitude * weights[i];
    shares[i] = product / weight_sum;
    remainders[i] = product % weight_sum;
    missing -= shares[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; missing > 0; ++i, --missing)
    shares[order[i]] += 1;

  std::vector<std::int64_t> parts;
  parts.reserve(shares.size());
  for (const Wide part : shares)
    parts.push_back(static_cast<std::int64_t>(total < 0 ? -part : part));
  return parts;
}

std::string decimal_text(Money money) {
  const bool negative = money.minor < 0;
  std::uint64_t magnitude = static_cast<std::uint64_t>(money.minor);
  if (negative) magnitude = 0 - magnitude;
  std::string digits = std::to_string(magnitude);
  const auto exponent = static_cast<std::size_t>(money.currency.exponent());
  if (exponent > 0) {
    if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
    digits.insert(digits.size() - exponent, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

Result<Money> parse_decimal(std::string_view text, Currency currency) {
  const auto refuse = [&] {
    return fail(Errc::invalid, "\"" + std::string(text.substr(0, 40)) + "\" is not an amount of " +
                                   std::string(currency.code()) + " such as \"12.34\"");
  };
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? "" : rest.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return refuse();
  if (whole.size() + fraction.size() > 18) return refuse();
  if (!std::all_of(whole.begin(), whole.end(), is_digit)) return refuse();
  if (!std::all_of(fraction.begin(), fraction.end(), is_digit)) return refuse();

  const auto exponent = static_cast<std::size_t>(currency.exponent());
  std::string digits(whole);
  for (std::size_t i = 0; i < exponent; ++i)
    digits += i < fraction.size() ? fraction[i] : '0';
  if (fraction.size() > exponent &&
      fraction.substr(exponent).find_first_not_of('0') != std::string_view::npos)
    return refuse();
  std::int64_t minor = 0;
  for (const char digit : digits) {
    if (__builtin_mul_overflow(minor, std::int64_t{10}, &minor) ||
        __builtin_add_overflow(minor, std::int64_t{digit - '0'}, &minor))
      return overflow();
  }
  return Money{negative ? -minor : minor, currency};
}

}  // namespace fairlead::core
