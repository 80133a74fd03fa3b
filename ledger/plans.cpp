#include "ledger/plans.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

namespace fairlead::ledger {

std::span<const PlanKind> plan_kinds() {
  // A new kind is a new file under plans/, a line here, and a golden case in tests/golden/ledger.
  static const PlanKind kinds[] = {
      percent_plan,
  };
  return kinds;
}

namespace {

std::string known_kinds() {
  std::string names;
  for (const PlanKind& entry : plan_kinds()) {
    if (!names.empty()) names += ", ";
    names += "\"" + std::string(entry.kind) + "\"";
  }
  return names;
}

}  // namespace

core::Result<Plan> parse_plan(const boost::json::object& plan) {
  const auto* kind = plan.if_contains("kind");
  if (kind == nullptr || !kind->is_string())
    return core::fail(core::Errc::invalid,
                      "\"kind\" must name the plan, one of " + known_kinds() + ", as text");
  const std::string_view name(kind->get_string().data(), kind->get_string().size());
  for (const PlanKind& entry : plan_kinds()) {
    if (entry.kind != name) continue;
    boost::json::object fields = plan;
    fields.erase("kind");
    auto terms = entry.read_terms(fields);
    if (!terms) return terms.error();
    return Plan{std::string(name), boost::json::serialize(*terms)};
  }
  return core::fail(core::Errc::invalid, "\"kind\" must be one of " + known_kinds() + ", not \"" +
                                             std::string(name.substr(0, 40)) + "\"");
}

boost::json::object plan_json(const Plan& plan) {
  boost::json::object json{{"kind", plan.kind}};
  boost::system::error_code failed;
  const boost::json::value terms = boost::json::parse(plan.terms, failed);
  if (failed || !terms.is_object()) return json;
  for (const auto& [name, value] : terms.get_object())
    json[name] = value;
  return json;
}

}  // namespace fairlead::ledger
