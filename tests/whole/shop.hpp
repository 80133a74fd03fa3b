// A brand with one influencer on a running server, set up through the API as its owner would, and
// the calls a shopper and a shop make. One thread at a time.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>

#include "tests/support/http_client.hpp"

namespace fairlead::whole {

struct BrandKeys {
  std::string brand_id;
  std::string admin_key;
  std::string shop_key;
};
// `fairlead init` on these arguments (--data …, --database …).
BrandKeys init_brand(const std::vector<std::string>& arguments,
                     const std::string& name = "Harbour");

class Shop {
 public:
  Shop(std::uint16_t port, BrandKeys keys);

  // Makes influencer, campaign, deal, link and code; 10 % off, 10 % commission, hold of 30 days.
  void set_up(const std::string& slug = "mia-summer", const std::string& code = "MIA10");

  // The click token of a 302; "" when the answer was something else.
  std::string click(const std::string& slug = "mia-summer");
  // An order placed now: two lamps at 50.00, 10.00 off, so a base of 90.00 and a commission
  // of 9.00.
  static boost::json::object order_body(const std::string& order_ref,
                                        const std::string& click_token, const std::string& code);
  test::HttpAnswer as_admin(const std::string& method, const std::string& target,
                            const boost::json::value& body = nullptr);
  test::HttpAnswer as_shop(const std::string& method, const std::string& target,
                           const boost::json::value& body = nullptr);

  std::string influencer_id, campaign_id, deal_id, link_id, code_id;

 private:
  test::HttpAnswer call(const std::string& key, const std::string& method,
                        const std::string& target, const boost::json::value& body);

  test::HttpClient client_;
  BrandKeys keys_;
};

// The click token in a Location; "" when there is none.
std::string token_of(const std::string& location);

}  // namespace fairlead::whole
