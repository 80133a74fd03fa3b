// A brand with a campaign and a deal on a fresh database. The rows of other modules are written
// here by plain SQL, because redirect/ must not know those modules.
#pragma once

#include <string>

#include "redirect/redirect.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::test {

inline const TestStatement insert_brand(
    "INSERT INTO brands (brand_id, name, currency, timezone, fallback_url, created_at) "
    "VALUES ($1, $2, 'EUR', $3, $4, 1)");
inline const TestStatement insert_domain(
    "INSERT INTO allowed_domains (brand_id, domain) VALUES ($1, $2)");
inline const TestStatement delete_domain(
    "DELETE FROM allowed_domains WHERE brand_id = $1 AND domain = $2");
inline const TestStatement insert_campaign(
    "INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, landing_url, utm, "
    "created_at) "
    "VALUES ($1, $2, 'Summer', 'EUR', 20000, 'https://shop.example/landing', "
    "'{\"utm_campaign\":\"summer\"}', 1)");
inline const TestStatement insert_deal(
    "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) "
    "VALUES ($1, $2, 9, $3, 1)");

inline constexpr core::Instant start_of_test{1'772'442'900'000'000};  // 2026-03-02T09:15:00Z

class Shop {
 public:
  static constexpr core::BrandId brand{11};
  static constexpr core::DealId deal{22};
  static constexpr core::CampaignId campaign{33};

  explicit Shop(storage::Database& database, std::string fallback = "") : database_(database) {
    add_brand(brand, "Europe/Berlin", fallback, deal);
  }
  void add_brand(core::BrandId id, std::string zone, const std::string& fallback,
                 core::DealId its_deal) {
    const storage::Value fallback_value =
        fallback.empty() ? storage::Value(storage::Null{}) : fallback;
    database_
        .transact([&](storage::Session& session) {
          session.run(insert_brand, id, "Brand", zone, fallback_value);
          session.run(insert_domain, id, "shop.example");
          session.run(insert_campaign, id, campaign);
          session.run(insert_deal, id, its_deal, campaign);
        })
        .value();
  }
  core::LinkId add_link(redirect::NewLink link) {
    if (!link.deal) link.deal = deal;
    return database_
        .transact([&](storage::Session& session) {
          return redirect::create_link(session, brand, link, start_of_test).value().id;
        })
        .value();
  }
  void run(const storage::Statement& statement, auto... values) {
    database_.transact([&](storage::Session& session) { session.run(statement, values...); })
        .value();
  }

 private:
  storage::Database& database_;
};

}  // namespace fairlead::test
