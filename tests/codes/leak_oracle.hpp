// How much of a simulated leak could be known at all: the likelihood ratio of somebody who knows
// everything about the code and the leak but whether it leaks and since when. The test of
// leak_test.hpp has to learn all that from the days, so it cannot be asked for more. Pure.
#pragma once

#include <vector>

#include "tests/codes/leak_simulation.hpp"

namespace fairlead::codes {

// log P(the day | the leak of so many days of age) − log P(the day | none), for a day of the code.
double oracle_log_ratio(const SimulatedCode& code, std::size_t day, Leak kind, double rate,
                        std::size_t age);

// By day of the period, the log of the ratio, averaged over all days on which it may have begun.
std::vector<double> trace_oracle_of_any_day(const SimulatedCode& code, Leak kind, double rate);

}  // namespace fairlead::codes
