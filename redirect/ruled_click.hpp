// What the rules of a link make of one click: where it leads, what is recorded of that, and whether
// it takes one of the link's limited uses. Only links with rules come here; any I/O thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/events.hpp"
#include "redirect/click_uses.hpp"
#include "redirect/decide.hpp"
#include "redirect/link_directory.hpp"
#include "redirect/link_rules.hpp"

namespace fairlead::redirect {

// Borrows from the link, its rules and its brand.
struct RuledClick {
  Target target;                    // not when is_closed
  bool is_closed = false;           // nothing to lead to: answered like an unknown link, …
  std::string_view fallback_url;    // … but by the link's own fallback when it has one
  const AndroidApp* app = nullptr;  // the Location takes its intent:// form
  std::uint8_t variant = 0;
  std::uint32_t flags = 0;  // flag_closed, flag_uses_limit, those of holdout.hpp
};

// `target` is the link's own. `uses` must be there when the rules have a click limit. A destination
// whose host has left the brand's list counts as not set: the link's own stands in for it, and a
// closed link has none.
RuledClick apply_rules(const LinkRules& rules, const Target& target, const BrandRecord& brand,
                       Visit visit, core::ClickVerdict verdict, ClickUses* uses);

// The fallback of a link that is not served; "" = none, the brand's answers. An archived link has
// no rules any more.
std::string_view fallback_of(const LinkRules& rules, const BrandRecord& brand);

}  // namespace fairlead::redirect
