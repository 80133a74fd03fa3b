// The code that a link carries, when the link is written: the code's text is kept beside its id,
// and a destination that applies it is built, so that serving the link needs neither the code's row
// nor a template. A code that is switched off or archived later stays in the link: the shopper
// lands on the right page all the same, the shop's own check says that the code is off, and the
// order that names it is still the influencer's. Inside the caller's transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redirect/link_rules.hpp"
#include "redirect/utm.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

struct CodedLink {
  core::BrandId brand;
  core::DealId deal;
  std::string_view page;  // the destination as the brand wrote it, checked
  const UtmValues& utm;   // the link's
  const std::vector<std::string>& allowed_domains;
  std::string_view stored = {};  // the destination so far: it is not judged again
};

// Finishes `rules` (the code's text, the page behind `apply`) and gives the destination to store:
// the page itself, or what applies the code to it. Errc::invalid starts with the field that is
// wrong: no such code of the deal, `apply` or {code} without a code, a code per click that stands
// nowhere or whose text is too long, a built destination that is not allowed.
core::Result<std::string> settle_code(storage::Session& session, const CodedLink& link,
                                      LinkRules& rules);

}  // namespace fairlead::redirect
