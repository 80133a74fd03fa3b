// Linear: every click counts alike, repeats of one influencer included.
#include "attribution/models.hpp"

namespace fairlead::attribution {

Weights weigh_linear(const Journey& journey) {
  return Weights(journey.visits.size(), 1);
}

}  // namespace fairlead::attribution
