// Whether the arms are as large as they were meant to be. When they are not, something takes people
// out of one of them, and no comparison of the rest means anything: A. Fabijan et al., "Diagnosing
// sample ratio mismatch in online controlled experiments", KDD 2019. Pure; any thread.
#pragma once

#include <cstdint>

namespace fairlead::attribution::incrementality {

// The p-value below which sizes count as wrong. Far below 5 %, because it is looked at all the time
// and because a true mismatch of many visitors gives far smaller ones.
inline constexpr double mismatch_p_max = 0.001;

// Pearson's χ² of one degree of freedom against the share meant to be held out, 1 … 999,999 ppm;
// 1 when there is nobody.
double sizes_p_value(std::int64_t treated, std::int64_t held_out, std::int64_t held_out_ppm);

// For units that are drawn one by one, of which there may be few: exact, twice the smaller tail of
// the binomial distribution.
double units_p_value(std::int64_t treated, std::int64_t held_out, std::int64_t held_out_ppm);

}  // namespace fairlead::attribution::incrementality
