// Random numbers by name instead of by turn: the number called (seed, row, replicate, draw) is
// always the same, whatever was drawn before, in whichever order and by whichever thread. Philox
// 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011).
// Pure.
#pragma once

#include <array>
#include <cstdint>

namespace fairlead::attribution {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// Poisson counts of a mean that is a whole number from 1 to poisson_table_mean_max, by inversion of
// 32 bits; what they cannot tell apart is rarer than once in four billion.
inline constexpr std::int64_t poisson_table_mean_max = 10;
double poisson_of(std::int64_t mean, std::uint32_t bits);

// The draws of one row of one replicate, one after the other.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t row, std::uint32_t replicate);
  double uniform();  // in (0, 1), 53 bits
  double normal();   // of mean 0 and variance 1
  // How often an event of this mean happens; the sum of n draws of mean 1 is distributed as one of
  // mean n. Up to 10 by inversion, above by Hörmann's transformed rejection ("The transformed
  // rejection method for generating Poisson random variables", 1993, PTRS).
  double poisson(double mean);

 private:
  double small_poisson(double mean);
  double large_poisson(double mean);
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  bool has_half_ = false;
};

}  // namespace fairlead::attribution
