// A sign of fraud on the real server: an own purchase, held, listed, decided.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/crypto.hpp"
#include "tests/whole/running_shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class OwnPurchase : public RunningShop {};
INSTANTIATE_ON_ENGINES(OwnPurchase);

TEST_P(OwnPurchase, IsHeldListedAndDecidedAndVerifies) {
  EXPECT_EQ(admin(200, "GET", "/v1/signal_policy").at("actions").at("self_referral"), "hold");
  EXPECT_EQ(admin(200, "PATCH", "/v1/signal_policy", {{"actions", {{"velocity", "hold"}}}})
                .at("actions")
                .at("velocity"),
            "hold");
  admin(200, "PATCH", "/v1/influencers/" + shop_->influencer_id, {{"email", "mia@example.com"}});
  const auto order = [&](const std::string& ref) {
    json::value body = Shop::order_body(ref, "", "MIA10");
    body.as_object()["customer"] =
        json::object{{"email_sha256", core::hex(core::as_text(core::sha256("mia@example.com")))}};
    const auto answer = shop_->as_shop("POST", "/v1/orders", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return std::string(
        json::parse(answer.body).at("commissions").at(0).at("id").as_string().c_str());
  };
  const std::string first = order("S-1");
  const std::string second = order("S-2");
  EXPECT_EQ(admin(200, "GET", "/v1/commissions/" + first).at("status"), "held");
  EXPECT_EQ(admin(200, "GET", "/v1/signals?status=open").at("data").as_array().size(), 2u);
  EXPECT_EQ(
      admin(200, "GET", "/v1/commissions/" + first + "/explain").at("signals").as_array().size(),
      1u);
  EXPECT_EQ(admin(200, "POST", "/v1/commissions/" + first + "/decision",
                  {{"action", "release"}, {"reason", "we had agreed on it"}})
                .at("status"),
            "pending");
  EXPECT_EQ(admin(200, "POST", "/v1/commissions/" + second + "/decision",
                  {{"action", "reverse"}, {"reason", "own purchases earn nothing"}})
                .at("status"),
            "reversed");
  const json::value report = admin(200, "GET", "/v1/reports/signals");
  EXPECT_EQ(report.at("data").at(0).at("commissions"), 2);
  EXPECT_EQ(report.at("data").at(0).at("reversed"), 1);
  EXPECT_EQ(shop_->as_admin("GET", "/v1/reports/signals?format=csv").status, 200);
  server_->stop();
  std::vector<std::string> verify{"verify"};
  verify.insert(verify.end(), arguments_.begin(), arguments_.end());
  const Ran verified = run_program(verify);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace fairlead::whole
