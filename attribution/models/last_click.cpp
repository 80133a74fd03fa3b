#include "attribution/models.hpp"

namespace fairlead::attribution {

// The whole order belongs to the last click before it.
std::vector<std::int64_t> weigh_last_click(const Journey& journey) {
  std::vector<std::int64_t> weights(journey.touched_at.size(), 0);
  weights.back() = 1;
  return weights;
}

}  // namespace fairlead::attribution
