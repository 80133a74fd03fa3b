// W-shaped: 30 % each to the first, the last and the first that gave the shopper a code of the
// order, the rest in equal parts to the others. In whole numbers of 1 / (10 (n - 3)). Without such
// a click, or when it is the first or the last, there are two peaks: position.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_w_shaped(const Journey& journey) {
  const auto& visits = journey.visits;
  std::size_t key = 0;
  while (key < visits.size() && !visits[key].gave_code)
    ++key;
  if (key == 0 || key + 1 >= visits.size()) return weigh_position(journey);
  const auto others = static_cast<std::int64_t>(visits.size()) - 3;
  Weights weights(visits.size(), 1);
  if (others > 0) weights.front() = weights[key] = weights.back() = 3 * others;
  return weights;
}

}  // namespace fairlead::attribution
