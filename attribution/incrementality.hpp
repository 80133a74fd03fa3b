// What a link's holdout has shown: arms side by side, what the treated ones ordered more than they
// would have, and whether that can be told from chance. Part of the front door of attribution/; the
// formulas are in attribution/incrementality/. Pure; any thread.
//
// Arms are compared as they were drawn, whatever happened afterwards (intention to treat): a
// held-out shopper who typed the code by heart stays held out. Amounts are sums of minor units;
// estimates are real numbers, rounded where they are shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/incrementality/estimate.hpp"
#include "attribution/incrementality/rates.hpp"

namespace fairlead::attribution {

// What was drawn: single visitors, whole countries, or windows of time.
enum class RunKind : std::uint8_t { visitor, region, time };

// Valid clicks of one unit in one arm.
struct RunClicks {
  std::string unit;  // a country, a window's number; "" for visitors
  bool is_held_out = false;
  std::int64_t clicks = 0;
  std::int64_t visitors = 0;  // distinct, of those who may be known
};

struct RunOrder {
  std::string unit;
  bool is_held_out = false;
  std::int64_t visitor = 0;  // 0 = not known
  std::string currency;
  std::int64_t net_revenue_minor = 0;  // base less refunds
};

struct RunFacts {
  RunKind kind = RunKind::visitor;
  std::int64_t held_out_ppm = 0;  // of visitors or windows; 0: regions, whose number is fixed
  std::uint64_t seed = 0;         // of draws over units
  std::vector<RunClicks> clicks;
  std::vector<RunOrder> orders;  // each once
};

struct ArmTotals {
  std::int64_t clicks = 0;
  std::int64_t visitors = 0;
  std::int64_t units = 0;  // regions or windows with clicks
  std::int64_t orders = 0;
  std::int64_t buyers = 0;  // visitors with an order; of runs by visitor
  std::map<std::string, std::int64_t> net_revenue_minor;  // by currency
};

enum class Method : std::uint8_t { newcombe, welch, draws };
std::string_view word_of(Method method);

// Of orders, or of money in one currency.
struct Increment {
  Method method = Method::newcombe;
  double incremental = 0;  // of all treated together
  incrementality::Span range;
  std::optional<incrementality::Lift> lift;  // of runs by visitor, else without a range
  bool has_lift_range = false;
  double p_value = 1;
  double detectable = 0;  // the increment that would be found four times of five
};

// What it takes before anything is said; what there is.
struct Needs {
  std::int64_t visitors = 0;  // of the smaller arm; of runs by visitor
  std::int64_t orders = 0;    // in all; those with a known visitor, of runs by visitor
  std::int64_t ways = 0;      // to draw as many units; of runs by unit
};
inline constexpr Needs minimum{.visitors = 100, .orders = 20, .ways = 40};
// Money has a longer tail.
inline constexpr std::int64_t orders_for_revenue_min = 50;

struct RunReport {
  ArmTotals treated;
  ArmTotals held_out;
  double sizes_p_value = 1;
  bool is_size_wrong = false;                // sample ratio mismatch
  std::int64_t mixed = 0;                    // units in both arms: none, if all went well
  std::optional<Needs> missing;              // what there is, when it is not enough
  std::optional<Increment> orders;           // nothing when something is missing
  std::map<std::string, Increment> revenue;  // by currency; those with enough orders
};

RunReport measure(const RunFacts& facts);

}  // namespace fairlead::attribution
