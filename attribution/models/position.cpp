// Position (U-shaped): 40 % to the first, 40 % to the last, the rest in equal parts to those
// between. In whole numbers of 1 / (5 (n - 2)); of two clicks each has half.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_position(const Journey& journey) {
  const auto count = static_cast<std::int64_t>(journey.visits.size());
  Weights weights(journey.visits.size(), 1);
  if (count <= 2) return weights;
  weights.front() = weights.back() = 2 * (count - 2);
  return weights;
}

}  // namespace fairlead::attribution
