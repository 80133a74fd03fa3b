// Whether a discount code has leaked, decided from daily counts alone. Pure; any thread. Numbers
// are double here, because they are evidence; nothing in this file is money.
//
// THE QUESTION is asked again every hour, and a test made for one look would cry wolf at the
// hundredth. So the evidence is an e-value: at least 0, and of mean at most 1 while nothing is
// wrong. It is the likelihood of the period's days if the code leaks since some day of it, over
// their likelihood if it does not, averaged over all days on which a leak may begin, over four
// kinds of leaks and five sizes. Ville's inequality then bounds the chance that it ever reaches 1/α
// within the period by α, however often one looks: 1/E is a p-value at any time (Ramdas, Grünwald,
// Vovk, Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical Science
// 38(4), 2023; the sum over starts is Shiryaev's and Roberts').
//
// THE SIGNALS. A day's number of uses is negative binomial around what the days since the last
// post, the clicks on the influencer's links and the brand's other codes let expect. Given the
// number, the cold ones (no click of the influencer came before) are beta-binomial; a leak adds
// uses of its own cold share. Given those, the warm ones show the signal of the kind: a coupon
// site, a click only just before the order, an unusual country. So the three may be multiplied.
// Each share alone has a small part of the evidence besides, for leaks that come instead of other
// uses.
//
// WHAT IS NOT KNOWN is integrated over, not estimated: the code's rate and a week's luck, its cold
// share and that of its latest post lie on grids, weighed first by the code's days before the
// period (leak_history.hpp) and then by each day (leak_filter.hpp), with a leak and without. So the
// bound holds on average over codes whose past is like that. Without a leak a code may have
// success, and keep it; where the uses follow the clicks, the clicks must show it. No single day
// raises an alarm. What the bound is worth with an estimated past is measured by the simulation in
// tests/codes; docs/measurement.md gives its figures.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace fairlead::codes {

enum class LeakSignal : std::uint8_t { cold, velocity, coupon_site, unusual_country, late_click };
inline constexpr std::array all_leak_signals = {
    LeakSignal::cold, LeakSignal::velocity, LeakSignal::coupon_site, LeakSignal::unusual_country,
    LeakSignal::late_click};
std::string_view name_of(LeakSignal signal);  // frozen: they are answered

// So many of so many.
struct Share {
  std::int64_t hits = 0;
  std::int64_t trials = 0;
};

// One code on one day of its brand.
struct LeakDay {
  std::int64_t uses = 0;
  Share cold;             // of the uses whose order is known
  Share coupon_site;      // of the uses whose order names a click that is still kept
  Share unusual_country;  // as above
  Share late_click;       // of the uses that are not cold
  std::optional<std::int64_t> days_since_post;  // of the influencer; nullopt: no post known
  double clicks = 0;                            // valid ones on the links of the code's deal
  double others_uses = 0;                       // of the brand's other codes on that day
};

// What the brand's other codes let expect of one of which nothing is known yet: a beta distribution
// of shares (a / (a + b) is its mean), and uses a day.
struct Beta {
  double a = 1;
  double b = 1;
};
struct LeakPrior {
  Beta cold{1, 1};
  Beta coupon_site{1, 19};
  Beta unusual_country{1, 9};
  Beta late_click{1, 9};
  double uses_a_day = 0.5;
};
// Fitted by moments to the shares of codes with at least 5 trials; `weak` when there are fewer than
// 3 such codes.
Beta fit_beta(std::span<const Share> of_codes, Beta weak);

// From the sums of the other codes over `days` days.
LeakPrior fit_prior(std::span<const LeakDay> sums_of_codes, std::size_t days);

struct LeakEvidence {
  double e_value = 1;  // of all signals together
  std::array<double, all_leak_signals.size()> signal_e_values{1, 1, 1, 1, 1};
  // The day on which it most likely began, as an index of `days`, and the shortest run of days
  // around it that holds 90 % of the weight.
  std::size_t since = 0;
  std::size_t since_first = 0;
  std::size_t since_last = 0;
  Share baseline;                      // cold uses before `since`, of this code
  double cold_share_expected = 0;      // of the baseline and the brand
  double cold_share_expected_max = 0;  // 90 % of what it may be lie below
};
// `days` are consecutive and end with the day of looking; those before `first` are history, those
// from `first` on belong to the period of `period_days` that the error is stated for, of which the
// rest is still to come. `first` ≤ days.size(); an empty period gives 1.
LeakEvidence weigh_leak(std::span<const LeakDay> days, std::size_t first, const LeakPrior& prior,
                        std::size_t period_days);
// The e-value as it was at the end of each day of the period; the last is that of weigh_leak().
std::vector<double> trace_leak(std::span<const LeakDay> days, std::size_t first,
                               const LeakPrior& prior, std::size_t period_days);

}  // namespace fairlead::codes
