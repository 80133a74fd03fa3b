// The models people are paid by, over the same journeys as the report's, so that all stand side by
// side. Here every touch is on the journey, a code as its last one; what is really paid also
// follows the campaign's precedence.
#include "attribution/models.hpp"
#include "attribution/report_models.hpp"

namespace fairlead::attribution {

namespace {

void add_shares(const JourneyPaths& paths, const PathRow& row, const Weights& weights,
                Estimate& estimate) {
  double sum = 0;
  for (const std::int64_t weight : weights)
    sum += static_cast<double>(weight);
  const auto steps = paths.steps(row);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double share = static_cast<double>(weights[i]) / sum;
    estimate.conversions[steps[i]] += share * static_cast<double>(row.conversions);
    estimate.value[steps[i]] += share * static_cast<double>(row.value);
  }
}

}  // namespace

Estimate rule_totals(const Model& model, const JourneyPaths& paths) {
  Estimate estimate{std::vector<double>(paths.influencers()),
                    std::vector<double>(paths.influencers())};
  std::vector<Visit> visits;
  for (const PathRow& row : paths.rows()) {
    const auto steps = paths.steps(row);
    if (model.weigh == weigh_time_decay) {
      const auto shares = paths.time_shares(row);
      for (std::size_t i = 0; i < shares.size(); ++i) {
        estimate.conversions[steps[i]] += shares[i].conversions;
        estimate.value[steps[i]] += shares[i].value;
      }
      continue;
    }
    visits.assign(steps.size(), Visit{});
    if (row.key > 0) visits[row.key].gave_code = true;
    add_shares(paths, row, model.weigh(Journey{visits, {}}), estimate);
  }
  return estimate;
}

void add_time_shares(const Journey& journey, double value, std::span<StepShare> shares) {
  const Weights weights = weigh_time_decay(journey);
  double sum = 0;
  for (const std::int64_t weight : weights)
    sum += static_cast<double>(weight);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    shares[i].conversions += static_cast<double>(weights[i]) / sum;
    shares[i].value += value * static_cast<double>(weights[i]) / sum;
  }
}

}  // namespace fairlead::attribution
