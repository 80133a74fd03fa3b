#include "attribution/models/counter_random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/log_gamma.hpp"

namespace fairlead::attribution {

namespace {

constexpr double inversion_mean_max = 10;

// P(at most so many events) · 2³², up to where it is all of it.
using Bounds = std::array<std::uint32_t, 64>;
std::array<Bounds, poisson_table_mean_max + 1> make_bounds() {
  std::array<Bounds, poisson_table_mean_max + 1> made{};
  for (std::size_t mean = 1; mean < made.size(); ++mean) {
    double chance = std::exp(-static_cast<double>(mean));
    double sum = 0;
    for (std::size_t count = 0; count < made[mean].size(); ++count) {
      sum += chance;
      made[mean][count] = static_cast<std::uint32_t>(std::min(sum * 0x1p32, 0x1p32 - 1));
      chance *= static_cast<double>(mean) / static_cast<double>(count + 1);
    }
    made[mean].back() = UINT32_MAX;
  }
  return made;
}
const auto bounds = make_bounds();

double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 21) ^ (low >> 11);
  return (static_cast<double>(bits) + 0.5) * 0x1p-53;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xd2511f53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xcd9e8d57} * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(first)};
    key[0] += 0x9e3779b9;
    key[1] += 0xbb67ae85;
  }
  return counter;
}

Draws::Draws(std::uint64_t seed, std::uint64_t row, std::uint32_t replicate)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), replicate,
               0} {}

double Draws::uniform() {
  if (has_half_) {
    has_half_ = false;
    return unit(block_[2], block_[3]);
  }
  block_ = philox(counter_, key_);
  ++counter_[3];
  has_half_ = true;
  return unit(block_[0], block_[1]);
}

double Draws::normal() {
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double poisson_of(std::int64_t mean, std::uint32_t bits) {
  const Bounds& own = bounds[static_cast<std::size_t>(mean)];
  std::size_t count = 0;
  while (bits > own[count])
    ++count;
  return static_cast<double>(count);
}

double Draws::poisson(double mean) {
  if (mean <= 0) return 0;
  return mean <= inversion_mean_max ? small_poisson(mean) : large_poisson(mean);
}

double Draws::small_poisson(double mean) {
  double count = 0;
  double chance = std::exp(-mean);
  // Of at most 10 expected events, more than 99 come once in 10⁶⁰ draws.
  for (double rest = uniform() - chance; rest > 0 && count < 99; rest -= chance)
    chance *= mean / ++count;
  return count;
}

double Draws::large_poisson(double mean) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform() - 0.5;
    const double v = uniform();
    const double us = 0.5 - std::abs(u);
    const double count = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <=
        count * std::log(mean) - mean - core::log_gamma(count + 1))
      return count;
  }
}

}  // namespace fairlead::attribution
