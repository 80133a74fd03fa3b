#include "core/discoveries.hpp"

#include <gtest/gtest.h>

namespace fairlead::core {
namespace {

// The example of Benjamini and Hochberg (JRSS B 57, 1995), section 4: 15 p-values; the four
// smallest are discoveries at 0.05.
TEST(Discoveries, AreThoseOfBenjaminiAndHochberg) {
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0};
  const auto q = adjust_for_discoveries(p);
  std::size_t found = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (q[i] <= 0.05) ++found;
    EXPECT_GE(q[i], p[i]);
  }
  EXPECT_EQ(found, 4u);
  EXPECT_NEAR(q[0], 0.0015, 1e-12);
  EXPECT_NEAR(q[3], 0.035625, 1e-12);
  EXPECT_NEAR(q[14], 1, 1e-12);
}

TEST(Discoveries, AdjustmentKeepsTheOrderGivenAndIsNeverLessForALargerP) {
  const auto q = adjust_for_discoveries(std::vector<double>{0.04, 0.001, 0.03});
  EXPECT_NEAR(q[0], 0.04, 1e-12);
  EXPECT_NEAR(q[1], 0.003, 1e-12);
  EXPECT_NEAR(q[2], 0.04, 1e-12);
  EXPECT_TRUE(adjust_for_discoveries({}).empty());
}

}  // namespace
}  // namespace fairlead::core
