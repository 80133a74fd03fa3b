// Whether an influencer has a sign in more orders than the brand's other influencers let expect.
// Pure; any thread.
//
// Influencers differ: one sells on impulse, the next to people who think for a week. So the others'
// shares are not one share but a beta distribution, fitted by moments, and an influencer of whom
// nothing is wrong has a beta-binomial number of hits. A few of the others may be cheating too and
// must not hide each other: the highest eighth of the shares is left out.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "attribution/signals.hpp"

namespace fairlead::attribution {

struct Hits {
  std::int64_t hits = 0;
  std::int64_t trials = 0;
};

class ShareTest {
 public:
  static constexpr std::int64_t own_trials_min = 20;
  static constexpr std::int64_t others_min = 5;  // with at least …
  static constexpr std::int64_t trials_of_other_min = 10;
  // Without a hit in 300 the share is below 1 % (the rule of three).
  static constexpr std::int64_t trials_of_others_min = 300;

  explicit ShareTest(const std::vector<Hits>& of_influencers);

  struct Weighed {
    bool has_enough = false;
    double expected_share = 0;
    double p = 1;
  };
  Weighed weigh(std::size_t influencer) const;

 private:
  struct Sums {
    double influencers = 0;
    double trials = 0;
    double trials_squared = 0;
    double hits = 0;
    double hits_squared_by_trials = 0;
    void add(const Hits& hits, double sign);
  };

  std::vector<Hits> all_;
  std::vector<bool> is_counted_;  // among the others
  Sums sums_;
};

// The orders of each influencer, as indices of facts.orders.
std::map<core::InfluencerId, std::vector<std::size_t>> orders_by_influencer(
    const SignalFacts& facts);

// Findings by the indices of the orders that have the sign and of those that have it not; orders of
// which it cannot be known are in neither. Judged twice, over the whole window and over its last
// days alone, because who begins to cheat is hidden for long behind an honest past; the less likely
// of the two counts, at twice its p.
struct Signs {
  std::vector<std::size_t> with;
  std::vector<std::size_t> without;
};
inline constexpr std::int64_t recent_days = 30;
std::vector<SignalFinding> find_by_share(const SignalFacts& facts, SignalFinding blank,
                                         const std::map<core::InfluencerId, Signs>& signs);

// The same of a sign that has_sign(index) knows, or not (nullopt).
template <class HasSign>
std::vector<SignalFinding> find_by_share(const SignalFacts& facts, SignalFinding blank,
                                         HasSign has_sign) {
  std::map<core::InfluencerId, Signs> signs;
  for (std::size_t i = 0; i < facts.orders.size(); ++i) {
    Signs& own = signs[facts.orders[i].influencer];
    const std::optional<bool> sign = has_sign(i);
    if (sign) (*sign ? own.with : own.without).push_back(i);
  }
  return find_by_share(facts, std::move(blank), signs);
}

}  // namespace fairlead::attribution
