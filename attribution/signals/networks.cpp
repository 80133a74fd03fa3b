// Too many customers from one network: a click farm, an office, one person with many names. A
// carrier's network has customers of everybody, so the question is whether this influencer has more
// there than a share of all: if orders did not care whose they are, the number would be
// hypergeometric. A customer counts once for each network. Judged over the whole window and over
// its last days, as share_test.hpp says.
#include <algorithm>
#include <set>
#include <tuple>

#include "attribution/signals/share_test.hpp"
#include "attribution/signals/tails.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t own_min = 20;
constexpr std::int64_t others_min = 300;  // as of ShareTest
constexpr std::int64_t influencers_min = 5;
constexpr std::int64_t customers_min = 5;  // of one network
constexpr std::int64_t one_in = 10;        // and at least this part of the influencer's

struct Counts {
  std::map<core::InfluencerId, std::map<std::string, std::int64_t>> by_influencer;
  std::map<std::string, std::int64_t> by_network;
  std::int64_t all = 0;
};

Counts count_customers(const SignalFacts& facts, core::Instant from) {
  Counts counts;
  std::set<std::tuple<core::InfluencerId, std::string_view, std::string_view>> seen;
  for (const SignalOrder& order : facts.orders) {
    auto& own = counts.by_influencer[order.influencer];
    if (order.network.empty() || order.placed_at < from) continue;
    if (!order.customer.empty() &&
        !seen.emplace(order.influencer, order.network, order.customer).second)
      continue;
    ++own[order.network];
    ++counts.by_network[order.network];
    ++counts.all;
  }
  return counts;
}

struct Busiest {
  SignalFinding finding;
  std::string network;
  core::Instant from;
};

// The least likely of an influencer's networks, times their number.
Busiest find_busiest(const Counts& counts, core::InfluencerId influencer, core::Instant from) {
  Busiest busiest{.finding = {.signal = Signal::network_concentration, .influencer = influencer},
                  .network = "",
                  .from = from};
  SignalFinding& finding = busiest.finding;
  const auto& networks = counts.by_influencer.at(influencer);
  for (const auto& [network, customers] : networks)
    finding.orders += customers;
  finding.threshold = std::max(customers_min, (finding.orders + one_in - 1) / one_in);
  if (finding.orders < own_min || counts.all - finding.orders < others_min ||
      static_cast<std::int64_t>(counts.by_influencer.size()) <= influencers_min)
    return busiest;
  finding.verdict = SignalVerdict::normal;
  for (const auto& [network, customers] : networks) {
    if (customers < finding.threshold) continue;
    const std::int64_t there = counts.by_network.at(network);
    const double p = static_cast<double>(networks.size()) *
                     hypergeometric_tail(customers, finding.orders, there, counts.all);
    if (p >= finding.p) continue;
    finding.p = p;
    finding.hits = customers;
    finding.expected = static_cast<double>(there) * static_cast<double>(finding.orders) /
                       static_cast<double>(counts.all);
    busiest.network = network;
  }
  return busiest;
}

}  // namespace

std::vector<SignalFinding> find_networks(const SignalFacts& facts) {
  std::map<core::InfluencerId, Busiest> busiest;
  const core::Instant windows[] = {facts.from, facts.now.plus_days(-recent_days)};
  for (const core::Instant from : windows) {
    const Counts counts = count_customers(facts, from);
    for (const auto& [influencer, networks] : counts.by_influencer) {
      Busiest next = find_busiest(counts, influencer, from);
      next.finding.p = std::min(1.0, static_cast<double>(std::size(windows)) * next.finding.p);
      const auto [known, is_first] = busiest.try_emplace(influencer, next);
      const bool is_judged = next.finding.verdict == SignalVerdict::normal;
      const bool was_judged = known->second.finding.verdict == SignalVerdict::normal;
      if (!is_first && is_judged && (!was_judged || next.finding.p < known->second.finding.p))
        known->second = std::move(next);
    }
  }
  for (std::size_t i = 0; i < facts.orders.size(); ++i) {
    const SignalOrder& order = facts.orders[i];
    Busiest& own = busiest.at(order.influencer);
    if (!own.network.empty() && order.network == own.network && order.placed_at >= own.from)
      own.finding.evidence.push_back(i);
  }
  std::vector<SignalFinding> findings;
  for (auto& [influencer, own] : busiest)
    findings.push_back(std::move(own.finding));
  return findings;
}

}  // namespace fairlead::attribution
