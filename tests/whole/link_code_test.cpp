// One click brings code and attribution, through the real program: the link's Location holds a code
// of that click alone, the shop checks and redeems it, nobody else can, and the order is the
// influencer's and the click's. On both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class LinkCode : public ProgramOnEveryEngine {
 protected:
  // Where a click of that link leads.
  static std::string location_of(std::uint16_t port, const std::string& slug) {
    test::HttpClient client(port);
    return client
        .get("/" + slug, {{"User-Agent",
                           "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
                           "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
                           "Mobile/15E148 Safari/604.1"}})
        .header("Location");
  }
  static std::string code_of(const std::string& location) {
    const std::string name = "coupon=";
    const auto at = location.find(name);
    if (at == std::string::npos) return "";
    return location.substr(at + name.size(), location.find('&', at) - at - name.size());
  }
  static json::object cart(const std::string& code, const std::string& order_ref) {
    return {
        {"code", code}, {"order_ref", order_ref}, {"currency", "EUR"}, {"subtotal_minor", 10'000}};
  }
};
INSTANTIATE_ON_ENGINES(LinkCode);

TEST_P(LinkCode, OneClickBringsACodeOfItsOwnAndTheCredit) {
  const BrandKeys keys = init_brand(arguments());
  std::string first;
  std::string second;
  {
    ServerProcess server(arguments());
    Shop shop(server.port(), keys);
    shop.set_up();
    const auto link = shop.as_admin("POST", "/v1/links",
                                    {{"deal_id", shop.deal_id},
                                     {"slug", "mia-code"},
                                     {"code_id", shop.code_id},
                                     {"apply", "generic"},
                                     {"code_per_click", true}});
    ASSERT_EQ(link.status, 201) << link.body;
    first = location_of(server.port(), "mia-code");
    second = location_of(server.port(), "mia-code");
    const auto code = code_of(first);
    ASSERT_TRUE(code.starts_with("MIA10-")) << first;
    EXPECT_TRUE(first.starts_with("https://shop.example/summer?coupon=" + code + "&")) << first;
    EXPECT_LE(code.size(), 40U);
    EXPECT_NE(code_of(second), code);

    const auto checked = shop.as_shop("POST", "/v1/codes/validate", cart(code, "A-1"));
    EXPECT_TRUE(json::parse(checked.body).at("valid").as_bool()) << checked.body;
    const auto redeemed = shop.as_shop("POST", "/v1/codes/redeem", cart(code, "A-1"));
    ASSERT_EQ(redeemed.status, 200) << redeemed.body;
    EXPECT_EQ(json::parse(redeemed.body).at("discount").at("amount_minor").as_int64(), 1'000);
    server.kill_now();
  }
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  // Used is used, also after a crash.
  const auto again = shop.as_shop("POST", "/v1/codes/redeem", cart(code_of(first), "A-2"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(json::parse(again.body).at("reason").at("code").as_string(), "usage_limit_reached");

  // The order names the code alone: the click is known by it.
  const auto booked =
      shop.as_shop("POST", "/v1/orders", Shop::order_body("A-1", "", code_of(first)));
  ASSERT_EQ(booked.status, 201) << booked.body;
  const json::value order = json::parse(booked.body);
  ASSERT_EQ(order.at("credits").as_array().size(), 1U);
  EXPECT_EQ(order.at("credits").at(0).at("via").as_string(), "code");
  EXPECT_EQ(order.at("commissions").at(0).at("amount_minor").as_int64(), 900);
  const std::string commission(order.at("commissions").at(0).at("id").as_string());
  const auto explained = shop.as_admin("GET", "/v1/commissions/" + commission + "/explain");
  EXPECT_NE(explained.body.find("\"kind\":\"click\""), std::string::npos) << explained.body;

  // One that was never redeemed, and the click's token beside it: still one click.
  const auto paid = shop.as_shop("POST", "/v1/orders",
                                 Shop::order_body("A-3", token_of(second), code_of(second)));
  ASSERT_EQ(paid.status, 201) << paid.body;
  EXPECT_EQ(json::parse(paid.body).at("credits").as_array().size(), 1U);
  const auto used = shop.as_shop("POST", "/v1/codes/redeem", cart(code_of(second), "A-4"));
  EXPECT_EQ(used.status, 409) << used.body;
  EXPECT_EQ(server.stop(), 0);

  std::vector<std::string> verify{"verify"};
  const auto rest = arguments();
  verify.insert(verify.end(), rest.begin(), rest.end());
  const Ran ran = run_program(verify);
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
}

}  // namespace
}  // namespace fairlead::whole
