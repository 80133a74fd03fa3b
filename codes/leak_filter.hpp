// The evidence that a code has leaked, day by day: a Bayesian filter over what cannot be seen (how
// many uses the code is good for now, which share of them is cold) under "no leak" and under every
// kind and size of leak. The part of leak_test.hpp that weighs. Pure; one thread at a time.
//
// A leak that may have begun on any day need not be weighed day by day anew: the mass of all starts
// so far moves on together, and each day adds its own (Shiryaev's recursion), so a period costs as
// many steps as it has days.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "codes/leak_history.hpp"
#include "codes/leak_test.hpp"

namespace fairlead::codes {

class LeakFilter {
 public:
  LeakFilter(std::span<const LeakDay> history, const LeakPrior& prior, std::size_t period_days);

  void add(const LeakDay& day);

  // Of the period up to the last day added; 1 before the first.
  double e_value() const;
  double e_value_of(LeakSignal signal) const;  // of this one alone
  // How much each day added speaks for being the first of the leak of the likeliest kind and size;
  // up to a common factor.
  std::vector<double> weights_of_starts() const;

 private:
  // Grids of what cannot be seen. A level is the code's rate and a week's luck, relative to what
  // is expected; a share is the code's cold share and that of its latest post.
  static constexpr std::size_t rates = 6, lucks = 5, means = 4, posts = 4;
  static constexpr std::size_t levels = rates * lucks;
  static constexpr std::size_t shares = means * posts;
  static constexpr std::size_t kinds = 4, sizes = 5;
  using Levels = std::array<double, levels>;
  using Shares = std::array<double, shares>;
  using Joint = std::array<double, levels * shares>;  // by level, then share
  enum class Towards { future, past };

  // A share that is learned with each use (Pólya's urn).
  struct Urn {
    double a = 1;
    double b = 1;
    double mean() const { return a / (a + b); }
    double sums() const { return a + b; }
  };
  // Cold, coupon_site, unusual_country, late_click, in this order wherever signals are shares.
  static constexpr std::size_t share_signals = 4;
  using Urns = std::array<Urn, share_signals>;

  // Likelihoods of the day's cold share, by share in steps; the best is 1.
  class ColdLikelihood {
   public:
    ColdLikelihood() = default;
    ColdLikelihood(const Share& cold, double sums);
    double operator()(double share) const;

   private:
    static constexpr std::size_t steps = 64;
    std::array<double, steps + 1> values_{};
  };

  // A day as it looked when it came: what was thought of the code if nothing leaks, and how likely
  // that made the day.
  struct Seen {
    LeakDay day;
    double expected = 0;
    Levels levels{};
    Shares shares{};
    Urns urns;
    ColdLikelihood cold;
    double cold_likelihood = 1;                 // if nothing leaks, in the scale of `cold`
    std::array<Levels, sizes> number_ratios{};  // with a leak of the size over without any
    double damping = 1;                         // see growth_max
    bool begins_week = false;
  };

  double leaked_a_day(std::size_t size) const;
  double urn_ratio(const Seen& seen, std::size_t signal, double leaking_mean) const;
  double signal_ratio(const Seen& seen, std::size_t kind, std::size_t size) const;
  void weigh_number(Seen& seen);
  void weigh_cold(Seen& seen);
  void weigh_leak(const Seen& seen, std::size_t kind, std::size_t size, Joint& ratios) const;
  void weigh_signals(const Seen& seen);
  Seen look_at(const LeakDay& day);
  void move(Levels& masses, bool begins_week) const;
  void move(Shares& masses, bool begins_week) const;
  void move(Joint& joint, bool begins_week, Towards towards) const;
  void damp(double factor);
  double begins_a_day() const;
  double with_starts_to_come(double mass) const;

  NumberHistory number_;
  double period_days_;
  std::array<double, levels> level_factors_{};
  std::array<double, lucks> luck_weights_{};
  double success_a_day_ = 0;
  std::array<double, shares> share_values_{};
  double day_sums_ = 0;  // of the beta-binomial cold share of one day
  Urns past_urns_;

  Levels levels_{};  // what is thought of the code if nothing leaks
  Shares shares_{};
  Urns urns_;
  std::array<std::array<Joint, sizes>, kinds> leaks_{};  // and if it does
  double mass_ = 0;                                      // of all of them
  std::array<std::array<double, sizes>, share_signals> signal_masses_{};
  std::array<Levels, sizes> velocity_masses_{};
  std::vector<Seen> seen_;
};

}  // namespace fairlead::codes
