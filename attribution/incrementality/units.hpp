// Arms that are made of whole units (countries, windows of time): the units are what was drawn, so
// they are what is compared, however many clicks each has. Pure; any thread.
//
// The test is that of the draw itself (R. A. Fisher, "The design of experiments", 1935): were there
// no effect, every unit would have sold the same in either arm, so all other draws of as many
// held-out units show what chance does, whatever the units' sizes, spreads or trends are. It needs
// no large numbers and no independence from one window to the next. For units of time see I.
// Bojinov, D. Simchi-Levi and J. Zhao, "Design and analysis of switchback experiments", Management
// Science 69 (2023).
//
// The statistic is the difference of the arms' rates, Σ outcome / Σ exposure each. The interval
// holds every constant effect per click that this test does not refuse (P. R. Rosenbaum,
// "Observational studies", 2002, section 2.4). Under an effect τ the statistic of a draw is
// A − τB, A that of the outcomes and B that of the treated exposures, with B = 1 for what was drawn
// and below 1 for every other draw; so each draw changes sides at one τ, (A₀ − A)/(1 − B), and the
// limits are two of these in order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "attribution/incrementality/estimate.hpp"

namespace fairlead::attribution::incrementality {

struct Unit {
  double exposure = 0;  // clicks; not changed by the treatment. Units without any do not count
  double outcome = 0;
  bool is_held_out = false;
};

// In how many ways as many of the units can be held out, 10¹⁸ at most.
std::int64_t ways_to_draw(std::int64_t units, std::int64_t held_out);
// So many it takes for a p-value of 5 % to exist, and with it an interval.
inline constexpr std::int64_t ways_min = 40;

// All draws when there are no more than `draws_max`, else so many by the seed, and then the p-value
// counts what was drawn as one more (B. Phipson and G. K. Smyth, "Permutation p-values should never
// be zero", 2010). Nothing below ways_min. `draws_max` at least 39.
std::optional<Estimate> difference_over_units(std::span<const Unit> units, std::uint64_t seed,
                                              std::int64_t draws_max = 4'999);

}  // namespace fairlead::attribution::incrementality
