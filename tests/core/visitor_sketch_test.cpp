// The sketch's count against the true one, and that merging gives the same as adding.
#include "core/visitor_sketch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace fairlead::core {
namespace {

VisitorSketch sketch_of(std::int64_t from, std::int64_t to) {
  VisitorSketch sketch;
  for (std::int64_t visitor = from; visitor < to; ++visitor)
    sketch.add(visitor);
  return sketch;
}

TEST(VisitorSketch, CountsFewVisitorsExactly) {
  VisitorSketch sketch;
  EXPECT_EQ(sketch.estimate(), 0);
  for (int visitor = 1; visitor <= 256; ++visitor) {
    EXPECT_TRUE(sketch.add(visitor));
    EXPECT_FALSE(sketch.add(visitor));
    EXPECT_EQ(sketch.estimate(), visitor);
  }
  sketch.add(257);
  EXPECT_NEAR(static_cast<double>(sketch.estimate()), 257, 257 * 0.05);
}

// 40 seeds of each size: the root mean square error is the promised one, and the mean is not off.
TEST(VisitorSketch, ErrsAsItsStandardErrorSays) {
  constexpr int seeds = 40;
  for (const int size : {300, 1'000, 5'000, 20'000, 200'000}) {
    double squares = 0;
    double sum = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
      std::mt19937_64 random(static_cast<std::uint64_t>(seed) * 1'000'003);
      VisitorSketch sketch;
      for (int i = 0; i < size; ++i)
        sketch.add(static_cast<std::int64_t>(random()));
      const double error = static_cast<double>(sketch.estimate()) / size - 1;
      squares += error * error;
      sum += error;
    }
    EXPECT_LT(std::sqrt(squares / seeds), 1.3 * visitor_error_ppm / 1e6) << size << " visitors";
    EXPECT_LT(std::abs(sum / seeds), 0.012) << size << " visitors";
  }
}

TEST(VisitorSketch, MergedIsTheSameAsAddedOneByOne) {
  for (const auto& [left, right] :
       {std::pair{100, 100}, std::pair{200, 150}, std::pair{5'000, 10}, std::pair{10, 5'000},
        std::pair{4'000, 6'000}, std::pair{0, 3}, std::pair{3'000, 0}}) {
    VisitorSketch merged = sketch_of(0, left);
    const VisitorSketch other = sketch_of(left / 2, left + right);  // they overlap
    const VisitorSketch whole = sketch_of(0, left + right);
    VisitorSketch from_bytes = merged;
    merged.merge(other);
    EXPECT_EQ(merged, whole) << left << " and " << right;
    EXPECT_TRUE(from_bytes.merge_bytes(other.bytes()));
    EXPECT_EQ(from_bytes, whole) << left << " and " << right;
    EXPECT_EQ(from_bytes.bytes(), whole.bytes());
  }
}

TEST(VisitorSketch, BytesSayEverythingAndAreFew) {
  for (const int size : {0, 1, 256, 257, 100'000}) {
    const VisitorSketch sketch = sketch_of(0, size);
    VisitorSketch again;
    EXPECT_TRUE(again.merge_bytes(sketch.bytes()));
    EXPECT_EQ(again, sketch) << size;
    EXPECT_LE(sketch.bytes().size(), 1'281u);
  }
}

TEST(VisitorSketch, RefusesWhatIsNoSketch) {
  VisitorSketch sketch = sketch_of(0, 3);
  const VisitorSketch before = sketch;
  for (const std::string& bytes :
       {std::string(), std::string("\1abc"), std::string("\2abc"), std::string("\3"),
        std::string("\1\2\0\0\0\1\0\0\0", 9), std::string(1'282, '\2')})
    EXPECT_FALSE(sketch.merge_bytes(bytes));
  EXPECT_EQ(sketch, before);
}

}  // namespace
}  // namespace fairlead::core
