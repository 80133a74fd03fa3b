#include "redirect/privacy.hpp"

#include "redirect/sql.hpp"

namespace fairlead::redirect {

std::int64_t archive_links_of(storage::Session& session, core::BrandId brand,
                              core::InfluencerId influencer, core::Instant now) {
  return session.run(sql::archive_influencer_links, brand, influencer, now).changed;
}

}  // namespace fairlead::redirect
