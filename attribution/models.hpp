// Attribution models that people are paid by: each turns a journey of clicks into integer weights.
// One file per model in models/, listed in models.cpp; each has a golden case
// (tests/golden/attribution/ models.txt), and a test fails when one is missing. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace fairlead::attribution {

// The clicks of one order, oldest first, none later than `placed_at`; never empty.
struct Journey {
  std::span<const core::Instant> touched_at;
  core::Instant placed_at;
};

struct Model {
  std::string_view name;  // as in a campaign's attribution.model; frozen
  // One weight per click, none negative, not all zero. Money is split by exactly these integers.
  std::vector<std::int64_t> (*weigh)(const Journey& journey);
};

std::span<const Model> models();
// The model of that name. A name this version does not know is answered with last_click, because an
// order is never refused for its campaign's settings.
const Model& find_model(std::string_view name);

// models/<name>.cpp, one each.
std::vector<std::int64_t> weigh_last_click(const Journey& journey);

}  // namespace fairlead::attribution
