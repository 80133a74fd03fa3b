// The scene of the report tests: a brand in Berlin with two influencers, two campaigns (EUR and
// USD), three deals, links, codes, a handful of clicks, four orders, a refund and costs; small
// enough that every number can be worked out by hand. The report routes stand behind a router that
// takes the names of roles as tokens. One thread.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "admin/known_keys.hpp"
#include "core/events.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::admin {

class Scene {
 public:
  explicit Scene(storage::Database& database);

  // GET /v1/reports/<target> with the key "admin", "viewer", "shop" or "mia"; "stranger" is the
  // admin of another brand.
  core::Answer get(std::string_view target, std::string_view key = "admin") const;
  boost::json::value json(std::string_view target, std::string_view key = "admin") const;
  void add_click(core::LinkId link, std::string_view at, core::ClickVerdict verdict,
                 std::int64_t visitor);
  // Makes every rollup of a day count so many clicks more, and tells nobody.
  void falsify_days(std::int64_t clicks);
  // As the redirect does after a while; `at` begins a day in UTC.
  void remove_clicks_before(std::string_view at);

 private:
  void write_names();
  void write_orders();
  void write_costs();
  void write_clicks();
  storage::Database& database_;
  test::TemporaryDirectory directory_;
  const std::string clicks_file_ = directory_.file("clicks.db");
  std::unique_ptr<storage::Database> clicks_;
  KnownKeys known_keys_;
  std::unique_ptr<net::Router> router_;
  std::int64_t clicks_written_ = 0;
};

inline constexpr core::BrandId scene_brand{7};
inline constexpr core::InfluencerId mia{31};
inline constexpr core::InfluencerId ben{32};
inline constexpr core::CampaignId spring{41};
inline constexpr core::CampaignId abroad{42};
inline constexpr core::DealId mia_spring{51};
inline constexpr core::DealId ben_spring{52};
inline constexpr core::DealId mia_abroad{53};
inline constexpr core::LinkId mia_link{61};
inline constexpr core::LinkId ben_link{62};
inline constexpr core::LinkId mia_abroad_link{63};
inline constexpr core::CodeId mia_code{71};
inline constexpr core::CodeId ben_code{72};

}  // namespace fairlead::admin
