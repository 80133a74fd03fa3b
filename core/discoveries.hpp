// Many tests at once: how much of what they call found is found by chance. Pure; any thread.
#pragma once

#include <span>
#include <vector>

namespace fairlead::core {

// Benjamini and Hochberg's adjusted p-values, in the order given (JRSS B 57(1), 1995): whoever
// calls those found that are at most q has, on average, at most the share q of false ones among
// them, when the tests are independent or positively dependent. On p-values made of e-values this
// is the procedure e-BH, which holds its rate under any dependence (Wang, Ramdas, "False discovery
// rate control with e-values", JRSS B 84(3), 2022). The e-values must be those of the moment: for
// running maxima it does not hold (Tavyrikov, Goeman, de Heide, arXiv:2501.19360).
std::vector<double> adjust_for_discoveries(std::span<const double> p_values);

}  // namespace fairlead::core
