// The logarithm of the gamma function. Pure; any thread, which glibc's lgamma is not: it writes a
// global.
#pragma once

#include <cmath>
#include <numbers>

namespace fairlead::core {

// By Stirling's series, for arguments above 0; the relative error is below 1e-12.
inline double log_gamma(double x) {
  double below = 0;
  for (; x < 10; ++x)
    below -= std::log(x);
  const double square = 1 / (x * x);
  return below + (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) +
         (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / x;
}

}  // namespace fairlead::core
