// Brands whose truth is known: influencers with bursts after posts, podcasts whose listeners type
// the code, posts nobody wrote down, tiny codes, sales days and seasons; and some codes that leak.
// The same seed gives the same brand. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "codes/leak_test.hpp"

namespace fairlead::codes {

// The last is not a leak and looks like one: an influencer who takes up a podcast, so that from
// some day on most listeners type the code. It is in no brand, and measured on its own.
enum class Life { links, podcast, unrecorded_posts, tiny, turns_to_podcast };
inline constexpr Life usual_lives[] = {Life::links, Life::links, Life::podcast,
                                       Life::unrecorded_posts, Life::tiny};
enum class Leak { coupon_site, extension, extension_with_click, slow };
inline constexpr Leak all_leaks[] = {Leak::coupon_site, Leak::extension, Leak::extension_with_click,
                                     Leak::slow};
std::string_view name_of(Life life);
std::string_view name_of(Leak leak);

struct SimulatedCode {
  Life life = Life::links;
  std::vector<LeakDay> days;
  std::optional<Leak> leak;
  std::size_t leak_from = 0;         // index of days
  double leak_rate = 0;              // uses a day, once it is grown
  std::vector<std::int64_t> leaked;  // uses of the leak, by day
  // What nobody can know, for leak_oracle.hpp: by day, of the uses that are no leak's, how many are
  // expected before the day's own luck, how many of the clicks, and which share of them is cold.
  std::vector<double> expected_uses;
  std::vector<double> expected_clicks;
  std::vector<double> cold_share;
};

// What a leak's uses are like.
struct LeakManner {
  double cold_share = 0;
  double coupon_share = 0;  // of those with a click
  double late_share = 0;
};
LeakManner manner_of(Leak leak);
double grown_after(Leak leak, std::size_t days);  // part of its rate, so long after its beginning

struct SimulatedBrand {
  static constexpr std::size_t history_days = 90;
  static constexpr std::size_t period_days = 90;
  std::vector<SimulatedCode> codes;
  LeakPrior prior_for(std::size_t code) const;  // from the other codes, over all days
};

// `leaking` of `codes` leak, from a day of the first two thirds of the period on. The first code
// has the life `first`, all others have the usual ones in turn.
SimulatedBrand simulate_brand(std::mt19937_64& random, std::size_t codes, std::size_t leaking,
                              Life first = Life::links);

// What becomes of a code when it is looked at after every day of the period.
// A code with fewer uses than leak_uses_min raises none.
struct Watched {
  std::optional<std::size_t> alarm;  // the first day with p ≤ level, as an index of days
  double p_at_end = 1;
  std::int64_t leaked_at_alarm = 0;  // leaked uses up to the end of that day
  std::int64_t leaked_in_all = 0;
};
Watched watch(const SimulatedBrand& brand, std::size_t code, double level);

}  // namespace fairlead::codes
