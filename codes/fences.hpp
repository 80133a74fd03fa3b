// Edits of limits among calls that use what is limited. A limit that comes or goes makes or drops a
// counter, and no use may be in flight then: it would be missed, or counted into nothing. So
// whoever uses a code holds it (hold_code()), and such an edit waits until nobody does.
//
// Holders do not queue behind one who waits for them, so on a code that is always held the edit
// would wait for ever. Therefore it is announced first, in a transaction of its own: from then on
// calls that come to hold the code are tried again a little later. An announcement ends with the
// edit, or by itself after fence_seconds_max. None of this takes anything on SQLite, which has one
// writer at a time.
#pragma once

#include "codes/stored_code.hpp"

namespace fairlead::codes {

inline constexpr std::int64_t fence_seconds_max = 1;

// `edit` in a transaction behind the announcement. It must begin with fence_code(), or
// fence_campaign().
core::Result<core::Answer> edit_limits(storage::Database& database, core::BrandId brand,
                                       core::CodeId code, core::Instant now,
                                       const std::function<core::Answer(storage::Session&)>& edit);
core::Result<core::Answer> edit_limits(storage::Database& database, core::BrandId brand,
                                       core::CampaignId campaign, core::Instant now,
                                       const std::function<core::Answer(storage::Session&)>& edit);

// As find_code(), but neither an edit nor a use of this code commits before the transaction has
// ended.
std::optional<StoredCode> fence_code(storage::Session& session, core::BrandId brand,
                                     core::CodeId code);
// The same of every code of the campaign.
void fence_campaign(storage::Session& session, core::BrandId brand, core::CampaignId campaign);

}  // namespace fairlead::codes
