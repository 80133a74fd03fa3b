// Rollups in the click file: adding what a tally counted, recounting all, and letting go of old
// hours. Inside a transaction of the caller.
#pragma once

#include <cstdint>
#include <vector>

#include "redirect/brands.hpp"
#include "redirect/click_tally.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// One upsert per key. A change of a day before the brand's newest is counted in 'past_changes'.
// Rows that come down to zero clicks are removed, so that the rollups always are those of a
// recount.
void add_rollups(storage::Session& clicks, const Rollups& rollups);

// All clicks of the file that are kept (redirect/retention.hpp), counted. A brand that is gone
// counts in UTC.
Rollups recount(storage::Session& clicks, const std::vector<BrandRecord>& brands);

// Rollups by hour are complete from this hour on (day × 24 + hour); earlier ones are left-overs.
std::int64_t hours_from(storage::Session& clicks);
// Moves it up to hours_kept_days before `newest`; a day that is not newer changes nothing.
std::int64_t keep_hours_until(storage::Session& clicks, core::Day newest);
// Removes left-overs, at most about `rows_max` of them. How many there were; call again until 0.
std::int64_t drop_old_hours(storage::Session& clicks, std::int64_t rows_max);

// A row of list_clicks_after or find_click_to_judge.
TalliedClick tallied_click(const storage::Row& row, const std::vector<BrandRecord>& brands,
                           DayOfBrand& days);

}  // namespace fairlead::redirect
