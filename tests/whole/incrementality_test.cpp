// A holdout through the real program: shoppers click, half of them find the code applied, shops
// post the orders with the tokens, the influencer is paid in both arms alike, and the report says
// what the code brought. On both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>

#include "core/time.hpp"
#include "tests/whole/program.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

// Another browser for each shopper, so that each is another visitor.
std::string agent_of(int shopper) {
  const std::string version =
      std::to_string(60 + shopper % 70) + "." + std::to_string(shopper / 70);
  return "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:" + version + ") Gecko/20100101 Firefox/" +
         version;
}

std::string in_seconds(int seconds) {
  const auto at = core::SystemClock().now().plus_seconds(seconds);
  return core::format_instant({at.micros / 1'000'000 * 1'000'000});
}

struct ArmCount {
  std::int64_t visitors = 0;
  std::int64_t orders = 0;
};

std::int64_t revenue_of(const json::value& run) {
  std::int64_t total = 0;
  for (const char* arm : {"treated", "held_out"})
    total += run.at(arm).at("net_revenue_minor").at("EUR").as_int64();
  return total;
}

class HoldoutOfALink : public ProgramOnEveryEngine {
 protected:
  void begin(Shop& shop) {
    const json::object holdout{
        {"kind", "visitor"}, {"share_ppm", 500'000}, {"ends_at", in_seconds(3'600)}};
    const auto made = shop.as_admin("POST", "/v1/links",
                                    {{"deal_id", shop.deal_id},
                                     {"slug", "mia-held"},
                                     {"code_id", shop.code_id},
                                     {"apply", "generic"},
                                     {"holdout", holdout}});
    ASSERT_EQ(made.status, 201) << made.body;
    link_ = json::parse(made.body).at("id").as_string();
  }
  // With the code every third buys, without it every sixth.
  void shop_around(Shop& shop, std::uint16_t port, int shoppers) {
    test::HttpClient client(port);
    for (int shopper = 0; shopper < shoppers; ++shopper) {
      const auto answer = client.get("/mia-held", {{"User-Agent", agent_of(shopper)}});
      ASSERT_EQ(answer.status, 302) << answer.body;
      const std::string location = answer.header("Location");
      const bool has_code = location.find("coupon=MIA10") != std::string::npos;
      ArmCount& arm = has_code ? treated_ : held_out_;
      ++arm.visitors;
      if (shopper % (has_code ? 3 : 6) != 0) continue;
      ++arm.orders;
      const auto order =
          shop.as_shop("POST", "/v1/orders",
                       Shop::order_body("H-" + std::to_string(shopper), token_of(location), ""));
      ASSERT_EQ(order.status, 201) << order.body;
      // The influencer brought both alike.
      EXPECT_EQ(json::parse(order.body).at("commissions").at(0).at("amount_minor"), 900);
    }
  }
  static json::value first_of(const test::HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("data").at(0);
  }
  json::value report(Shop& shop) const {
    return first_of(shop.as_admin("GET", "/v1/reports/incrementality?link_id=" + link_));
  }

  std::string link_;
  ArmCount treated_;
  ArmCount held_out_;
};
INSTANTIATE_ON_ENGINES(HoldoutOfALink);

TEST_P(HoldoutOfALink, IsMeasuredFromClickToReport) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys);
  shop.set_up();
  begin(shop);
  // The last one orders in either arm, so that every click is in the click file.
  shop_around(shop, server.port(), 283);
  const auto run = report(shop);
  EXPECT_EQ(run.at("status"), "running");
  EXPECT_EQ(run.at("held_out").at("visitors"), held_out_.visitors);
  EXPECT_EQ(run.at("treated").at("visitors"), treated_.visitors);
  EXPECT_EQ(run.at("held_out").at("orders"), held_out_.orders);
  EXPECT_EQ(run.at("treated").at("orders"), treated_.orders);
  EXPECT_EQ(revenue_of(run), 9'000 * (treated_.orders + held_out_.orders));
  EXPECT_FALSE(run.at("sample_ratio").at("is_mismatch").as_bool()) << run;
  ASSERT_TRUE(run.at("not_enough_data").is_null()) << run;
  EXPECT_TRUE(run.at("orders").at("p").is_null()) << "nobody peeks";

  // An edit of the link stops the run, and what it showed can be read.
  const auto stopped = shop.as_admin("PATCH", "/v1/links/" + link_, {{"holdout", nullptr}});
  ASSERT_EQ(stopped.status, 200) << stopped.body;
  const auto shown = report(shop);
  EXPECT_EQ(shown.at("status"), "stopped");
  const double rate =
      static_cast<double>(held_out_.orders) / static_cast<double>(held_out_.visitors);
  const auto increment = static_cast<std::int64_t>(std::llround(
      static_cast<double>(treated_.orders) - rate * static_cast<double>(treated_.visitors)));
  EXPECT_EQ(shown.at("orders").at("incremental"), increment) << shown;
  EXPECT_LT(shown.at("orders").at("incremental_low").as_int64(), increment);
  EXPECT_GT(shown.at("orders").at("incremental_high").as_int64(), increment);
  EXPECT_TRUE(shown.at("orders").at("p").is_double());

  // A refund takes from the arm whose order it was.
  const auto refund =
      shop.as_shop("POST", "/v1/orders/H-0/refunds",
                   {{"refund_ref", "R-1"}, {"placed_at", in_seconds(0)}, {"amount_minor", 4'000}});
  ASSERT_EQ(refund.status, 201) << refund.body;
  const auto after =
      first_of(shop.as_admin("GET", "/v1/reports/incrementality?campaign_id=" + shop.campaign_id));
  EXPECT_EQ(revenue_of(after), revenue_of(shown) - 4'000);
  const auto csv = shop.as_admin("GET", "/v1/reports/incrementality?format=csv&link_id=" + link_);
  EXPECT_NE(csv.body.find(link_ + ",mia-held,1,visitor,code,stopped,orders,"), std::string::npos)
      << csv.body;
  EXPECT_EQ(server.stop(), 0);
  std::vector<std::string> words{"verify"};
  for (const std::string& word : arguments())
    words.push_back(word);
  const Ran verified = run_program(words);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace fairlead::whole
