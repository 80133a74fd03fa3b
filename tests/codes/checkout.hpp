// A brand with deals in a database, and its keys at the door: calls go through the real routes and
// the real table of roles, without a socket. Calls may come from many threads at once.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codes/codes.hpp"
#include "core/time.hpp"
#include "net/router.hpp"
#include "tests/support/engines.hpp"

namespace fairlead::codes {

struct Reply {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  boost::json::value json() const;
  // The value a pointer leads to as text: "true", "1000", the text itself; "absent" when it is not
  // there.
  std::string at(std::string_view pointer) const;
  std::string header(std::string_view name) const;  // "" when absent
};

class Checkout {
 public:
  using ReadClick = std::function<std::optional<ClickFact>(std::string_view token)>;
  explicit Checkout(storage::Database& database, ReadClick read_click = {},
                    ReadClickCode read_click_code = {});
  // Shares the limits of all codes of the campaign.
  void share_limits(std::string_view limits) const;

  // `key` is "shop", "admin", "viewer", "influencer" or "other_admin", who is of another brand.
  Reply call(net::Method method, std::string_view target, std::string_view body,
             std::string_view key,
             std::vector<std::pair<std::string_view, std::string_view>> headers = {}) const;
  Reply post(std::string_view path, std::string_view body, std::string_view key = "shop") const {
    return call(net::Method::post, path, body, key);
  }
  Reply validate(std::string_view body) const { return post("/v1/codes/validate", body); }
  Reply reserve(std::string_view body) const { return post("/v1/codes/reserve", body); }
  Reply redeem(std::string_view body) const { return post("/v1/codes/redeem", body); }
  Reply release(std::string_view body) const { return post("/v1/codes/release", body); }
  // With an Idempotency-Key of its own, unless `key` gives one.
  Reply rollback(std::string_view body, std::string_view key = "") const;
  // Creates a code over the API; `rest` is the body behind deal and text, such as
  // R"("discount":{…},"limits":{…})". Gives its id.
  std::string create(std::string_view text, std::string_view rest) const;
  Reply patch(const std::string& id, std::string_view body) const {
    return call(net::Method::patch, "/v1/codes/" + id, body, "admin");
  }

  storage::Database& database;
  core::ManualClock clock{core::parse_instant("2026-03-02T09:15:00Z").value()};
  core::BrandId brand{1001};
  core::BrandId other_brand{1002};
  core::CampaignId campaign{2001};
  core::DealId deal{3001};
  core::DealId other_brands_deal{3002};

  // What the ledger of uses, the counter and the slots say.
  std::int64_t count_uses(std::string_view state) const;  // over all codes of the brand
  std::string counter(const std::string& id) const;  // of a code or campaign: "used=3 spent=1500"
  std::int64_t count_slots() const;
  core::Differences verify() const;
  std::int64_t number(
      std::string_view sql) const;       // one integer, of a statement without parameters
  void run(std::string_view sql) const;  // plants damage

 private:
  // Connections know a statement by its address, so each text keeps one for as long as this lives.
  const storage::Statement& statement_of(std::string_view sql) const;

  net::Router router_;
  mutable std::mutex statements_guard_;
  mutable std::map<std::string, storage::Statement, std::less<>> statements_;
};

// The same with more fields behind, such as R"(,"ttl_s":60)".
std::string cart_with(std::string_view code, std::string_view order_ref,
                      std::int64_t subtotal_minor, std::string_view more);
// One percent-off cart:
// {"code":…,"order_ref":…,"currency":"EUR","subtotal_minor":…,"customer":{"key":…}}.
std::string cart_json(std::string_view code, std::string_view order_ref,
                      std::int64_t subtotal_minor, std::string_view customer = "");

inline constexpr std::string_view ten_percent =
    R"("discount":{"kind":"percent","rate_ppm":100000})";

}  // namespace fairlead::codes
