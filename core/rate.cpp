#include "core/rate.hpp"

#include <limits>
#include <string>

#include "core/check.hpp"

namespace fairlead::core {

namespace {

// GCC's 128-bit integer; Boost 1.81's own would be slower and ISO C++ has none.
__extension__ using Wide = __int128;

// Half away from zero, divisor > 0.
Wide divide_rounded(Wide dividend, Wide divisor) {
  const Wide magnitude = dividend < 0 ? -dividend : dividend;
  // Compares the remainder with half of the divisor; doubling the dividend could leave 128 bits.
  const Wide remainder = magnitude % divisor;
  const Wide quotient = magnitude / divisor + (remainder >= divisor - remainder ? 1 : 0);
  return dividend < 0 ? -quotient : quotient;
}

}  // namespace

Result<Rate> Rate::parse(std::int64_t ppm) {
  if (ppm < 0 || ppm > ppm_one)
    return fail(Errc::invalid,
                "a rate is 0 to 1000000 parts per million, not " + std::to_string(ppm));
  return Rate{ppm};
}

Result<std::int64_t> multiply_divide(std::int64_t a, std::int64_t b, std::int64_t divisor) {
  CHECK(divisor > 0);
  const Wide quotient = divide_rounded(Wide{a} * b, divisor);
  if (quotient > std::numeric_limits<std::int64_t>::max() ||
      quotient < std::numeric_limits<std::int64_t>::min())
    return fail(Errc::overflow, "the result does not fit 64 bits");
  return static_cast<std::int64_t>(quotient);
}

std::int64_t share(std::int64_t amount_minor, Rate rate) {
  CHECK(rate.ppm >= 0 && rate.ppm <= ppm_one);
  return static_cast<std::int64_t>(divide_rounded(Wide{amount_minor} * rate.ppm, ppm_one));
}

}  // namespace fairlead::core
