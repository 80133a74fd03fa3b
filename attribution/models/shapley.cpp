// Shapley: an influencer's part of what all of them brought together, over every order in which
// they could have joined.
//
// The worth of a set of influencers is the number of orders whose journey lies within the set. Then
// the value has a closed form: each order is shared alike by the different influencers on its
// journey (Zhao, Mahboobi and Bagheri 2018, "simplified"). One pass, exact for any number of them,
// and additive over orders; the sum over all 2ⁿ sets is the oracle of the tests. Touching again
// changes nothing.
//
// Ordered: the touches of one influencer on a journey share its part alike, each at its place.
#include <algorithm>
#include <map>
#include <numeric>

#include "attribution/report_models.hpp"

namespace fairlead::attribution {

namespace {

// The different influencers of each row, one row after the other.
struct Members {
  std::vector<Step> steps;
  std::vector<std::size_t> ends;  // one per row
};

// Journeys are short, so looking back is quicker than sorting.
void append_distinct(std::span<const Step> path, std::vector<Step>& steps) {
  const auto begin = steps.size();
  for (const Step step : path) {
    const auto from = steps.begin() + static_cast<std::ptrdiff_t>(begin);
    if (std::find(from, steps.end(), step) == steps.end()) steps.push_back(step);
  }
}

Members members_of(const JourneyPaths& paths) {
  Members members;
  members.ends.reserve(paths.rows().size());
  for (const PathRow& row : paths.rows()) {
    append_distinct(paths.steps(row), members.steps);
    members.ends.push_back(members.steps.size());
  }
  return members;
}

}  // namespace

Estimator prepare_shapley(const JourneyPaths& paths, int) {
  return [members = members_of(paths), influencers = paths.influencers()](
             std::span<const Tally> tallies) -> std::optional<Estimate> {
    Estimate estimate{std::vector<double>(influencers), std::vector<double>(influencers)};
    double conversions = 0;
    std::size_t begin = 0;
    for (std::size_t row = 0; row < tallies.size(); ++row) {
      const std::size_t end = members.ends[row];
      const auto count = static_cast<double>(end - begin);
      conversions += tallies[row].conversions;
      for (; begin < end; ++begin) {
        estimate.conversions[members.steps[begin]] += tallies[row].conversions / count;
        estimate.value[members.steps[begin]] += tallies[row].value / count;
      }
    }
    if (conversions == 0) return std::nullopt;
    return estimate;
  };
}

std::vector<PlaceShare> ordered_shapley(const JourneyPaths& paths, std::uint32_t places_max) {
  std::map<std::pair<Step, std::uint32_t>, StepShare> sums;
  std::vector<Step> distinct;
  for (const PathRow& row : paths.rows()) {
    const auto steps = paths.steps(row);
    distinct.clear();
    append_distinct(steps, distinct);
    for (std::uint32_t i = 0; i < row.length; ++i) {
      const auto same = std::count(steps.begin(), steps.end(), steps[i]);
      const double parts = static_cast<double>(distinct.size()) * static_cast<double>(same);
      StepShare& sum = sums[{steps[i], std::min(i + 1, places_max)}];
      sum.conversions += static_cast<double>(row.conversions) / parts;
      sum.value += static_cast<double>(row.value) / parts;
    }
  }
  std::vector<PlaceShare> shares;
  shares.reserve(sums.size());
  for (const auto& [key, sum] : sums)
    shares.push_back({key.first, key.second, sum.conversions, sum.value});
  return shares;
}

}  // namespace fairlead::attribution
