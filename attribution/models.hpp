// Attribution models that people are paid by: each turns a journey of clicks into integer weights.
// One file per model in models/, listed in models.cpp; each has a golden case that differs from
// last click (tests/golden/attribution/models.txt), and a test fails when one is missing. Pure; any
// thread.
//
// Who is paid is a rule on the order's own touches and nothing else. Models that look at all
// journeys (Markov, Shapley) move when another influencer's traffic does: they are reports.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace fairlead::attribution {

// A visit on the way to an order.
struct Visit {
  core::Instant at;
  bool is_direct = false;  // came by itself: nobody's, and only last_non_direct minds
  bool gave_code = false;  // the shopper took a code of the order from it; w_shaped minds
};

// Oldest first, none later than `placed_at`; never empty.
struct Journey {
  std::span<const Visit> visits;
  core::Instant placed_at;
  std::int64_t half_life_days = 7;  // of time_decay
};

// One weight per visit, none negative, not all zero, each at most 2³². Money is split by exactly
// these integers.
using Weights = std::vector<std::int64_t>;

struct Model {
  std::string_view name;  // as in a campaign's attribution.model; frozen
  Weights (*weigh)(const Journey& journey);
  std::string_view sentence;  // for explain, between "Among clicks, " and "."
};

std::span<const Model> models();
// The model of that name. A name this version does not know is answered with last_click, because an
// order is never refused for its campaign's settings.
const Model& find_model(std::string_view name);

// models/<name>.cpp, one each.
Weights weigh_first_click(const Journey& journey);
Weights weigh_last_click(const Journey& journey);
Weights weigh_last_non_direct(const Journey& journey);
Weights weigh_linear(const Journey& journey);
Weights weigh_position(const Journey& journey);
Weights weigh_time_decay(const Journey& journey);
Weights weigh_w_shaped(const Journey& journey);

}  // namespace fairlead::attribution
