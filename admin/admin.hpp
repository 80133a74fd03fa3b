// admin/ is the brand's side: keys and roles, influencers, campaigns, deals, posts, costs, the
// audit log, reports (JSON and CSV), /metrics, /healthz, /readyz and /docs.
//
// Tables: brands, allowed_domains, api_keys, influencers, influencer_handles, campaigns, deals,
// posts, post_metrics, costs. Threads: handlers run on the work pool, several at once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/known_keys.hpp"
#include "admin/leak_watch.hpp"
#include "attribution/attribution.hpp"
#include "core/events.hpp"
#include "core/metrics.hpp"
#include "core/rate.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct Dependencies {
  storage::Database& database;
  storage::Database& clicks;  // read-only view of the click file
  KnownKeys& known_keys;      // those of authenticator()
  std::vector<core::MetricSource> metrics;
  // Why the server is not ready: database, recorder, disk; empty = ready.
  std::function<std::vector<std::string>()> not_ready;
  std::string version;
  // Called after a brand's fallback URL or domains changed, so that the redirect reads them again.
  std::function<void()> brand_changed = {};
};

std::vector<net::Route> routes(const Dependencies& dependencies);
// One read a second for each key. A key that is revoked by a route of this process is refused at
// once, on other servers of the same database within KnownKeys::kept_ms_max; one that expires, at
// once everywhere. Both must outlive the authenticator.
net::Authenticate authenticator(storage::Database& database, KnownKeys& known_keys);
net::IsListedOrigin origin_finder(storage::Database& database);

struct NewBrand {
  std::string name;
  core::Currency currency;
  core::Zone zone;
  std::vector<std::string> allowed_domains;
};
core::BrandId create_brand(storage::Session& session, const NewBrand& brand, core::Instant now);
// A host name that links may lead to, "shop.example" or "http://localhost", as core::host_name()
// writes it. Errc::invalid says what a good one looks like.
core::Result<std::string> check_domain(std::string_view domain);

// A key as its owner sees it, once: "fl_admin_" + 8 characters of public id + 43 of secret. Only
// the SHA-256 of that text is stored.
struct CreatedKey {
  core::KeyId id;
  std::string secret_text;
};
CreatedKey create_key(storage::Session& session, core::BrandId brand, net::Role role,
                      core::InfluencerId influencer, std::string_view note, core::Instant now);
// A publishable key for pages of these origins (1 to 20, each as net::check_origin() gives it).
CreatedKey create_browser_key(storage::Session& session, core::BrandId brand,
                              std::vector<std::string> origins, std::string_view note,
                              core::Instant now);
struct KeyInfo {
  core::KeyId id;
  std::string public_id;
  net::Role role;
  std::string note;
  core::Instant created_at;
  std::optional<core::Instant> revoked_at = {};
  std::optional<core::Instant> expires_at = {};
  core::InfluencerId influencer = {};     // of role influencer only
  std::vector<std::string> origins = {};  // of role browser only
};
std::vector<KeyInfo> list_keys(storage::Session& session, core::BrandId brand);
// False when the brand has no such key. Takes effect with the commit; a server that has just looked
// the key up may take it for KnownKeys::kept_ms_max more.
bool revoke_key(storage::Session& session, core::BrandId brand, core::KeyId key, core::Instant now);

struct NewHandle {
  std::string platform;
  std::string handle;
  std::optional<std::int64_t> followers;
};
struct NewInfluencer {
  std::string name;
  std::string country;
  std::string niche;
  std::vector<NewHandle> handles;
  std::string email = {};
  std::optional<std::string> payout_json = {};
};
// These three trust their caller: what comes from outside is checked by the routes.
core::InfluencerId create_influencer(storage::Session& session, core::BrandId brand,
                                     const NewInfluencer& influencer, core::Instant now);
struct NewCampaign {
  std::string name;
  core::Currency currency;
  core::Day starts_on;
  std::optional<core::Day> ends_on;
  std::string landing_url;
  std::string utm_json = "{}";
  std::optional<std::int64_t> budget_minor;
  std::string goals_json = "[]";
  attribution::Policy attribution;
};
core::CampaignId create_campaign(storage::Session& session, core::BrandId brand,
                                 const NewCampaign& campaign, core::Instant now);
struct NewDeal {
  core::InfluencerId influencer;
  core::CampaignId campaign;
  std::int64_t rate_ppm = 100'000;
  std::int64_t fixed_fee_minor = 0;
  std::int64_t gift_cost_minor = 0;
  std::string gifts_json = "[]";
  std::int64_t hold_days = 30;
  std::optional<ledger::Plan> plan = {};  // instead of the percent plan of rate_ppm
  std::optional<core::Instant> starts_at = {};
  std::optional<core::Instant> ends_at = {};
};
// The deal's first plan is in force from the beginning of time: there is no earlier one.
core::DealId create_deal(storage::Session& session, core::BrandId brand, const NewDeal& deal,
                         core::Instant now);

}  // namespace fairlead::admin
