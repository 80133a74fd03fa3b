#include "tests/attribution/signal_simulation.hpp"

#include <algorithm>
#include <cmath>

namespace fairlead::attribution {

namespace {

using Random = std::mt19937_64;
constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t lookback_s = 30 * day_s;

double between(Random& random, double least, double most) {
  return std::uniform_real_distribution<>(least, most)(random);
}
bool chance(Random& random, double share) {
  return std::bernoulli_distribution(share)(random);
}
std::int64_t below(Random& random, std::int64_t bound) {
  return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(random);
}

// What an honest influencer is like.
struct Manner {
  double orders_a_day;
  double burst;         // orders that a post brings
  double days_between;  // posts
  double recorded;      // share of the posts that the brand knows
  double median_s;      // from click to order …
  double spread;        // … of its logarithm
  double slow;          // share of orders by people who think for days
  double at_once;       // share of those who buy within seconds
  double regional;      // share of customers from one city
  std::int64_t city;
  double returning;  // share of orders by a customer of before
  double renamed;    // share of orders by such a customer under another name
};

Manner manner_of(Random& random) {
  return {.orders_a_day = std::exp(between(random, std::log(0.4), std::log(5))),
          .burst = std::exp(between(random, std::log(3), std::log(40))),
          .days_between = between(random, 5, 20),
          .recorded = chance(random, 0.7) ? 1.0 : 0.5,
          .median_s = std::exp(std::normal_distribution<>(std::log(1'500), 0.7)(random)),
          .spread = between(random, 1.0, 1.6),
          .slow = chance(random, 0.12) ? between(random, 0.25, 0.45) : between(random, 0.02, 0.15),
          .at_once = between(random, 0, 0.01),
          .regional = chance(random, 0.2) ? between(random, 0.2, 0.6) : 0.0,
          .city = below(random, 8),
          .returning = between(random, 0.05, 0.25),
          .renamed = between(random, 0.005, 0.05)};
}

// A third to a half of the customers come through a carrier's few networks; a city has forty.
std::string network_of(Random& random, const Manner& manner) {
  if (chance(random, manner.regional))
    return "city " + std::to_string(manner.city) + " " + std::to_string(below(random, 40));
  if (chance(random, 0.4)) {
    const auto rank = static_cast<std::int64_t>(std::exp(between(random, 0, std::log(40))));
    return "carrier " + std::to_string(rank);
  }
  return "home " + std::to_string(below(random, 20'000));
}

std::int64_t time_of(Random& random, const Manner& manner) {
  if (chance(random, manner.at_once)) return 2 + below(random, 30);
  const double seconds =
      chance(random, manner.slow)
          ? std::exp(between(random, std::log(7'200), std::log(static_cast<double>(lookback_s))))
          : std::exp(std::normal_distribution<>(std::log(manner.median_s), manner.spread)(random));
  return std::min(static_cast<std::int64_t>(seconds) + 15, lookback_s);
}

class Life {
 public:
  Life(Random& random, SimulatedBrand& brand, core::InfluencerId influencer)
      : random_(random), brand_(brand), influencer_(influencer), manner_(manner_of(random)) {}

  void live() {
    double next_post = between(random_, 0, manner_.days_between);
    double burst = 0;
    for (std::int64_t day = 0; day < SimulatedBrand::days; ++day) {
      burst *= 0.5;
      for (; next_post < static_cast<double>(day + 1);
           next_post += between(random_, 0.5, 1.5) * manner_.days_between) {
        burst += manner_.burst * std::exp(between(random_, -1, 1)) * 0.5;
        if (chance(random_, manner_.recorded))
          brand_.facts.posts[influencer_].push_back(
              brand_.day(0).plus_seconds(static_cast<std::int64_t>(next_post * day_s)));
      }
      const double mean = manner_.orders_a_day * (day % 7 >= 5 ? 1.3 : 1.0) + burst;
      for (auto orders = poisson(mean); orders > 0; --orders)
        order(day);
    }
  }

  void cheat(Signal way) {
    const double share = between(random_, 0.2, 0.6);
    farm_ = "farm " + std::to_string(influencer_.number);
    for (std::int64_t day = SimulatedBrand::cheating_from; day < SimulatedBrand::days; ++day) {
      if (way == Signal::velocity) {
        if ((day + influencer_.number) % 9 != 0) continue;
        const double burst = between(random_, 20, 60) + 8 * manner_.orders_a_day;
        const std::int64_t from = below(random_, day_s - 3'600);
        for (auto orders = poisson(burst); orders > 0; --orders)
          order(day).placed_at = brand_.day(day).plus_seconds(from + below(random_, 3'600));
        continue;
      }
      // On top of the honest ones.
      for (auto orders = poisson(share / (1 - share) * std::max(1.0, manner_.orders_a_day));
           orders > 0; --orders)
        cheat_once(way, order(day));
    }
  }

 private:
  std::int64_t poisson(double mean) {
    return mean <= 0 ? 0 : std::poisson_distribution<std::int64_t>(mean)(random_);
  }

  SignalOrder& order(std::int64_t day) {
    SignalOrder order;
    order.influencer = influencer_;
    order.deal = core::DealId{influencer_.number};
    order.placed_at = brand_.day(day).plus_seconds(below(random_, day_s));
    order.lookback_s = lookback_s;
    if (!chance(random_, 0.15)) {  // else by a code alone
      order.click_age_s = time_of(random_, manner_);
      order.network = network_of(random_, manner_);
      order.visitor = next_number();
    }
    if (!customers_.empty() && chance(random_, manner_.returning)) {
      const auto& known = customers_[static_cast<std::size_t>(
          below(random_, static_cast<std::int64_t>(customers_.size())))];
      order.customer = known;
    } else {
      order.customer = name();
      customers_.push_back(order.customer);
      order.is_said_to_be_new = chance(random_, 0.5);
    }
    order.customer_email = order.customer + "@";
    if (chance(random_, manner_.renamed) && customers_.size() > 1) {
      order.customer_email = customers_[customers_.size() - 2] + "@";
      order.customer = name();
    }
    brand_.facts.orders.push_back(order);
    return brand_.facts.orders.back();
  }

  void cheat_once(Signal way, SignalOrder& order) {
    if (!order.click_age_s) order.click_age_s = 600;
    if (way == Signal::click_to_order_short) order.click_age_s = 1 + below(random_, 25);
    if (way == Signal::click_to_order_long) order.click_age_s = below(random_, lookback_s);
    if (way == Signal::network_concentration) order.network = farm_;
    if (way == Signal::duplicate_customers) {
      // One of three people, each time under a new name.
      order.customer = name();
      order.customer_email = order.customer + "@";
      order.is_said_to_be_new = true;
      order.visitor = influencer_.number * 1'000 + below(random_, 3);
    }
  }

  std::int64_t next_number() { return std::uniform_int_distribution<std::int64_t>()(random_); }
  std::string name() { return "customer " + std::to_string(next_number()); }

  Random& random_;
  SimulatedBrand& brand_;
  core::InfluencerId influencer_;
  Manner manner_;
  std::vector<std::string> customers_;
  std::string farm_;
};

}  // namespace

SimulatedBrand simulate_brand(std::mt19937_64& random, std::size_t influencers,
                              std::span<const Signal> ways) {
  SimulatedBrand brand;
  brand.facts.from = core::parse_instant("2026-01-01T00:00:00Z").value();
  brand.facts.now = brand.day(SimulatedBrand::days);
  for (std::size_t i = 0; i < influencers; ++i) {
    const core::InfluencerId influencer{static_cast<std::int64_t>(i) + 1};
    Life life(random, brand, influencer);
    life.live();
    if (i < ways.size()) {
      life.cheat(ways[i]);
      brand.cheats[influencer] = ways[i];
    }
  }
  auto& orders = brand.facts.orders;
  std::stable_sort(orders.begin(), orders.end(), [](const SignalOrder& a, const SignalOrder& b) {
    return a.placed_at < b.placed_at;
  });
  for (std::size_t i = 0; i < orders.size(); ++i) {
    orders[i].order = core::OrderId{static_cast<std::int64_t>(i) + 1};
    orders[i].commission = core::CommissionId{static_cast<std::int64_t>(i) + 1};
  }
  return brand;
}

SignalFacts SimulatedBrand::until(std::int64_t days_in_all) const {
  SignalFacts known = facts;
  known.now = day(days_in_all);
  std::erase_if(known.orders,
                [&](const SignalOrder& order) { return order.placed_at >= known.now; });
  for (auto& [influencer, posts] : known.posts)
    std::erase_if(posts, [&](core::Instant post) { return post >= known.now; });
  return known;
}

}  // namespace fairlead::attribution
