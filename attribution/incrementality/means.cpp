#include "attribution/incrementality/means.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace fairlead::attribution::incrementality {

namespace {

double pooled_variance(const Sums& one, const Sums& two) {
  const auto own = static_cast<double>(one.of - 1);
  const auto others = static_cast<double>(two.of - 1);
  return (own * one.variance() + others * two.variance()) / (own + others);
}

double error_of(double one, double two, const Sums& treated, const Sums& held_out) {
  return std::sqrt(one / static_cast<double>(treated.of) + two / static_cast<double>(held_out.of));
}

}  // namespace

double Sums::variance() const {
  const auto n = static_cast<double>(of);
  return std::max(0.0, (squares - sum * sum / n) / (n - 1));
}

Estimate difference_of_means(const Sums& treated, const Sums& held_out) {
  const double one = treated.variance() / static_cast<double>(treated.of);
  const double two = held_out.variance() / static_cast<double>(held_out.of);
  const double pooled = pooled_variance(treated, held_out);
  Estimate estimate{.value = treated.mean() - held_out.mean(), .range = {}};
  estimate.standard_error =
      std::max(std::sqrt(one + two), error_of(pooled, pooled, treated, held_out));
  estimate.range = {estimate.value, estimate.value};
  if (estimate.standard_error <= 0) return estimate;
  const double freedom = (one + two) * (one + two) /
                         (one * one / static_cast<double>(treated.of - 1) +
                          two * two / static_cast<double>(held_out.of - 1));
  const boost::math::students_t distribution(freedom);
  const double reach = boost::math::quantile(distribution, 0.975) * estimate.standard_error;
  estimate.range = {estimate.value - reach, estimate.value + reach};
  const double t = std::abs(estimate.value) / estimate.standard_error;
  estimate.p_value = 2 * boost::math::cdf(boost::math::complement(distribution, t));
  return estimate;
}

std::optional<Lift> lift_of_means(const Sums& treated, const Sums& held_out) {
  const double one = treated.mean();
  const double two = held_out.mean();
  if (one <= 0 || two <= 0) return std::nullopt;
  const double pooled = pooled_variance(treated, held_out);
  const double spread =
      std::max(error_of(treated.variance() / (one * one), held_out.variance() / (two * two),
                        treated, held_out),
               error_of(pooled / (one * one), pooled / (two * two), treated, held_out));
  return Lift{one / two - 1,
              {one / two * std::exp(-z95 * spread) - 1, one / two * std::exp(z95 * spread) - 1}};
}

}  // namespace fairlead::attribution::incrementality
