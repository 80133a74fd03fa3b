// What a comparison of two arms says: a difference, between which values it lies, and how often
// chance alone would give one as large. Values.
#pragma once

namespace fairlead::attribution::incrementality {

// The 97.5 % point of the standard normal distribution; all intervals here are of 95 %.
inline constexpr double z95 = 1.959963984540054;

struct Span {
  double low = 0;
  double high = 0;
};

struct Estimate {
  double value = 0;           // treated minus held out, per visitor (or per click of a unit)
  Span range;                 // of 95 %
  double p_value = 1;         // two-sided, of "there is no difference"
  double standard_error = 0;  // where there is no difference
};

}  // namespace fairlead::attribution::incrementality
