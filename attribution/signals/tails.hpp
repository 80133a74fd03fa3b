// Upper tails of the counting distributions that the signals use: the chance of x or more. Sums of
// exact terms, so they hold far out, where approximations do not. Pure; any thread.
#pragma once

#include <cstdint>

namespace fairlead::attribution {

// Of n trials whose chance is beta(a, b) distributed; a, b > 0.
double beta_binomial_tail(std::int64_t x, std::int64_t n, double a, double b);
// Marked ones among `draws` of `all`, of which `marked` are marked, without putting back.
double hypergeometric_tail(std::int64_t x, std::int64_t draws, std::int64_t marked,
                           std::int64_t all);
// Events of that mean > 0 whose variance is mean + mean² / r; r > 0.
double negative_binomial_tail(std::int64_t x, double mean, double r);

}  // namespace fairlead::attribution
