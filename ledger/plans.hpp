// Commission plans: what a deal pays for the base of one credit. One file per kind under plans/,
// one line per kind in plans.cpp. Pure: no clock, no storage; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace fairlead::ledger {

// A plan as the API gives and stores it: kind "percent" with terms {"rate_ppm":100000}.
struct Plan {
  std::string kind;
  std::string terms;  // JSON text, canonical, without "kind"
  bool operator==(const Plan&) const = default;
};
// Checks kind and terms of `{"kind":…, …}`; Errc::invalid names the field and what would be right.
core::Result<Plan> parse_plan(const boost::json::object& plan);
// {"kind":…, …terms}. A plan whose stored terms are not JSON gives its kind alone.
boost::json::object plan_json(const Plan& plan);

// One kind of plan. `terms` are the plan's fields without "kind".
struct PlanKind {
  std::string_view kind;  // stored and on the wire; frozen
  // The terms in canonical order and nothing else. Errc::invalid names the field.
  core::Result<boost::json::object> (*read_terms)(const boost::json::object& terms);
  // The commission on a base ≥ 0, rounded once, half away from zero. `terms` came from read_terms.
  std::int64_t (*commission_minor)(const boost::json::object& terms, std::int64_t base_minor);
};

// Every kind there is, in the order of plans.cpp.
std::span<const PlanKind> plan_kinds();

extern const PlanKind percent_plan;  // plans/percent.cpp

}  // namespace fairlead::ledger
