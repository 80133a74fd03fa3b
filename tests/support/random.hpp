// Randomness of the property tests. The seed is printed, and FAIRLEAD_SEED repeats a run. One
// thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace fairlead::test {

// A new one each time, unless FAIRLEAD_SEED gives it; printed.
inline std::uint32_t random_seed() {
  const char* given = std::getenv("FAIRLEAD_SEED");
  const auto seed = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given))
                                     : std::uint32_t{std::random_device{}()};
  std::printf("seed: FAIRLEAD_SEED=%u\n", seed);
  return seed;
}

class Random {
 public:
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  // Any length of number is equally likely, and the edges come up often: that is where sums break.
  std::int64_t any_integer() {
    switch (between(0, 9)) {
      case 0:
        return std::numeric_limits<std::int64_t>::min() + between(0, 3);
      case 1:
        return std::numeric_limits<std::int64_t>::max() - between(0, 3);
      case 2:
        return between(-3, 3);
      default:
        break;
    }
    const auto bits = static_cast<std::uint64_t>(between(0, 63));
    const auto magnitude = static_cast<std::int64_t>(engine_() >> (63 - bits) >> 1);
    return between(0, 1) == 0 ? magnitude : -magnitude;
  }
  std::string bytes(std::int64_t count) {
    std::string text;
    for (std::int64_t i = 0; i < count; ++i)
      text += static_cast<char>(between(0, 255));
    return text;
  }

 private:
  std::mt19937_64 engine_{random_seed()};
};

}  // namespace fairlead::test
