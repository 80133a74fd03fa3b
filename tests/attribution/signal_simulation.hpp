// Brands whose truth is known: influencers who differ in what they sell, to whom and when, and
// some who cheat in one way each. The same seed gives the same brand. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>

#include "attribution/signals.hpp"

namespace fairlead::attribution {

struct SimulatedBrand {
  static constexpr std::int64_t days = 90;
  static constexpr std::int64_t cheating_from = 60;  // a day; before it all are honest
  SignalFacts facts;                                 // of all days
  std::map<core::InfluencerId, Signal> cheats;       // by whom, how
  core::Instant day(std::int64_t number) const { return facts.from.plus_days(number); }
  SignalFacts until(std::int64_t day) const;  // what is known at the end of that many days
};

// The first influencers cheat, one in each way of `ways`.
SimulatedBrand simulate_brand(std::mt19937_64& random, std::size_t influencers,
                              std::span<const Signal> ways);

}  // namespace fairlead::attribution
