#include "attribution/signals/share_test.hpp"

#include <algorithm>
#include <numeric>

#include "attribution/signals/tails.hpp"

namespace fairlead::attribution {

namespace {

// The correlation of two orders of one influencer: 0, all influencers are alike; 1, each has the
// sign always or never. From few influencers one cannot learn that they are alike.
constexpr double correlation_min = 0.02;
constexpr double correlation_max = 0.5;
constexpr std::size_t left_out_of = 8;

constexpr double windows = 2;

double share_of(const Hits& hits) {
  return static_cast<double>(hits.hits) / static_cast<double>(hits.trials);
}

}  // namespace

void ShareTest::Sums::add(const Hits& one, double sign) {
  const auto n = static_cast<double>(one.trials);
  const auto h = static_cast<double>(one.hits);
  influencers += sign;
  trials += sign * n;
  trials_squared += sign * n * n;
  hits += sign * h;
  hits_squared_by_trials += sign * h * h / n;
}

ShareTest::ShareTest(const std::vector<Hits>& of_influencers)
    : all_(of_influencers), is_counted_(of_influencers.size(), false) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].trials >= trials_of_other_min) others.push_back(i);
  }
  std::stable_sort(others.begin(), others.end(), [this](std::size_t a, std::size_t b) {
    return share_of(all_[a]) < share_of(all_[b]);
  });
  others.resize(others.size() - others.size() / left_out_of);
  for (const std::size_t other : others) {
    is_counted_[other] = true;
    sums_.add(all_[other], 1);
  }
}

ShareTest::Weighed ShareTest::weigh(std::size_t influencer) const {
  const Hits& own = all_[influencer];
  Sums others = sums_;
  if (is_counted_[influencer]) others.add(own, -1);
  if (own.trials < own_trials_min || others.influencers < static_cast<double>(others_min) ||
      others.trials < static_cast<double>(trials_of_others_min))
    return {};
  // Half a hit more than were seen: a share of 0 is never known.
  const double mean = (others.hits + 0.5) / (others.trials + 1);
  const double spread = others.hits_squared_by_trials - 2 * mean * others.hits +
                        mean * mean * others.trials;  // Σ n (share − mean)²
  // The moments' estimate of a beta-binomial's correlation (Ridout, Demétrio, Firth, "Estimating
  // intraclass correlation for binary data", Biometrics 55(1), 1999).
  const double degrees = others.influencers - 1;
  const double correlation =
      std::clamp((spread / (mean * (1 - mean)) - degrees) /
                     (others.trials - others.trials_squared / others.trials - degrees),
                 correlation_min, correlation_max);
  const double size = 1 / correlation - 1;
  return {true, mean, beta_binomial_tail(own.hits, own.trials, mean * size, (1 - mean) * size)};
}

std::vector<SignalFinding> find_by_share(const SignalFacts& facts, SignalFinding blank,
                                         const std::map<core::InfluencerId, Signs>& signs) {
  const core::Instant recent = facts.now.plus_days(-recent_days);
  const auto since = [&](const std::vector<std::size_t>& orders, core::Instant from) {
    return std::lower_bound(
        orders.begin(), orders.end(), from,
        [&](std::size_t index, core::Instant at) { return facts.orders[index].placed_at < at; });
  };
  std::vector<SignalFinding> findings;
  for (const auto& [influencer, own] : signs) {
    findings.push_back(blank);
    findings.back().influencer = influencer;
    findings.back().orders = static_cast<std::int64_t>(own.with.size() + own.without.size());
  }
  for (const core::Instant from : {facts.from, recent}) {
    std::vector<Hits> hits;
    for (const auto& [influencer, own] : signs) {
      const auto with = own.with.end() - since(own.with, from);
      hits.push_back({with, with + (own.without.end() - since(own.without, from))});
    }
    const ShareTest test(hits);
    auto own = signs.begin();
    for (std::size_t i = 0; i < findings.size(); ++i, ++own) {
      const auto weighed = test.weigh(i);
      SignalFinding& finding = findings[i];
      const double p = std::min(1.0, windows * weighed.p);
      if (!weighed.has_enough || (finding.verdict == SignalVerdict::normal && p >= finding.p))
        continue;
      finding.verdict = SignalVerdict::normal;
      finding.orders = hits[i].trials;
      finding.hits = hits[i].hits;
      finding.expected = weighed.expected_share * static_cast<double>(finding.orders);
      finding.p = p;
      finding.evidence.assign(since(own->second.with, from), own->second.with.end());
    }
  }
  return findings;
}

std::map<core::InfluencerId, std::vector<std::size_t>> orders_by_influencer(
    const SignalFacts& facts) {
  std::map<core::InfluencerId, std::vector<std::size_t>> by_influencer;
  for (std::size_t i = 0; i < facts.orders.size(); ++i)
    by_influencer[facts.orders[i].influencer].push_back(i);
  return by_influencer;
}

}  // namespace fairlead::attribution
