// Orders too soon after the click: who clicks the link when the basket is full already, an
// extension or a script, was not what brought the shopper. How soon is too soon differs from shop
// to shop, so a quarter of the time within which one order in twenty comes is the limit; the median
// over influencers, so that those who cheat do not move it.
#include <algorithm>

#include "attribution/signals/share_test.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t limit_min_s = 5;    // nobody fills a basket in less
constexpr std::int64_t limit_max_s = 120;  // and in more than this somebody might
constexpr std::size_t times_min = 20;

std::optional<std::int64_t> limit_of(const SignalFacts& facts) {
  std::vector<std::int64_t> quantiles;
  for (const auto& [influencer, orders] : orders_by_influencer(facts)) {
    std::vector<std::int64_t> times;
    for (const std::size_t index : orders) {
      if (const auto age = facts.orders[index].click_age_s) times.push_back(*age);
    }
    if (times.size() < times_min) continue;
    const auto twentieth = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 20);
    std::nth_element(times.begin(), twentieth, times.end());
    quantiles.push_back(*twentieth);
  }
  if (static_cast<std::int64_t>(quantiles.size()) <= ShareTest::others_min) return std::nullopt;
  const auto middle = quantiles.begin() + static_cast<std::ptrdiff_t>(quantiles.size() / 2);
  std::nth_element(quantiles.begin(), middle, quantiles.end());
  return std::clamp(*middle / 4, limit_min_s, limit_max_s);
}

}  // namespace

std::vector<SignalFinding> find_short_times(const SignalFacts& facts) {
  const auto limit = limit_of(facts);
  return find_by_share(
      facts, {.signal = Signal::click_to_order_short, .threshold = limit.value_or(limit_min_s)},
      [&](std::size_t index) -> std::optional<bool> {
        const auto age = facts.orders[index].click_age_s;
        if (!age || !limit) return std::nullopt;
        return *age < *limit;
      });
}

}  // namespace fairlead::attribution
