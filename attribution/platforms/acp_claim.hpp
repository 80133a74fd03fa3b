// The `affiliate_attribution` object of the Agentic Commerce Protocol: what is wrong with one, by
// rfc.affiliate_attribution.md, sections 4.2.3 and 6. Pure; any thread.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

namespace fairlead::attribution {

struct AcpProblem {
  std::string code;   // "invalid_type", "pii_not_allowed", …
  std::string param;  // JSONPath: "$.affiliate_attribution.metadata.email"
  std::string message;
};

// The first thing that is wrong, nothing of which is quoted. Unknown fields and providers are not;
// but a person's data is refused wherever it stands, rather too often than too seldom.
std::optional<AcpProblem> find_problem(const boost::json::value& attribution);

}  // namespace fairlead::attribution
