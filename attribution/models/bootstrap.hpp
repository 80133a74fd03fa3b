// How sure an estimate is: the same model on journeys drawn again, many times, and between which
// values 95 % of its answers lie.
//
// Journeys are drawn, not touches. Each counts Poisson(1) times in a replicate, by a random number
// that has the replicate's and the row's name (counter_random.hpp), so the order of the rows and
// the threads change nothing. A row of n equal journeys counts Poisson(n) times, which is the same.
// Of their values the sum is kept and the sum of squares: a replicate's value has the mean and the
// variance that drawing each would give, the rest of the shape is a normal one's. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attribution/report_models.hpp"

namespace fairlead::attribution {

// What is drawn of all rows for one replicate, from 0.
std::vector<Tally> draw_tallies(const JourneyPaths& paths, std::uint64_t seed,
                                std::uint32_t replicate);

struct Interval {
  double low = 0;
  double high = 0;
};
// Value number ⌈B·0.025⌉ and ⌈B·0.975⌉ of the sorted B, from 1. At least one value.
Interval percentile_interval(std::vector<double> values);
// Value number ⌈B·ppm/10⁶⌉.
double percentile(std::vector<double> values, std::int64_t ppm);

struct Spread {
  std::vector<Interval> conversions;  // by influencer
  std::vector<Interval> value;
};
// One per estimator; all are asked about the same replicates. A replicate without a conversion
// counts as zero for everybody.
std::vector<Spread> bootstrap(const JourneyPaths& paths, std::span<const Estimator> estimators,
                              std::uint32_t replicates, std::uint64_t seed);

}  // namespace fairlead::attribution
