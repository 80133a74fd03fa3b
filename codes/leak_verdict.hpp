// What is said about a code on the evidence of leak_test.hpp: p, q, a verdict, and how many uses
// were leaked. Pure; any thread. Numbers are double, because they are estimates; money is not here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "codes/leak_test.hpp"

namespace fairlead::codes {

// min(1, 1 / E): valid at any time of looking.
double p_value_of(double e_value);

enum class LeakVerdict : std::uint8_t { too_few, normal, watch, likely_leak };
std::string_view name_of(LeakVerdict verdict);  // frozen

struct LeakLevels {
  double p_max = 0.01;  // the chance of a false alarm of one code in one period
  double q_max = 0.1;   // the share of false alarms among all codes called likely_leak
};
inline constexpr std::int64_t leak_uses_min = 8;  // fewer known uses in the period: too_few
// likely_leak: p ≤ p_max and q ≤ q_max. watch: p ≤ 5 × p_max. A code with few uses can be neither.
LeakVerdict judge_leak(double p, double q, std::int64_t known_uses, const LeakLevels& levels = {});

struct Interval {
  double low = 0;
  double high = 1;
};
// Wilson's 95 % interval of a share (JASA 22, 1927); 0 … 1 when nothing was tried.
Interval interval_of(const Share& share);

// How many of the cold uses since a leak began are the leak's: those beyond what the warm ones and
// the expected share explain, cold − warm × c / (1 − c). 95 % interval by the delta method from the
// spread of both counts and of the baseline's share; all within 0 … cold uses.
struct LeakedUses {
  double estimate = 0;
  Interval interval;
};
LeakedUses estimate_leaked(const Share& since, const Share& baseline, double cold_share_expected);

}  // namespace fairlead::codes
