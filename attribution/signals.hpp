// Signs of fraud on commissions, decided from facts alone. Each signal is an entry of the table in
// signals.cpp with its file in signals/. Pure; any thread. Numbers are double, because they are
// evidence; nothing here is money, and nothing here takes money away: what is done about a finding
// is the brand's policy, and the end of it a person's decision (docs/signals.md).
//
// self_referral is decided of one order when it is booked. The others compare an influencer with
// the brand's others, or with the own past, over the orders of a window; each has a p-value, and
// over all influencers of the brand the share of false findings is bounded by Benjamini and
// Hochberg's q.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"

namespace fairlead::attribution {

enum class Signal : std::uint8_t {
  self_referral,
  click_to_order_short,
  click_to_order_long,
  velocity,
  network_concentration,
  duplicate_customers,
};

// One credited order of one influencer. What is not known is empty, 0 or nullopt.
struct SignalOrder {
  core::CommissionId commission;
  core::OrderId order;
  core::InfluencerId influencer;
  core::DealId deal;
  core::Instant placed_at;
  std::string customer;        // the shop's key, else the e-mail hash
  std::string customer_email;  // the e-mail hash beside a key
  bool is_said_to_be_new = false;
  std::optional<std::int64_t> click_age_s;  // of the influencer's newest click of the order; ≥ 0
  std::int64_t lookback_s = 0;
  std::string network;  // prefix of that click, while the click is kept
  std::int64_t visitor = 0;
};

struct SignalFacts {
  std::vector<SignalOrder> orders;                                 // oldest first
  std::map<core::InfluencerId, std::vector<core::Instant>> posts;  // oldest first
  core::Instant from;                                              // of the window
  core::Instant now;                                               // its end
};

enum class SignalVerdict : std::uint8_t { not_enough_data, normal, found };
std::string_view name_of(SignalVerdict verdict);  // frozen: it is answered

struct SignalFinding {
  Signal signal = Signal::self_referral;
  core::InfluencerId influencer;
  SignalVerdict verdict = SignalVerdict::not_enough_data;
  std::int64_t orders = 0;            // that could be judged
  std::int64_t hits = 0;              // of them, with the sign
  double expected = 0;                // hits, if nothing is wrong
  std::int64_t threshold = 0;         // what makes a hit; the signal's sentence has the unit
  double p = 1;                       // of so many hits or more, if nothing is wrong
  double q = 1;                       // adjusted over the influencers that could be judged
  std::vector<std::size_t> evidence;  // the hits, as indices of facts.orders
};

struct SignalTest {
  Signal signal;
  std::string_view name;            // frozen: stored and answered
  std::string_view statistic;       // how it is decided, for who reads the report
  std::string_view sentence;        // for the brand, behind "because "
  std::string_view told;            // for the influencer: says what, never how much
  std::string_view default_action;  // "hold" or "report"
  double p_max;  // found: p ≤ p_max and q ≤ signal_q_max; 0: decided of each order alone
  // One finding for each influencer with orders, in order of id, without q; nullptr: as above.
  std::vector<SignalFinding> (*find)(const SignalFacts& facts);
};
inline constexpr double signal_q_max = 0.05;

std::span<const SignalTest> signal_tests();  // in the order of the enum
const SignalTest& test_of(Signal signal);
const SignalTest* find_signal_test(std::string_view name);  // nullptr: no such signal

// Every test on the facts: by signal, then by influencer, with q and verdict. Evidence is kept of
// what was found alone.
std::vector<SignalFinding> find_signals(const SignalFacts& facts);

// signals/<name>.cpp, one each.
std::vector<SignalFinding> find_short_times(const SignalFacts& facts);
std::vector<SignalFinding> find_long_times(const SignalFacts& facts);
std::vector<SignalFinding> find_velocity(const SignalFacts& facts);
std::vector<SignalFinding> find_networks(const SignalFacts& facts);
std::vector<SignalFinding> find_duplicate_customers(const SignalFacts& facts);

}  // namespace fairlead::attribution
