// More orders at once than ever: scripts and bought orders come in bursts. So do the fans of a good
// post, which is why a time after a known post does not count, and why a brand is only told unless
// it wants more. The past is negative binomial: its own bursts make it expect bursts.
#include <algorithm>
#include <cmath>

#include "attribution/signals/share_test.hpp"
#include "attribution/signals/tails.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t orders_min = 20;  // of the past
constexpr std::int64_t past_days_min = 28;
constexpr std::int64_t burst_orders_min = 8;
constexpr double burst_over_past_max = 1.5;  // times the greatest number of the past
constexpr std::int64_t explained_by_post_s = 2 * 86'400;

// Slots end with the window; the newest `tested` of them are judged by all before them.
struct Scale {
  std::int64_t slot_s;
  std::size_t tested;
};
constexpr Scale scales[] = {{86'400, 2}, {3'600, 48}};

struct Burst {
  double p = 1;
  std::int64_t slot_s = scales[0].slot_s;
  std::int64_t orders = 0;
  double expected = 0;
  core::Instant from;
  core::Instant to;
};

bool is_explained(const std::vector<core::Instant>& posts, core::Instant from, core::Instant to) {
  return std::any_of(posts.begin(), posts.end(), [&](core::Instant post) {
    return post < to && from < post.plus_seconds(explained_by_post_s);
  });
}

struct Past {
  double mean = 0;
  double r = 0;
  double most = 0;
};
Past learn(const std::vector<std::int64_t>& counts, std::size_t tested) {
  const auto slots = static_cast<double>(counts.size() - tested);
  double sum = 0;
  double squares = 0;
  Past past;
  for (std::size_t i = tested; i < counts.size(); ++i) {
    const auto count = static_cast<double>(counts[i]);
    sum += count;
    squares += count * count;
    past.most = std::max(past.most, count);
  }
  past.mean = (sum + 0.5) / slots;
  const double variance = squares / slots - (sum / slots) * (sum / slots);
  const double surplus = variance - past.mean;
  past.r = std::clamp(surplus > 0 ? past.mean * past.mean / surplus : 1e3, 0.05, 1e3);
  return past;
}

// The least likely of the tested slots, times their number.
Burst test_slots(const SignalFacts& facts, const std::vector<std::size_t>& orders,
                 const std::vector<core::Instant>& posts, core::Instant begins,
                 const Scale& scale) {
  const std::int64_t slot = scale.slot_s * 1'000'000;
  const auto slots = static_cast<std::size_t>((facts.now.micros - begins.micros) / slot);
  Burst burst{.slot_s = scale.slot_s};
  if (slots <= scale.tested) return burst;
  std::vector<std::int64_t> counts(slots, 0);  // the newest first
  for (const std::size_t index : orders) {
    const auto at = static_cast<std::size_t>(
        (facts.now.micros - 1 - facts.orders[index].placed_at.micros) / slot);
    if (at < slots) ++counts[at];
  }
  const Past past = learn(counts, scale.tested);
  for (std::size_t i = 0; i < scale.tested; ++i) {
    const core::Instant to = facts.now.plus_micros(-static_cast<std::int64_t>(i) * slot);
    const core::Instant from = to.plus_micros(-slot);
    if (counts[i] < burst_orders_min || is_explained(posts, from, to) ||
        static_cast<double>(counts[i]) < burst_over_past_max * past.most)
      continue;
    const double p =
        static_cast<double>(scale.tested) * negative_binomial_tail(counts[i], past.mean, past.r);
    if (p < burst.p) burst = {p, scale.slot_s, counts[i], past.mean, from, to};
  }
  return burst;
}

SignalFinding find_of(const SignalFacts& facts, core::InfluencerId influencer,
                      const std::vector<std::size_t>& orders) {
  SignalFinding finding{.signal = Signal::velocity,
                        .influencer = influencer,
                        .orders = static_cast<std::int64_t>(orders.size()),
                        .threshold = scales[0].slot_s};
  const core::Instant begins = std::max(facts.from, facts.orders[orders.front()].placed_at);
  const core::Instant past_ends = facts.now.plus_days(-2);
  const auto in_past = std::count_if(orders.begin(), orders.end(), [&](std::size_t index) {
    return facts.orders[index].placed_at < past_ends;
  });
  if (in_past < orders_min || begins.plus_days(past_days_min) > past_ends) return finding;
  static const std::vector<core::Instant> none;
  const auto posts = facts.posts.find(influencer);
  Burst burst;
  for (const Scale& scale : scales) {
    const Burst next =
        test_slots(facts, orders, posts == facts.posts.end() ? none : posts->second, begins, scale);
    if (next.p < burst.p) burst = next;
  }
  finding.verdict = SignalVerdict::normal;
  finding.p = std::min(1.0, burst.p * static_cast<double>(std::size(scales)));
  finding.threshold = burst.slot_s;
  finding.hits = burst.orders;
  finding.expected = burst.expected;
  for (const std::size_t index : orders) {
    const core::Instant at = facts.orders[index].placed_at;
    if (burst.from <= at && at < burst.to) finding.evidence.push_back(index);
  }
  return finding;
}

}  // namespace

std::vector<SignalFinding> find_velocity(const SignalFacts& facts) {
  std::vector<SignalFinding> findings;
  for (const auto& [influencer, orders] : orders_by_influencer(facts))
    findings.push_back(find_of(facts, influencer, orders));
  return findings;
}

}  // namespace fairlead::attribution
