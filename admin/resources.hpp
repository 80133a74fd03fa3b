// The brand's things, one file each; routes() in admin.cpp puts their routes together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/admin.hpp"
#include "net/json.hpp"

namespace fairlead::admin {

std::vector<net::Route> influencer_routes(storage::Database& database);
std::vector<net::Route> campaign_routes(storage::Database& database);
std::vector<net::Route> deal_routes(storage::Database& database);
std::vector<net::Route> post_routes(storage::Database& database);
std::vector<net::Route> cost_routes(storage::Database& database);
std::vector<net::Route> brand_routes(const Dependencies& dependencies);
std::vector<net::Route> key_routes(storage::Database& database, KnownKeys& known_keys);
std::vector<net::Route> event_routes(storage::Database& database);
std::vector<net::Route> leak_routes(storage::Database& database);
std::vector<net::Route> operation_routes(const Dependencies& dependencies);
std::vector<net::Route> docs_routes();

// The places posts appear, in the words of the API and the reports. Reads a required word of the
// list.
std::string read_platform(net::Fields& body, std::string_view name);

// In the order they were added; empty when the brand has none or is not there.
std::vector<std::string> allowed_domains(storage::Session& session, core::BrandId brand);
// The currency of a campaign that is not archived; nullopt when the brand has none of that number.
std::optional<std::string> campaign_currency(storage::Session& session, core::BrandId brand,
                                             std::int64_t campaign);
bool has_influencer(storage::Session& session, core::BrandId brand, std::int64_t influencer);
// The campaign of a deal that is not archived; nullopt when the brand has none of that number.
std::optional<std::int64_t> campaign_of_deal(storage::Session& session, core::BrandId brand,
                                             std::int64_t deal);

}  // namespace fairlead::admin
