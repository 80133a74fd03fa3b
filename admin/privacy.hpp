// What is kept of an influencer as a person, and how it is forgotten. The row, its deals, credits
// and postings stay, because money must remain explained; name, contact, handles, payout details,
// logins and the change log's words go. Inside the caller's transaction.
#pragma once

#include <boost/json/object.hpp>
#include <optional>

#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

// Nullopt when the brand has no such influencer.
std::optional<boost::json::object> influencer_facts(storage::Session& session, core::BrandId brand,
                                                    core::InfluencerId influencer);
void forget_influencer(storage::Session& session, core::BrandId brand,
                       core::InfluencerId influencer, core::Instant now);

}  // namespace fairlead::admin
