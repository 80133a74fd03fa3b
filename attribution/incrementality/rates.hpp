// Two groups of visitors of whom each has ordered or has not: the difference and the ratio of their
// rates, and how many visitors it takes to see one. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "attribution/incrementality/estimate.hpp"

namespace fairlead::attribution::incrementality {

struct Count {
  std::int64_t events = 0;  // 0 … of
  std::int64_t of = 0;      // above 0 in what follows
  double rate() const { return static_cast<double>(events) / static_cast<double>(of); }
};

// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
// (1927): (k + z²/2 ± z·√n·√(pq + z²/4n)) / (n + z²), cut to [0, 1].
Span wilson(Count count);

// R. G. Newcombe, "Interval estimation for the difference between independent proportions", Stat.
// Med. 17 (1998), method 10, from the Wilson limits l, u of each:
//   d − √((p₁−l₁)² + (u₂−p₂)²) … d + √((u₁−p₁)² + (p₂−l₂)²)
// The p-value is that of the pooled z, (p₁−p₂) / √(p̄q̄(1/n₁ + 1/n₂)), whose square is Pearson's χ²
// without a correction. 1 when nobody, or everybody, has ordered.
Estimate difference_of_rates(Count treated, Count held_out);

// p₁/p₂ − 1 with exp(ln RR ± z·√(q₁/(n₁p₁) + q₂/(n₂p₂))) − 1: D. Katz, J. Baptista, S. P. Azen and
// M. C. Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34
// (1978). Nothing when one of the groups has no event.
struct Lift {
  double value = 0;
  Span range;
};
std::optional<Lift> lift_of_rates(Count treated, Count held_out);

// The difference that a two-sided test at 5 % finds with a power of 80 %: (z₀.₉₇₅ + z₀.₈₀) standard
// errors of no difference.
double detectable(double standard_error);

// Visitors in each of two equal arms so that `treated` against `held_out` is found at 5 % with a
// power of 80 %, rounded up: J. L. Fleiss, "Statistical methods for rates and proportions" (1981),
// section 3.2 without continuity correction:
//   (z₀.₉₇₅·√(2p̄q̄) + z₀.₈₀·√(p₁q₁ + p₂q₂))² / (p₁−p₂)²
// Both in (0, 1) and different.
std::int64_t visitors_needed(double treated, double held_out);

}  // namespace fairlead::attribution::incrementality
