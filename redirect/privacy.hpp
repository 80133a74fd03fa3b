// What the redirect does when an influencer is forgotten. Inside the caller's transaction.
#pragma once

#include <cstdint>

#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// Archives every link of the influencer's deals; how many. A running server keeps serving them
// until it reads its links again.
std::int64_t archive_links_of(storage::Session& session, core::BrandId brand,
                              core::InfluencerId influencer, core::Instant now);

}  // namespace fairlead::redirect
