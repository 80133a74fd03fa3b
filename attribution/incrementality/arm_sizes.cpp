#include "attribution/incrementality/arm_sizes.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace fairlead::attribution::incrementality {

double sizes_p_value(std::int64_t treated, std::int64_t held_out, std::int64_t held_out_ppm) {
  const auto all = static_cast<double>(treated + held_out);
  if (all <= 0) return 1;
  const double share = static_cast<double>(held_out_ppm) / 1e6;
  const double gap = static_cast<double>(held_out) - all * share;
  // (h − ns)²/ns + (t − n(1−s))²/n(1−s), with one gap for both.
  const double chi_square = gap * gap / (all * share * (1 - share));
  return std::erfc(std::sqrt(chi_square / 2));
}

double units_p_value(std::int64_t treated, std::int64_t held_out, std::int64_t held_out_ppm) {
  const auto all = static_cast<double>(treated + held_out);
  if (all <= 0) return 1;
  const boost::math::binomial distribution(all, static_cast<double>(held_out_ppm) / 1e6);
  const auto k = static_cast<double>(held_out);
  const double below = boost::math::cdf(distribution, k);
  const double above = k <= 0 ? 1 : boost::math::cdf(boost::math::complement(distribution, k - 1));
  return std::min(1.0, 2 * std::min(below, above));
}

}  // namespace fairlead::attribution::incrementality
