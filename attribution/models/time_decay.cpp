// Time decay: a click counts half as much for every half-life that it is older than the newest.
//
// Weights are ⌊2³² · 2^(−Δ/h) + ½⌋ with Δ the time before the newest click, so that journeys of any
// age come out alike and nothing underflows together; 33 half-lives before it, nothing is left.
// Stored beside each touchpoint: a recount divides the integers that were booked.
#include <cmath>

#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_time_decay(const Journey& journey) {
  constexpr double one = 4'294'967'296.0;
  constexpr double microseconds_per_day = 86'400e6;
  const double half_life = static_cast<double>(journey.half_life_days) * microseconds_per_day;
  Weights weights;
  for (const Visit& visit : journey.visits) {
    const auto before = journey.visits.back().at.micros - visit.at.micros;
    weights.push_back(std::llround(one * std::exp2(-static_cast<double>(before) / half_life)));
  }
  return weights;
}

}  // namespace fairlead::attribution
