#include "attribution/models/bootstrap.hpp"

#include <algorithm>
#include <cmath>

#include "attribution/models/counter_random.hpp"
#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

double drawn_value(const PathRow& row, double drawn, Draws& draws) {
  const auto count = static_cast<double>(row.conversions);
  const double mean = static_cast<double>(row.value) / count;
  const double squares = row.value_squares - mean * static_cast<double>(row.value);
  if (row.conversions == 1 || squares <= 0) return drawn * mean;
  return std::max(0.0, drawn * mean + std::sqrt(squares) * draws.normal());
}

// By influencer, the values of all replicates.
using Replicates = std::vector<std::vector<double>>;

std::vector<Interval> intervals_of(Replicates& replicates) {
  std::vector<Interval> intervals;
  intervals.reserve(replicates.size());
  for (auto& values : replicates)
    intervals.push_back(percentile_interval(std::move(values)));
  return intervals;
}

}  // namespace

std::vector<Tally> draw_tallies(const JourneyPaths& paths, std::uint64_t seed,
                                std::uint32_t replicate) {
  std::vector<Tally> tallies;
  tallies.reserve(paths.rows().size());
  for (const PathRow& row : paths.rows()) {
    Draws draws(seed, row.fingerprint, replicate);
    Tally tally;
    tally.conversions = draws.poisson(static_cast<double>(row.conversions));
    tally.nulls = draws.poisson(static_cast<double>(row.nulls));
    if (tally.conversions > 0) tally.value = drawn_value(row, tally.conversions, draws);
    tallies.push_back(tally);
  }
  return tallies;
}

double percentile(std::vector<double> values, std::int64_t ppm) {
  CHECK(!values.empty() && ppm > 0 && ppm <= 1'000'000);
  const auto number = (static_cast<std::int64_t>(values.size()) * ppm + 999'999) / 1'000'000;
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(number - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

Interval percentile_interval(std::vector<double> values) {
  const double low = percentile(values, 25'000);
  return {low, percentile(std::move(values), 975'000)};
}

std::vector<Spread> bootstrap(const JourneyPaths& paths, std::span<const Estimator> estimators,
                              std::uint32_t replicates, std::uint64_t seed) {
  std::vector<Replicates> conversions(estimators.size(), Replicates(paths.influencers()));
  std::vector<Replicates> values = conversions;
  for (std::uint32_t replicate = 0; replicate < replicates; ++replicate) {
    const auto tallies = draw_tallies(paths, seed, replicate);
    for (std::size_t model = 0; model < estimators.size(); ++model) {
      const auto estimate = estimators[model](tallies);
      for (std::size_t i = 0; i < paths.influencers(); ++i) {
        conversions[model][i].push_back(estimate ? estimate->conversions[i] : 0);
        values[model][i].push_back(estimate ? estimate->value[i] : 0);
      }
    }
  }
  std::vector<Spread> spreads;
  for (std::size_t model = 0; model < estimators.size(); ++model)
    spreads.push_back({intervals_of(conversions[model]), intervals_of(values[model])});
  return spreads;
}

}  // namespace fairlead::attribution
