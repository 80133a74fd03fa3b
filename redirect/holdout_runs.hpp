// Runs of holdouts as rows: what was drawn, how, and for how long, kept when the link changes, so
// that a report knows what it compares. Inside the caller's transaction.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "redirect/link_rules.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// What the time and the server say about a holdout that is about to be written: fills in starts_at
// and checks. One that is there already (`before`) is not judged again. Errc::invalid.
core::Result<void> settle_holdout(LinkRules& rules, const Holdout& before, core::Instant now);

// A run that is as long as clicks are kept (0 = for ever) could not be read: it ends a week before.
// Errc::invalid.
core::Result<void> check_kept(const Holdout& holdout, std::int64_t days_kept, core::Instant now);

// Gives `rules.run` its next number and a seed when there is a holdout that is not over; called
// before a link is written of which something is new. Errc::invalid when the numbers are used up.
core::Result<void> draw_run(LinkRules& rules, core::Instant now);
// The rows of that, once the link is written: what `before` ran is stopped, the new run begun.
void record_run(storage::Session& session, core::BrandId brand, core::LinkId link,
                const LinkRules& before, const LinkRules& rules, core::Instant now);

}  // namespace fairlead::redirect
