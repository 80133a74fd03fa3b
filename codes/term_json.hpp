// A code's terms written as the API and the database spell them; what reads them is
// term_fields.hpp. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "codes/terms.hpp"

namespace fairlead::codes {

boost::json::object discount_json(const Terms& terms);
boost::json::object capacity_json(const CapacityLimits& limits);
// All the conditions, null where there is nothing, into a code's JSON.
void add_conditions_json(const Terms& terms, boost::json::object& json);

// The column: only what the other columns do not hold and differs from the plain code; "" for one.
std::string rules_text(const Terms& terms);

}  // namespace fairlead::codes
