// What the click file says of the clicks that an order brings. It is another database than the
// order's, and may be missing, behind, or on another server: nothing known is never a reason to
// refuse an order. Any thread.
#pragma once

#include <optional>
#include <vector>

#include "attribution/attribution.hpp"
#include "core/events.hpp"

namespace fairlead::attribution {

// Of one visitor, the newest are read.
inline constexpr std::size_t visitor_clicks_max = 50;

struct VisitorClick {
  TokenFact fact;
  core::ClickVerdict verdict = core::ClickVerdict::valid;
};

// One that cannot be found may still be on its way from the journal: it is looked for twice.
std::optional<core::ClickVerdict> find_verdict(const Dependencies& dependencies,
                                               const TokenFact& fact);
std::optional<core::LinkId> find_link(const Dependencies& dependencies, core::ClickId click);

// What the visitor of `click` clicked of the brand's links from `from` on and before `before`,
// newest first, `click` itself among it. Only visitors with the cookie, which needs their consent,
// are known from click to click; of all others there is nothing. docs/privacy.md
std::vector<VisitorClick> list_visitor_clicks(const Dependencies& dependencies, core::BrandId brand,
                                              core::ClickId click, core::Instant from,
                                              core::Instant before);

}  // namespace fairlead::attribution
