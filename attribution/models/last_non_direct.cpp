// Last non-direct click: the newest visit that did not come by itself; when all did, the newest.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_last_non_direct(const Journey& journey) {
  const auto& visits = journey.visits;
  std::size_t at = visits.size() - 1;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    if (!visits[i].is_direct) at = i;
  }
  Weights weights(visits.size(), 0);
  weights[at] = 1;
  return weights;
}

}  // namespace fairlead::attribution
