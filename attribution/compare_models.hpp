// All attribution models over the same journeys, side by side: those that pay, and those that only
// inform. Part of the front door of attribution/; admin/ makes a report of it. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/report_models.hpp"
#include "core/id.hpp"

namespace fairlead::attribution {

// A step's influencer, and the campaign it was for.
struct Touched {
  core::InfluencerId influencer;
  core::CampaignId campaign;
  auto operator<=>(const Touched&) const = default;
};

// The journeys of orders in one currency. Steps are numbers into `touched`.
struct Journeys {
  std::string currency;
  std::int64_t orders = 0;  // without test orders
  std::int64_t orders_without_journey = 0;
  JourneyPaths paths;
};
struct JourneyPart {
  std::uint64_t number = 0;  // JourneyDays': another one for every reading
  std::vector<Touched> touched;
  std::vector<Journeys> of_currencies;
};

struct ModelQuestion {
  core::CampaignId campaign;  // 0 = all; else journeys with a touch for it, whole
  int markov_order = 1;
  std::string model;  // the only one that is wanted; empty: all
  std::uint64_t seed = 20'261'128;
  // What intervals may cost, in rows of journeys that are drawn; see replicates_of().
  std::int64_t drawn_rows_max = 2'000'000;
  bool operator==(const ModelQuestion&) const = default;
};

struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
struct ModelCredit {
  std::int64_t orders_ppm = 0;  // millionths of an order; sums to the journeys × 1,000,000
  std::int64_t revenue_minor = 0;
  std::optional<Range> orders_range;  // 95 %, of models that inform
  std::optional<Range> revenue_range;
};
struct PlaceCredit {
  std::uint32_t place = 0;  // from 1; the last stands for all from there on
  std::int64_t orders_ppm = 0;
  std::int64_t revenue_minor = 0;
};
inline constexpr std::uint32_t places_shown_max = 10;

struct InfluencerCredits {
  core::InfluencerId influencer;
  std::int64_t journeys = 0;                       // with a touch of this one
  std::int64_t journeys_with_others = 0;           // of them, with another influencer's
  std::vector<std::optional<ModelCredit>> models;  // as model_names(); nothing: not wanted, or
                                                   // not enough data
  std::vector<PlaceCredit> places;  // of shapley; their sum is its credit, but for rounding
  std::optional<std::int64_t> removal_effect_ppm;
};
struct Comparison {
  std::string currency;
  std::int64_t orders = 0;
  std::int64_t orders_without_journey = 0;
  JourneyCounts journeys;
  std::int64_t revenue_minor = 0;  // of the journeys
  std::optional<NotEnoughData> missing;
  std::uint32_t replicates = 0;                // 0: there are no intervals
  std::vector<InfluencerCredits> influencers;  // by id
};

struct ModelName {
  std::string_view name;
  bool pays;
};
// Those that pay, then those that inform.
std::vector<ModelName> model_names();

// One per currency, in their order; parts are read one after the other.
std::vector<Comparison> compare_models(const std::vector<const JourneyPart*>& parts,
                                       const ModelQuestion& question);

// Markov chains that are dear to solve have no intervals: what all replicates together may cost, in
// operations as markov_cost() counts them. About two seconds.
inline constexpr double markov_operations_max = 4e9;

// 2,000 where the rows allow it, at least 200: few replicates of many journeys say as much as many
// of few.
std::uint32_t replicates_of(std::size_t rows, std::int64_t drawn_rows_max);

// Whole numbers that sum to `total`, by the largest remainder, ties to the first; of estimates that
// sum to it but for rounding.
std::vector<std::int64_t> apportion(const std::vector<double>& estimates, std::int64_t total);

}  // namespace fairlead::attribution
