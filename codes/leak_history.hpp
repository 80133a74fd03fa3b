// What a code's own past and the brand's other codes let expect of it: a share of its uses, and how
// many there are. Moments of weeks and days, shrunk; the part of leak_test.hpp that knows the past.
// Pure; any thread.
#pragma once

#include <array>
#include <span>

#include "codes/leak_test.hpp"

namespace fairlead::codes {

// A share as a beta distribution, and how far weeks differ in it (the correlation of two uses of a
// week; uses of one week come from the same post, so they are worth less than as many single ones).
struct ShareHistory {
  Beta beta;
  double mean = 0;
  double spread = 0;
};
ShareHistory share_history_of(std::span<const LeakDay> days, Beta prior, Share LeakDay::*of);

// How long ago the last post was, in steps in which the number of uses falls.
inline constexpr std::size_t post_phases = 5;

class NumberHistory {
 public:
  double expected(const LeakDay& day) const;  // above 0
  double usual() const { return usual_; }     // uses a day
  bool follows_clicks() const { return clicks_mean_ > 0; }
  // Relative variances: of weeks, of days within a week, and the squared error of expected().
  double week_spread() const { return week_spread_; }
  double day_spread() const { return day_spread_; }
  double error() const { return error_; }

 private:
  enum class ByClicks { no, yes };
  NumberHistory(std::span<const LeakDay> days, double prior_uses_a_day, ByClicks by_clicks);
  double tide(const LeakDay& day) const;
  void measure_spreads(std::span<const LeakDay> days);
  double spread() const;
  friend NumberHistory number_history_of(std::span<const LeakDay> days, double prior_uses_a_day);

  std::array<double, post_phases> rates_{};
  double usual_ = 0;
  double others_mean_ = 0;
  double clicks_mean_ = 0;  // 0: the clicks say nothing of the uses
  double week_spread_ = 0;
  double day_spread_ = 0;
  double error_ = 0;
};
// With the clicks or without, whichever explained the past better.
NumberHistory number_history_of(std::span<const LeakDay> days, double prior_uses_a_day);

}  // namespace fairlead::codes
