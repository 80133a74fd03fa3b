// Attribution models that inform and never owe: what each influencer contributed to the orders of a
// period, from all journeys together. They are a type of their own: a ReportModel gives estimates,
// not Weights, so no order can be divided by one.
//
// A removal effect is a property of the whole set of journeys: there is no one way back to an
// order, and it moves when another influencer's traffic does. One file per model in models/, listed
// in report_models.cpp; golden cases in tests/golden/attribution/report_models.txt. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "attribution/models.hpp"
#include "attribution/models/journey_paths.hpp"

namespace fairlead::attribution {

// How much of each row of JourneyPaths counts; one per row, in their order.
struct Tally {
  double conversions = 0;
  double nulls = 0;
  double value = 0;
};
// Every journey as often as it was.
std::vector<Tally> tallies_of(const JourneyPaths& paths);

// One number per influencer of the paths. Sums to the conversions and the value of what was
// tallied, as exactly as doubles do. Value is in minor units and an estimate: nobody is owed it.
struct Estimate {
  std::vector<double> conversions;
  std::vector<double> value;
};
// A model that has seen the paths and can be asked again and again, each time with other tallies.
// It refers to the paths. Nothing when no conversion was tallied.
using Estimator = std::function<std::optional<Estimate>(std::span<const Tally>)>;

struct ReportModel {
  std::string_view name;  // on the wire; frozen
  Estimator (*prepare)(const JourneyPaths& paths, int markov_order);
  std::string_view sentence;
};
std::span<const ReportModel> report_models();

inline constexpr int markov_order_max = 4;

// models/<name>.cpp
Estimator prepare_markov(const JourneyPaths& paths, int order);  // 1 … markov_order_max
Estimator prepare_shapley(const JourneyPaths& paths, int);

// Of the Markov chain of `order`: the share of converting walks that visit each influencer, and the
// share of their value; 0 for one that is on no converting walk. Nothing without a conversion.
struct RemovalEffects {
  double conversion_rate = 0;      // P(conversion | start)
  std::size_t states = 0;          // without start and the two ends
  std::vector<double> conversion;  // 1 − P(conversion without this one) / P(conversion)
  std::vector<double> value;
};
enum class Solver { cheaper, dense, iterative };
std::optional<RemovalEffects> removal_effects(const JourneyPaths& paths, int order,
                                              std::span<const Tally> tallies,
                                              Solver solver = Solver::cheaper);

// Roughly how many operations one estimate by the chain takes.
double markov_cost(const JourneyPaths& paths, int order);

// Ordered Shapley: the part of an influencer's Shapley value that its touches at one place of the
// journey have. The last place stands for all from there on. By influencer, then by place.
struct PlaceShare {
  Step influencer = 0;
  std::uint32_t place = 0;  // from 1
  double conversions = 0;
  double value = 0;
};
std::vector<PlaceShare> ordered_shapley(const JourneyPaths& paths, std::uint32_t places_max);

// models/rule_totals.cpp: what a payable model would give over all the journeys. time_decay needs
// the hours, so its shares are added journey by journey while the paths are filled.
Estimate rule_totals(const Model& model, const JourneyPaths& paths);
void add_time_shares(const Journey& journey, double value, std::span<StepShare> shares);

// A model that learns from journeys says nothing when there are too few of them.
struct JourneyCounts {
  std::int64_t converting = 0;
  std::int64_t with_two_influencers = 0;  // or more; of the converting ones
  bool operator==(const JourneyCounts&) const = default;
};
inline constexpr JourneyCounts journeys_needed{100, 30};
struct NotEnoughData {
  JourneyCounts have;
  JourneyCounts need;
};
JourneyCounts count_journeys(const JourneyPaths& paths);
std::optional<NotEnoughData> not_enough_data(const JourneyCounts& have);

}  // namespace fairlead::attribution
