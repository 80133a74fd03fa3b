// Judges stored clicks again under the present rules. What a rule looked at is not kept, so a click
// is judged again by what is: the name of the rule that hit it, its flags, visitor, link and time.
// docs/verdicts.md says what that can and cannot tell. The one writer of the click file meanwhile.
#pragma once

#include <functional>
#include <optional>

#include "redirect/redirect.hpp"

namespace fairlead::redirect {

// The verdict that a rule of this name stands for; nothing when it hits no more.
using RuleBook = std::function<std::optional<core::ClickVerdict>(std::string_view rule)>;

// Of the rules of this build: by name; a pattern that a list had once, by whether the present lists
// find a bot in an agent that holds it.
std::optional<core::ClickVerdict> present_rule(std::string_view rule);

// `since` is inclusive. The clicks, their rollups and visitors change together, at most
// rescore_changes_max of them in one transaction; broken off, it can be done again.
inline constexpr std::size_t rescore_changes_max = 100'000;
core::Result<RescoreReport> rescore_by(storage::Database& main, storage::Database& clicks,
                                       const RescoreRequest& request, const RuleBook& rules,
                                       std::int64_t version);

}  // namespace fairlead::redirect
