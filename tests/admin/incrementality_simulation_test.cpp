// Whether the report keeps its promises: runs in which nothing was withheld, thousands of them,
// drawn by the redirect's own arm_of(), call a difference one in twenty times; with a known effect
// the intervals hold it nineteen times in twenty, and it is found as often as was computed.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "attribution/incrementality.hpp"
#include "attribution/incrementality/units.hpp"
#include "redirect/holdout.hpp"
#include "tests/support/random.hpp"

namespace fairlead {
namespace {

using attribution::RunFacts;
using attribution::RunKind;
using attribution::incrementality::difference_over_units;
using attribution::incrementality::Estimate;
using attribution::incrementality::Unit;
using redirect::Arm;
using redirect::Holdout;

constexpr core::Instant start{1'772'442'900'000'000};  // 2026-03-02T09:15:00Z

// How often a report takes other draws of units; fewer than the server, for time's sake.
constexpr std::int64_t draws = 399;

// What is known of runs that were measured.
struct Seen {
  std::int64_t runs = 0;
  std::int64_t found = 0;    // p ≤ 5 %
  std::int64_t covered = 0;  // the interval holds the truth
};
struct Tally {
  Seen orders;
  Seen money;
};

void note(double p_value, attribution::incrementality::Span range, double truth, Seen& seen) {
  ++seen.runs;
  seen.found += p_value <= 0.05 ? 1 : 0;
  seen.covered += range.low <= truth && truth <= range.high ? 1 : 0;
}
void note(const std::optional<Estimate>& estimate, double truth, Seen& seen) {
  if (estimate) note(estimate->p_value, estimate->range, truth, seen);
}

// Four standard errors around what is promised: once in 16,000 tests it is not so.
double tolerance(double promised, std::int64_t runs) {
  return 4 * std::sqrt(promised * (1 - promised) / static_cast<double>(runs));
}
void expect_near(const std::string& what, std::int64_t events, std::int64_t runs, double promised) {
  const double measured = static_cast<double>(events) / static_cast<double>(runs);
  std::printf("%s: %.2f %% of %lld\n", what.c_str(), 100 * measured, static_cast<long long>(runs));
  EXPECT_NEAR(measured, promised, tolerance(promised, runs)) << what;
}
// Nothing was withheld.
void expect_no_effect(const std::string& what, const Seen& seen) {
  ASSERT_GE(seen.runs, 1'000);
  expect_near(what + " found", seen.found, seen.runs, 0.05);
  expect_near(what + ": truth held", seen.covered, seen.runs, 0.95);
}

class Incrementality : public testing::Test {
 protected:
  double uniform() { return std::uniform_real_distribution<double>(0, 1)(engine_); }
  double normal() { return std::normal_distribution<double>(0, 1)(engine_); }
  std::int64_t poisson(double mean) {
    return mean <= 0 ? 0 : std::poisson_distribution<std::int64_t>(mean)(engine_);
  }
  // An order's value: half are below 50.00, one in forty is above 240.00.
  std::int64_t amount() { return std::llround(5'000 * std::exp(0.8 * normal())); }

  Holdout holdout(Holdout::Kind kind, std::int64_t share_ppm) const {
    Holdout made{.kind = kind, .share_ppm = share_ppm, .ends_at = start.plus_days(28)};
    made.withhold = Holdout::Withhold::nothing;
    made.starts_at = start;
    return made;
  }
  redirect::HoldoutRun new_run() { return {1, engine_()}; }

  // `visitors` who order with that chance, the treated ones with a lift on it.
  Tally run_visitors(int runs, std::int64_t visitors, std::int64_t share_ppm, double chance,
                     double lift) {
    Tally tally;
    for (int i = 0; i < runs; ++i) {
      const Holdout set = holdout(Holdout::Kind::visitor, share_ppm);
      const auto run = new_run();
      RunFacts facts{.kind = RunKind::visitor, .held_out_ppm = share_ppm};
      facts.clicks = {{"", false, 0, 0}, {"", true, 0, 0}};
      for (std::int64_t visitor = 1; visitor <= visitors; ++visitor) {
        const Arm arm =
            redirect::arm_of(set, run, {start, static_cast<std::uint64_t>(visitor), true, "DE"});
        const bool is_held_out = arm == Arm::held_out;
        ++facts.clicks[is_held_out ? 1 : 0].visitors;
        ++facts.clicks[is_held_out ? 1 : 0].clicks;
        if (uniform() >= chance * (is_held_out ? 1 : 1 + lift)) continue;
        facts.orders.push_back({"", is_held_out, visitor, "EUR", amount()});
      }
      const auto report = attribution::measure(facts);
      const double truth = chance * lift * static_cast<double>(report.treated.visitors);
      if (!report.orders || !report.revenue.contains("EUR")) continue;
      const auto& money = report.revenue.at("EUR");
      note(report.orders->p_value, report.orders->range, truth, tally.orders);
      note(money.p_value, money.range, truth * mean_amount, tally.money);
    }
    return tally;
  }

  // Units of very different sizes and rates, as countries and hours are; `sizes` are their clicks
  // and `arm_of_unit` draws them. The effect is the same for every click.
  template <class ArmOf>
  Tally run_units(int runs, const std::vector<double>& sizes, double effect,
                  const ArmOf& arm_of_unit) {
    Tally tally;
    for (int i = 0; i < runs; ++i) {
      const auto run = new_run();
      std::vector<Unit> orders, money;
      double trend = 0;
      for (std::size_t unit = 0; unit < sizes.size(); ++unit) {
        const bool is_held_out = arm_of_unit(run, unit) == Arm::held_out;
        trend = 0.8 * trend + 0.2 * normal();  // units beside each other are alike
        const double chance = 0.04 * std::exp(2 * trend);
        const auto clicks = static_cast<double>(poisson(sizes[unit] * std::exp(0.3 * normal())));
        const auto made = poisson(clicks * (chance + (is_held_out ? 0 : effect)));
        orders.push_back({clicks, static_cast<double>(made), is_held_out});
        money.push_back({clicks, 0, is_held_out});
        for (std::int64_t order = 0; order < made; ++order)
          money.back().outcome += static_cast<double>(amount());
      }
      note(difference_over_units(orders, engine_(), draws), effect, tally.orders);
      note(difference_over_units(money, engine_(), draws), effect * mean_amount, tally.money);
    }
    return tally;
  }

  static const std::vector<std::string>& countries() {
    static const std::vector<std::string> all{"AT", "BE", "BG", "CH", "CZ", "DE", "DK",
                                              "ES", "FI", "FR", "GB", "GR", "HU", "IE",
                                              "IT", "NL", "NO", "PL", "PT", "SE"};
    return all;
  }
  Tally run_regions(int runs, double effect) {
    std::vector<double> sizes;
    for (std::size_t i = 0; i < countries().size(); ++i)
      sizes.push_back(50.0 * static_cast<double>(1 + i % 7));
    Holdout set = holdout(Holdout::Kind::region, 400'000);
    set.regions = countries();
    return run_units(runs, sizes, effect, [&](auto run, std::size_t unit) {
      return redirect::arm_of(set, run, {start, 0, false, countries()[unit]});
    });
  }
  // 28 days of 12 hours each.
  Tally run_windows(int runs, double effect) {
    std::vector<double> sizes;
    for (int i = 0; i < 56; ++i)
      sizes.push_back(i % 2 == 0 ? 60 : 20);
    Holdout set = holdout(Holdout::Kind::time, 500'000);
    set.window_hours = 12;
    return run_units(runs, sizes, effect, [&](auto run, std::size_t unit) {
      const auto at = start.plus_seconds(static_cast<std::int64_t>(unit) * 43'200 + 600);
      return redirect::arm_of(set, run, {at, 0, false, ""});
    });
  }

  const double mean_amount = 5'000 * std::exp(0.32);
  std::mt19937_64 engine_{test::random_seed()};
};

TEST_F(Incrementality, RunsByVisitorWithoutAnEffectFindOneInTwentyTimes) {
  const Tally even = run_visitors(1'000, 3'000, 500'000, 0.05, 0);
  expect_no_effect("visitors, half held out: orders", even.orders);
  expect_no_effect("visitors, half held out: revenue", even.money);
  const Tally few = run_visitors(1'000, 3'000, 100'000, 0.05, 0);
  expect_no_effect("visitors, a tenth held out: orders", few.orders);
  // A small arm whose amounts have a long tail: rather too careful than too sure.
  const Seen& money = few.money;
  std::printf("visitors, a tenth held out: revenue found in %lld of %lld, truth held in %lld\n",
              static_cast<long long>(money.found), static_cast<long long>(money.runs),
              static_cast<long long>(money.covered));
  EXPECT_LE(static_cast<double>(money.found) / static_cast<double>(money.runs),
            0.05 + tolerance(0.05, money.runs));
}

TEST_F(Incrementality, RunsByRegionWithoutAnEffectFindOneInTwentyTimes) {
  const Tally tally = run_regions(1'000, 0);
  expect_no_effect("20 regions: orders", tally.orders);
  expect_no_effect("20 regions: revenue", tally.money);
}

TEST_F(Incrementality, RunsByTimeWithoutAnEffectFindOneInTwentyTimes) {
  const Tally tally = run_windows(1'000, 0);
  expect_no_effect("56 windows: orders", tally.orders);
  expect_no_effect("56 windows: revenue", tally.money);
}

// A lift of 40 % on 4 % of 1,500 in each arm is found how often? By the formula of
// visitors_needed(), turned round.
TEST_F(Incrementality, AnEffectIsHeldAndFoundAsOftenAsComputed) {
  const double base = 0.04;
  const double lift = 0.4;
  const double one = base * (1 + lift);
  const double pooled = (one + base) / 2;
  const double visitors = 1'500;
  const double spread = std::sqrt((one * (1 - one) + base * (1 - base)) / visitors);
  const double needed =
      attribution::incrementality::z95 * std::sqrt(2 * pooled * (1 - pooled) / visitors);
  const double power = 0.5 * std::erfc((needed - (one - base)) / spread / std::sqrt(2));
  std::printf("power as computed: %.2f %%\n", 100 * power);
  const Tally tally = run_visitors(1'000, 3'000, 500'000, base, lift);
  expect_near("visitors, lift 40 %: found", tally.orders.found, tally.orders.runs, power);
  expect_near("visitors, lift 40 %: truth held", tally.orders.covered, tally.orders.runs, 0.95);
  expect_near("visitors, lift 40 %: revenue's held", tally.money.covered, tally.money.runs, 0.95);
  const Tally regions = run_regions(1'000, 0.02);
  expect_near("20 regions, +2 orders of 100 clicks: truth held", regions.orders.covered,
              regions.orders.runs, 0.95);
  const Tally windows = run_windows(1'000, 0.02);
  expect_near("56 windows, +2 orders of 100 clicks: truth held", windows.orders.covered,
              windows.orders.runs, 0.95);
  for (const Seen& seen : {regions.orders, windows.orders})
    std::printf("… found in %lld of %lld\n", static_cast<long long>(seen.found),
                static_cast<long long>(seen.runs));
}

}  // namespace
}  // namespace fairlead
