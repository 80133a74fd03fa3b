// Counts made-up journeys and lets the models of all journeys work on them, and says how long each
// step took. scripts/bench_models.py uses it.
//
//   load_models --journeys 10000000 --influencers 50 --touches-max 10 [--alike] [--order 1]
//               [--replicates 0]
//
// A journey is a geometric number of touches, half of them one; influencers of few and of many
// clicks, a touch likely to be followed by one of the same. --alike: every number of touches and
// every influencer is as likely, which makes as many different paths as can be. Prints one JSON
// object; the time to make the journeys is not in it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "attribution/models/bootstrap.hpp"
#include "attribution/report_models.hpp"

namespace fairlead::attribution {
namespace {

using Clock = std::chrono::steady_clock;

struct Asked {
  std::size_t journeys = 10'000'000;
  Step influencers = 50;
  std::size_t touches_max = 10;
  bool is_alike = false;
  int order = 1;
  std::uint32_t replicates = 0;
};

struct Journeys {
  std::vector<Step> steps;
  std::vector<std::uint8_t> lengths;
};

Journeys make_journeys(const Asked& asked) {
  std::mt19937_64 random(20'261'128);
  const auto any = [&] {
    if (asked.is_alike) return static_cast<Step>(random() % asked.influencers);
    const auto even = static_cast<double>(random() >> 11) * 0x1p-53;
    return static_cast<Step>(even * even * even * asked.influencers);
  };
  Journeys journeys;
  journeys.lengths.reserve(asked.journeys);
  for (std::size_t i = 0; i < asked.journeys; ++i) {
    std::size_t length = 1;
    if (asked.is_alike) length += random() % asked.touches_max;
    while (!asked.is_alike && length < asked.touches_max && random() % 2 == 0)
      ++length;
    for (std::size_t touch = 0; touch < length; ++touch) {
      const bool is_again = !asked.is_alike && touch > 0 && random() % 2 == 0;
      journeys.steps.push_back(is_again ? journeys.steps.back() : any());
    }
    journeys.lengths.push_back(static_cast<std::uint8_t>(length));
  }
  return journeys;
}

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int measure(const Asked& asked) {
  const Journeys journeys = make_journeys(asked);
  auto start = Clock::now();
  JourneyPaths paths;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < journeys.lengths.size(); ++i) {
    PathRow& row = paths.row(std::span(journeys.steps).subspan(begin, journeys.lengths[i]));
    begin += journeys.lengths[i];
    ++(i % 16 == 0 ? row.conversions : row.nulls);
    if (i % 16 == 0) row.value += 4'900;
  }
  const double count_ms = ms_since(start);
  const auto tallies = tallies_of(paths);

  start = Clock::now();
  const Estimator markov = prepare_markov(paths, asked.order);
  const auto by_markov = markov(tallies);
  const double markov_ms = ms_since(start);
  start = Clock::now();
  const Estimator shapley = prepare_shapley(paths, 1);
  const auto by_shapley = shapley(tallies);
  const double shapley_ms = ms_since(start);
  start = Clock::now();
  if (asked.replicates > 0) {
    const JourneyPaths fewer = asked.order == 1 ? paths.without_repeats() : paths;
    const Estimator both[] = {prepare_markov(fewer, asked.order), prepare_shapley(fewer, 1)};
    bootstrap(fewer, both, asked.replicates, 1);
  }
  const double bootstrap_ms = ms_since(start);
  std::printf(
      "{\"journeys\": %zu, \"paths\": %zu, \"count_ms\": %.1f, \"markov_ms\": %.1f, "
      "\"shapley_ms\": %.1f, \"bootstrap_ms\": %.1f, \"first\": [%.3f, %.3f]}\n",
      asked.journeys, paths.rows().size(), count_ms, markov_ms, shapley_ms, bootstrap_ms,
      by_markov->conversions[0], by_shapley->conversions[0]);
  return 0;
}

}  // namespace
}  // namespace fairlead::attribution

int main(int argc, char** argv) {
  fairlead::attribution::Asked asked;
  CLI::App app("how long the models of all journeys take");
  app.add_option("--journeys", asked.journeys);
  app.add_option("--influencers", asked.influencers);
  app.add_option("--touches-max", asked.touches_max)->check(CLI::Range(1, 100));
  app.add_flag("--alike", asked.is_alike);
  app.add_option("--order", asked.order)->check(CLI::Range(1, 4));
  app.add_option("--replicates", asked.replicates);
  CLI11_PARSE(app, argc, argv);
  return fairlead::attribution::measure(asked);
}
