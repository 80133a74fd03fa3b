#include "attribution/report_models.hpp"

#include <algorithm>

namespace fairlead::attribution {

std::span<const ReportModel> report_models() {
  static constexpr ReportModel table[] = {
      {"markov", prepare_markov,
       "by how much fewer orders would come if every way over an influencer led nowhere"},
      {"shapley", prepare_shapley,
       "each order is shared alike by the different influencers on its journey"},
  };
  return table;
}

std::vector<Tally> tallies_of(const JourneyPaths& paths) {
  std::vector<Tally> tallies;
  tallies.reserve(paths.rows().size());
  for (const PathRow& row : paths.rows())
    tallies.push_back({static_cast<double>(row.conversions), static_cast<double>(row.nulls),
                       static_cast<double>(row.value)});
  return tallies;
}

JourneyCounts count_journeys(const JourneyPaths& paths) {
  JourneyCounts counts;
  for (const PathRow& row : paths.rows()) {
    counts.converting += row.conversions;
    const auto steps = paths.steps(row);
    const bool is_shared =
        std::any_of(steps.begin(), steps.end(), [&](Step step) { return step != steps.front(); });
    if (is_shared) counts.with_two_influencers += row.conversions;
  }
  return counts;
}

std::optional<NotEnoughData> not_enough_data(const JourneyCounts& have) {
  if (have.converting >= journeys_needed.converting &&
      have.with_two_influencers >= journeys_needed.with_two_influencers)
    return std::nullopt;
  return NotEnoughData{have, journeys_needed};
}

}  // namespace fairlead::attribution
