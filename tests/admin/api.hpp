// The admin API in one process without a socket: routes, authenticator and router over a database
// of its own, with a clock that stands still and a key of each role. One thread.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/admin.hpp"
#include "core/time.hpp"
#include "net/router.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::admin {

using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

struct TestBrand {
  core::BrandId id;
  std::string admin;  // keys
  std::string viewer;
  std::string shop;
  std::string influencer_key;
  core::InfluencerId influencer;
  core::CampaignId campaign;
  core::DealId deal;
};

class Api {
 public:
  explicit Api(storage::Database& database);

  core::Answer call(std::string_view method, std::string_view target, std::string_view key,
                    std::string_view body = {}, const RequestHeaders& headers = {}) const;
  // A brand with a domain, one influencer, one campaign in EUR, one deal and a key of each role.
  TestBrand make_brand(std::string name) const;

  storage::Database& database() const { return database_; }
  const std::vector<net::Route>& routes() const { return router_->routes(); }
  core::ManualClock clock{core::Instant{1'772'442'900'000'000}};  // 2026-03-02T09:15:00Z
  std::vector<std::string> not_ready;
  std::vector<core::Metric> metrics;
  mutable int brand_changes = 0;

 private:
  storage::Database& database_;
  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_;
  KnownKeys known_keys_;
  std::unique_ptr<net::Router> router_;
};

// The body of an answer; fails the test when it is not JSON.
boost::json::value body_of(const core::Answer& answer);
std::string header_of(const core::Answer& answer, std::string_view name);
// One member of the body as text: a string as it is, everything else as JSON.
std::string member_of(const core::Answer& answer, std::string_view name);

}  // namespace fairlead::admin
