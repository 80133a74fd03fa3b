// First click: the whole order belongs to the oldest click.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_first_click(const Journey& journey) {
  Weights weights(journey.visits.size(), 0);
  weights.front() = 1;
  return weights;
}

}  // namespace fairlead::attribution
