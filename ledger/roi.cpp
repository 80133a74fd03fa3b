#include "ledger/roi.hpp"

#include <algorithm>
#include <limits>

namespace fairlead::ledger {

namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t saturated(Wide value) {
  return static_cast<std::int64_t>(std::clamp(value, Wide{least}, Wide{most}));
}

// The largest r with r² ≤ value, by Newton's method from above.
Wide root_floor(Wide value) {
  if (value < 2) return value;
  Wide root = value;
  for (Wide next = (root + 1) / 2; next < root; next = (root + value / root) / 2)
    root = next;
  return root;
}

// Both ≥ 0, divisor > 0.
std::int64_t divide_rounded(Wide dividend, Wide divisor) {
  return static_cast<std::int64_t>((2 * dividend + divisor) / (2 * divisor));
}

}  // namespace

Roi roi_of(const RoiSums& sums, core::Rate margin) {
  Roi roi;
  roi.cost_minor = saturated(Wide{sums.commission_minor} + sums.fee_minor + sums.gift_minor +
                             sums.other_cost_minor);
  roi.profit_minor = saturated(Wide{core::share(sums.net_revenue_minor, margin)} - roi.cost_minor);
  roi.roi_ppm = ratio(roi.profit_minor, roi.cost_minor, core::ppm_one);
  roi.roas_ppm = ratio(sums.net_revenue_minor, roi.cost_minor, core::ppm_one);
  roi.conversion_rate_ppm = ratio(sums.click_orders, sums.clicks_valid, core::ppm_one);
  roi.conversion_rate_interval_ppm = wilson_interval_ppm(sums.click_orders, sums.clicks_valid);
  roi.aov_minor = ratio(sums.net_revenue_minor, sums.orders, 1);
  roi.epc_minor = ratio(sums.commission_minor, sums.clicks_valid, 1);
  roi.cpa_minor = ratio(roi.cost_minor, sums.orders, 1);
  return roi;
}

std::optional<std::int64_t> ratio(std::int64_t a, std::int64_t b, std::int64_t scale) {
  if (b <= 0) return std::nullopt;
  const auto quotient = core::multiply_divide(a, scale, b);
  if (!quotient) return std::nullopt;
  return *quotient;
}

Interval wilson_interval_ppm(std::int64_t k, std::int64_t n) {
  constexpr std::int64_t n_max = 1'000'000'000'000;
  if (n <= 0 || n > n_max || k < 0 || k > n) return {};
  // z = 1.959964 and everything under the root are scaled: z by 10⁶, its square and the root's
  // argument by 10¹², so that the root itself is scaled by 10⁶.
  constexpr Wide z = 1'959'964;
  constexpr Wide z_squared = z * z;
  constexpr Wide scale = 1'000'000'000'000;
  const Wide spread = 4 * Wide{k} * (n - k) / n;  // ≤ n, and its fraction below
  const Wide rest = 4 * Wide{k} * (n - k) % n;
  const Wide root = root_floor(z_squared + spread * scale + rest * scale / n);
  const Wide middle = 2 * Wide{k} * scale + z_squared;
  const Wide divisor = 2 * (Wide{n} * scale + z_squared);
  const Wide low = std::max(middle - z * root, Wide{0});
  const Wide high = std::min(middle + z * root, divisor);
  return {divide_rounded(low * core::ppm_one, divisor),
          divide_rounded(high * core::ppm_one, divisor)};
}

}  // namespace fairlead::ledger
