// Journeys for the tests of report models: from golden lines, and at random. One thread.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "attribution/report_models.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution::test_journeys {

// One line of journeys as it is written down.
struct PathCount {
  std::vector<Step> steps;
  std::int64_t conversions = 0;
  std::int64_t value = 0;  // of all of them, spread evenly
  std::int64_t nulls = 0;
};

inline JourneyPaths paths_of(const std::vector<PathCount>& counts) {
  JourneyPaths paths;
  for (const PathCount& count : counts) {
    PathRow& row = paths.row(count.steps);
    row.conversions += count.conversions;
    row.value += count.value;
    row.nulls += count.nulls;
    if (count.conversions > 0)
      row.value_squares += static_cast<double>(count.value) * static_cast<double>(count.value) /
                           static_cast<double>(count.conversions);
  }
  return paths;
}

struct NamedJourneys {
  std::map<std::string, Step> names;
  std::vector<PathCount> counts;
};

inline std::map<std::string, NamedJourneys> golden_journeys() {
  std::map<std::string, NamedJourneys> all;
  for (const auto& [where, fields] : test::golden_lines("attribution/report_journeys.txt", 5)) {
    NamedJourneys& journeys = all[fields[0]];
    PathCount count{{}, std::stoll(fields[2]), std::stoll(fields[3]), std::stoll(fields[4])};
    for (const auto& name : test::parts_of(fields[1], ">")) {
      const auto number = static_cast<Step>(journeys.names.size());
      count.steps.push_back(journeys.names.try_emplace(name, number).first->second);
    }
    journeys.counts.push_back(count);
  }
  return all;
}

// Up to `influencers` of them on up to 40 paths of up to `length_max` touches.
inline std::vector<PathCount> random_journeys(std::mt19937& random, Step influencers,
                                              std::size_t length_max, bool has_nulls) {
  std::vector<PathCount> counts(1 + random() % 40);
  for (PathCount& count : counts) {
    count.steps.resize(1 + random() % length_max);
    for (Step& step : count.steps)
      step = static_cast<Step>(random() % influencers);
    count.conversions = random() % 3 == 0 ? 0 : random() % 20;
    count.value = count.conversions * static_cast<std::int64_t>(random() % 9'000);
    if (has_nulls) count.nulls = random() % 60;
  }
  counts.front().conversions += 1;
  counts.front().value += 4'200;
  return counts;
}

inline double sum_of(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double number : numbers)
    sum += number;
  return sum;
}

}  // namespace fairlead::attribution::test_journeys
