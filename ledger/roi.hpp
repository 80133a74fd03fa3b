// ROI arithmetic: what a row of a report makes of its sums. All integers, products in 128 bits,
// every quotient rounded half away from zero, null where the denominator is 0. Pure; any thread.
//
//   cost            = commission + fee + gift + other
//   profit          = net_revenue × margin − cost        (the margin's product is rounded once)
//   roi             = profit / cost                      in ppm
//   roas            = net_revenue / cost                 in ppm
//   conversion_rate = click_orders / clicks_valid        in ppm; orders by code alone had no click
//   aov             = net_revenue / orders               in minor units, as epc and cpa
//   epc             = commission / clicks_valid          what an influencer earns per click
//   cpa             = cost / orders
#pragma once

#include <cstdint>
#include <optional>

#include "core/rate.hpp"

namespace fairlead::ledger {

struct RoiSums {
  std::int64_t clicks_valid = 0;
  std::int64_t orders = 0;
  std::int64_t click_orders = 0;  // of these, the ones that a click led to
  std::int64_t net_revenue_minor = 0;
  std::int64_t commission_minor = 0;
  std::int64_t fee_minor = 0;
  std::int64_t gift_minor = 0;
  std::int64_t other_cost_minor = 0;
};

// [low, high]; both null when no honest interval can be given.
struct Interval {
  std::optional<std::int64_t> low;
  std::optional<std::int64_t> high;
  bool operator==(const Interval&) const = default;
};

// A quotient is null when its denominator is 0 or it does not fit 64 bits. Sums saturate at the
// int64 limits, 9.2 × 10¹⁸ minor units, instead of wrapping around.
struct Roi {
  std::int64_t cost_minor = 0;
  std::int64_t profit_minor = 0;
  std::optional<std::int64_t> roi_ppm;
  std::optional<std::int64_t> roas_ppm;
  std::optional<std::int64_t> conversion_rate_ppm;
  Interval conversion_rate_interval_ppm;  // wilson_interval_ppm(click_orders, clicks_valid)
  std::optional<std::int64_t> aov_minor;
  std::optional<std::int64_t> epc_minor;
  std::optional<std::int64_t> cpa_minor;
};
Roi roi_of(const RoiSums& sums, core::Rate margin);

// a / b × scale, rounded half away from zero; null when b ≤ 0 or the result does not fit.
std::optional<std::int64_t> ratio(std::int64_t a, std::int64_t b, std::int64_t scale);

// The 95 % score interval of a proportion k/n in ppm: E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", JASA 22 (1927), with z = 1.959964:
//   (2k + z² ± z·√(z² + 4k(n−k)/n)) / (2(n + z²))
// In integers with a square root rounded down, so that every machine gives the same ppm. Null when
// n is 0 or above 10¹², and when k > n: then several orders came from one click, and it is no
// proportion.
Interval wilson_interval_ppm(std::int64_t k, std::int64_t n);

}  // namespace fairlead::ledger
