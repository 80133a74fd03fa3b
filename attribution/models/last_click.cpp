// Last click: the whole order belongs to the newest click.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_last_click(const Journey& journey) {
  Weights weights(journey.visits.size(), 0);
  weights.back() = 1;
  return weights;
}

}  // namespace fairlead::attribution
