// What the code tables know of one person, and how they forget it. Limits per customer go on
// counting under the new name, so an erasure changes no total. Inside the caller's transaction.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <string_view>

#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

// Every use of a code by the customer (key or e-mail hash, as orders and carts name it).
boost::json::array customer_uses(storage::Session& session, core::BrandId brand,
                                 std::string_view customer);
// The number of uses that go by `new_name` from now on.
std::int64_t rename_customer(storage::Session& session, core::BrandId brand,
                             std::string_view customer, std::string_view new_name);
// Archives every code of the influencer's deals; how many.
std::int64_t archive_codes_of(storage::Session& session, core::BrandId brand,
                              core::InfluencerId influencer, core::Instant now);

}  // namespace fairlead::codes
