// A brand with deals, orders and refunds as the ledger sees them, for tests on a real database. Ids
// are small numbers chosen by the test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "storage/storage.hpp"

namespace fairlead::ledger {

inline constexpr core::BrandId brand{7};
inline constexpr core::DealId deal{20};
inline constexpr core::InfluencerId influencer{30};
inline constexpr core::CampaignId campaign{40};
inline constexpr core::Instant spring{1'772'323'200'000'000};  // 2026-03-01T00:00:00Z

Plan percent(std::int64_t rate_ppm);

// Thin writers of one transaction each; a failure of the database fails the test.
class World {
 public:
  explicit World(storage::Database& database) : database_(database) {}

  void add_deal(core::DealId id, std::int64_t hold_days);
  std::int64_t set_rate(core::DealId id, std::int64_t rate_ppm, core::Instant from);
  // An order with one credit of the same number, placed and touched at `at`.
  Commission book_order(std::int64_t number, std::int64_t base_minor, core::Instant at,
                        core::DealId of = deal, std::string currency = "EUR");
  // Returns what the ledger took back.
  std::int64_t book_refund(std::int64_t number, std::int64_t order, std::int64_t base_minor,
                           core::Instant at);
  // Only the ledger's part of it, again.
  std::int64_t post_reversal_again(std::int64_t number, std::int64_t order, core::Instant at);

  Commission commission_of(std::int64_t order, core::Instant now);
  std::vector<Posting> postings_of(std::int64_t order);
  std::vector<Balance> balances_now();
  core::Differences differences();
  // Runs any SQL, to damage what is stored.
  void damage(const std::string& sql);

 private:
  std::int64_t remaining_base(storage::Session& session, std::int64_t order);
  storage::Database& database_;
};

}  // namespace fairlead::ledger
