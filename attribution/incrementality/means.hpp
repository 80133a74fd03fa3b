// Two groups of visitors of whom each has brought an amount, mostly none: the difference and the
// ratio of their means. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "attribution/incrementality/estimate.hpp"
#include "attribution/incrementality/rates.hpp"

namespace fairlead::attribution::incrementality {

// Of one group: how many, Σ amounts, Σ amounts². Those who brought nothing only count in `of`.
struct Sums {
  std::int64_t of = 0;  // above 1 in what follows
  double sum = 0;
  double squares = 0;

  void add(double amount) {
    sum += amount;
    squares += amount * amount;
  }
  double mean() const { return sum / static_cast<double>(of); }
  double variance() const;  // unbiased
};

// B. L. Welch, "The generalization of Student's problem when several different population variances
// are involved", Biometrika 34 (1947): t with Satterthwaite's degrees of freedom,
//   (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁−1) + (s₂²/n₂)²/(n₂−1))
// and a standard error that is at least that of the pooled variance of both. Amounts have a long
// tail, and a small arm that happens to have none of it would look surer than it is: with a tenth
// held out, 15 orders of it and no effect, plain Welch finds one in 9 % of the runs. The price is
// an interval that is a little too wide. p is 1 when nobody has brought anything.
Estimate difference_of_means(const Sums& treated, const Sums& held_out);

// m₁/m₂ − 1, its logarithm's variance by the delta method: s₁²/(n₁m₁²) + s₂²/(n₂m₂²), at least
// with the pooled variance. Nothing when one of the means is not above zero.
std::optional<Lift> lift_of_means(const Sums& treated, const Sums& held_out);

}  // namespace fairlead::attribution::incrementality
