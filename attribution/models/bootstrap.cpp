#include "attribution/models/bootstrap.hpp"

#include <algorithm>
#include <array>
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

// Four replicates at once: one call of philox gives a number for each.
constexpr std::uint32_t block_size = 4;
using Block = std::array<std::vector<Tally>, block_size>;
// Where in the row's numbers the block's are; Draws counts from 0.
enum : std::uint32_t { of_conversions = 0x80000000, of_nulls = 0x80000001 };

class BlockDraws {
 public:
  BlockDraws(std::uint64_t seed, std::uint32_t block)
      : seed_(seed),
        key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
        block_(block) {}

  std::array<double, block_size> counts(const PathRow& row, std::int64_t mean,
                                        std::uint32_t what) const {
    std::array<double, block_size> drawn{};
    if (mean == 0) return drawn;
    if (mean > poisson_table_mean_max) {
      for (std::uint32_t i = 0; i < block_size; ++i)
        drawn[i] = Draws(seed_, row.fingerprint ^ what, block_ * block_size + i)
                       .poisson(static_cast<double>(mean));
      return drawn;
    }
    const auto bits = philox({static_cast<std::uint32_t>(row.fingerprint),
                              static_cast<std::uint32_t>(row.fingerprint >> 32), block_, what},
                             key_);
    for (std::uint32_t i = 0; i < block_size; ++i)
      drawn[i] = poisson_of(mean, bits[i]);
    return drawn;
  }

  Draws of(const PathRow& row, std::uint32_t replicate) const {
    return {seed_, row.fingerprint, block_ * block_size + replicate};
  }

 private:
  std::uint64_t seed_;
  std::array<std::uint32_t, 2> key_;
  std::uint32_t block_;
};

Block draw_block(const JourneyPaths& paths, std::uint64_t seed, std::uint32_t number) {
  const BlockDraws block(seed, number);
  Block tallies;
  for (auto& each : tallies)
    each.resize(paths.rows().size());
  std::size_t at = 0;
  for (const PathRow& row : paths.rows()) {
    const auto conversions = block.counts(row, row.conversions, of_conversions);
    const auto nulls = block.counts(row, row.nulls, of_nulls);
    for (std::uint32_t i = 0; i < block_size; ++i) {
      Tally& tally = tallies[i][at];
      tally.conversions = conversions[i];
      tally.nulls = nulls[i];
      if (conversions[i] == 0) continue;
      Draws draws = block.of(row, i);
      tally.value = drawn_value(row, conversions[i], draws);
    }
    ++at;
  }
  return tallies;
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
  return draw_block(paths, seed, replicate / block_size)[replicate % block_size];
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
  Block block;
  for (std::uint32_t replicate = 0; replicate < replicates; ++replicate) {
    if (replicate % block_size == 0) block = draw_block(paths, seed, replicate / block_size);
    const auto& tallies = block[replicate % block_size];
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
