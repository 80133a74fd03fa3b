// percent: one rate on the base of the credit, {"rate_ppm": 0 … 1,000,000}. The product is rounded
// once, half away from zero: 15 minor units at 10 % earn 2, and a full reversal takes exactly 2
// back.
#include <boost/json/object.hpp>
#include <string>

#include "core/check.hpp"
#include "core/rate.hpp"
#include "ledger/plans.hpp"

namespace fairlead::ledger {

namespace {

core::Result<boost::json::object> read_terms(const boost::json::object& terms) {
  for (const auto& [name, value] : terms)
    if (name != "rate_ppm")
      return core::fail(core::Errc::invalid, "\"" + std::string(name).substr(0, 40) +
                                                 "\" is not a field of a percent plan; it has "
                                                 "\"kind\" and \"rate_ppm\"");
  const auto* rate = terms.if_contains("rate_ppm");
  if (rate == nullptr || !rate->is_int64() || !core::Rate::parse(rate->get_int64()))
    return core::fail(core::Errc::invalid,
                      "\"rate_ppm\" must be an integer from 0 to 1000000 parts per million; 100000 "
                      "is 10 %");
  return boost::json::object{{"rate_ppm", rate->get_int64()}};
}

std::int64_t commission_minor(const boost::json::object& terms, std::int64_t base_minor) {
  const auto rate = core::Rate::parse(terms.at("rate_ppm").as_int64());
  CHECK(rate);
  return core::share(base_minor, *rate);
}

}  // namespace

const PlanKind percent_plan{"percent", read_terms, commission_minor};

}  // namespace fairlead::ledger
