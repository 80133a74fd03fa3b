#include "attribution/incrementality/units.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "attribution/models/counter_random.hpp"

namespace fairlead::attribution::incrementality {

namespace {

constexpr std::int64_t ways_counted_max = 1'000'000'000'000'000'000;

// Of one draw: how the outcomes and the treated exposures differ between its arms, per exposure.
struct Statistic {
  double outcome = 0;  // A
  double treated = 0;  // B
};

struct Total {
  double exposure = 0;
  double outcome = 0;
  double treated = 0;  // exposure of units that were in truth treated
};

class UnitTest {
 public:
  explicit UnitTest(std::span<const Unit> units) {
    for (const Unit& unit : units) {
      if (unit.exposure <= 0) continue;
      units_.push_back(unit);
      if (unit.is_held_out) drawn_.push_back(units_.size() - 1);
      all_.exposure += unit.exposure;
      all_.outcome += unit.outcome;
      if (!unit.is_held_out) all_.treated += unit.exposure;
    }
  }
  std::int64_t ways() const {
    return ways_to_draw(static_cast<std::int64_t>(units_.size()),
                        static_cast<std::int64_t>(drawn_.size()));
  }
  Estimate run(std::uint64_t seed, std::int64_t draws_max);

 private:
  Statistic statistic_of(const std::vector<std::size_t>& held_out) const;
  void note(const Statistic& statistic);
  void draw_all();
  void draw_some(std::uint64_t seed, std::int64_t draws);
  Estimate estimate();

  std::vector<Unit> units_;
  std::vector<std::size_t> drawn_;  // what was held out in truth
  Total all_;
  Statistic observed_;
  std::int64_t alike_ = 0;     // draws that tell nothing apart from what was drawn
  std::vector<double> turns_;  // the effect at which each other draw changes sides
  double squares_ = 0;  // Σ over draws of the statistic without the estimated effect, squared
};

Statistic UnitTest::statistic_of(const std::vector<std::size_t>& held_out) const {
  Total out;
  for (const std::size_t i : held_out) {
    const Unit& unit = units_[i];
    out.exposure += unit.exposure;
    out.outcome += unit.outcome;
    if (!unit.is_held_out) out.treated += unit.exposure;
  }
  const double rest = all_.exposure - out.exposure;
  return {(all_.outcome - out.outcome) / rest - out.outcome / out.exposure,
          (all_.treated - out.treated) / rest - out.treated / out.exposure};
}

void UnitTest::note(const Statistic& statistic) {
  constexpr double least = 1e-12;  // what rounding makes of nothing
  const double without_effect = statistic.outcome - observed_.outcome * statistic.treated;
  squares_ += without_effect * without_effect;
  if (1 - statistic.treated < least) {
    ++alike_;
    return;
  }
  const double scale = std::abs(observed_.outcome) + std::abs(statistic.outcome);
  const double gap = observed_.outcome - statistic.outcome;
  turns_.push_back(std::abs(gap) <= least * scale ? 0 : gap / (1 - statistic.treated));
}

// Every set of as many units, in the order of their numbers.
void UnitTest::draw_all() {
  std::vector<std::size_t> set(drawn_.size());
  std::iota(set.begin(), set.end(), 0U);
  for (;;) {
    note(statistic_of(set));
    std::size_t at = set.size();
    while (at > 0 && set[at - 1] == units_.size() - set.size() + at - 1)
      --at;
    if (at == 0) return;
    ++set[at - 1];
    for (std::size_t i = at; i < set.size(); ++i)
      set[i] = set[i - 1] + 1;
  }
}

void UnitTest::draw_some(std::uint64_t seed, std::int64_t draws) {
  ++alike_;  // what was drawn itself
  std::vector<std::size_t> order(units_.size());
  std::vector<std::size_t> set(drawn_.size());
  for (std::int64_t draw = 0; draw < draws; ++draw) {
    std::iota(order.begin(), order.end(), 0U);
    Draws random(seed, static_cast<std::uint64_t>(draw), 0);
    for (std::size_t i = 0; i < set.size(); ++i) {
      const auto left = static_cast<double>(order.size() - i);
      const auto step = static_cast<std::size_t>(random.uniform() * left);
      std::swap(order[i], order[std::min(i + step, order.size() - 1)]);
      set[i] = order[i];
    }
    note(statistic_of(set));
  }
}

Estimate UnitTest::estimate() {
  std::sort(turns_.begin(), turns_.end());
  const auto draws = static_cast<std::int64_t>(turns_.size()) + alike_;
  const auto below = std::upper_bound(turns_.begin(), turns_.end(), 0.0) - turns_.begin();
  const auto above = turns_.end() - std::lower_bound(turns_.begin(), turns_.end(), 0.0);
  Estimate estimate{.value = observed_.outcome, .range = {}};
  estimate.p_value = std::min(
      1.0, 2.0 * static_cast<double>(alike_ + std::min(below, above)) / static_cast<double>(draws));
  estimate.standard_error = std::sqrt(squares_ / static_cast<double>(draws));
  // The first effect that more than a fortieth of the draws does not leave on one side.
  const std::int64_t place = draws / 40 - alike_;
  constexpr double endless = std::numeric_limits<double>::infinity();
  estimate.range = {-endless, endless};
  if (place >= 0 && place < static_cast<std::int64_t>(turns_.size()))
    estimate.range = {turns_[static_cast<std::size_t>(place)],
                      turns_[turns_.size() - 1 - static_cast<std::size_t>(place)]};
  return estimate;
}

Estimate UnitTest::run(std::uint64_t seed, std::int64_t draws_max) {
  observed_ = statistic_of(drawn_);
  if (ways() <= draws_max) {
    draw_all();
  } else {
    draw_some(seed, draws_max);
  }
  return estimate();
}

}  // namespace

std::int64_t ways_to_draw(std::int64_t units, std::int64_t held_out) {
  __extension__ using Wide = unsigned __int128;
  Wide ways = 1;
  const std::int64_t drawn = std::min(held_out, units - held_out);
  for (std::int64_t i = 1; i <= drawn; ++i) {
    ways = ways * static_cast<Wide>(units - drawn + i) / static_cast<Wide>(i);
    if (ways > Wide{ways_counted_max}) return ways_counted_max;
  }
  return drawn < 0 ? 0 : static_cast<std::int64_t>(ways);
}

std::optional<Estimate> difference_over_units(std::span<const Unit> units, std::uint64_t seed,
                                              std::int64_t draws_max) {
  UnitTest test(units);
  if (test.ways() < ways_min) return std::nullopt;
  return test.run(seed, draws_max);
}

}  // namespace fairlead::attribution::incrementality
