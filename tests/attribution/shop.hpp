// Two brands with influencers, campaigns, deals, links and codes in a database, and their keys at
// the door: calls go through the real routes and the real table of roles, without a socket. Calls
// may come from many threads at once.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attribution/attribution.hpp"
#include "core/time.hpp"
#include "net/router.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::attribution {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

struct Reply {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  boost::json::value json() const;
  // The value a pointer leads to as text: "true", "1000", the text itself; "absent" when it is not
  // there.
  std::string at(std::string_view pointer) const;
};

// The deals, by what is special about them; the campaign's precedence is in the name where it
// matters.
inline constexpr core::BrandId brand{1001};
inline constexpr core::BrandId other_brand{1002};
inline constexpr core::InfluencerId mia{4001};
inline constexpr core::InfluencerId leo{4002};
inline constexpr core::DealId mias_deal{3001};           // campaign 2001, 10 %; code MIA10
inline constexpr core::DealId leos_deal{3002};           // campaign 2001, 12.5 %; code LEO10
inline constexpr core::DealId leos_click_first{3003};    // campaign 2002, 10 %; code LEOCLICK
inline constexpr core::DealId leos_ended_deal{3004};     // ended 2026-03-01; code LEOOLD
inline constexpr core::DealId leos_archived_deal{3005};  // archived 2026-03-01; code LEOGONE
inline constexpr core::DealId other_brands_deal{3101};   // code OTHER10

class Shop {
 public:
  explicit Shop(storage::Database& database, storage::Database* clicks = nullptr,
                std::function<void(std::span<const core::ClickId>)> activate = {});

  // `key` is "shop", "admin", "viewer", "mia", "leo", "other" (the other brand's admin), or "" for
  // none.
  Reply call(net::Method method, std::string_view target, std::string_view body,
             std::string_view key, Headers headers = {}) const;
  Reply post(std::string_view target, std::string_view body, std::string_view key = "shop") const {
    return call(net::Method::post, target, body, key);
  }
  Reply get(std::string_view target, std::string_view key = "shop") const {
    return call(net::Method::get, target, "", key);
  }
  Reply order(std::string_view body) const { return post("/v1/orders", body); }
  Reply refund(std::string_view order_ref, std::string_view body) const {
    return post("/v1/orders/" + std::string(order_ref) + "/refunds", body);
  }

  // A token that the tests' read_token takes for genuine. Links: 5001 … 5005 are of deals 3001 …
  // 3005, 5101 is the other brand's.
  static std::string token(std::int64_t click, std::int64_t link, std::string_view at);

  // "orders 1 lines 2 …": how many rows stand in the tables that belong to an order.
  std::string row_counts() const;
  std::int64_t number(
      std::string_view sql) const;  // one integer, of a statement without parameters
  void run(std::string_view sql) const;
  // Attribution's, the ledger's and the codes' own verification, one line per difference.
  std::string verify() const;
  // What an influencer has earned after all, in minor units.
  std::int64_t balance(core::InfluencerId influencer) const;

  storage::Database& database;
  core::ManualClock clock{core::parse_instant("2026-03-02T12:00:00Z").value()};
  Dependencies dependencies;

 private:
  net::Router router_;
};

// Masks ids that are made while the test runs: "ord_0123456789abc" becomes "ord_…".
std::string without_ids(std::string text);

// {"order_ref":…,"placed_at":"2026-03-02T09:15:00Z","currency":"EUR","items":[…],…}: a lamp for
// 119.00 less 11.90, and two bulbs for 23.80 less 4.76; base 149.94. `rest` goes in front of the
// closing brace.
std::string order_json(std::string_view order_ref, std::string_view rest = "");
// One line of that amount.
std::string simple_order(std::string_view order_ref, std::int64_t amount_minor,
                         std::string_view rest = "");

}  // namespace fairlead::attribution
