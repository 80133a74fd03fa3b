// A code that leaks, on the real server: a variant for a placement, an order through it,
// commissions held back and released, the report, the policy.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/whole/running_shop.hpp"

namespace fairlead::whole {
namespace {

namespace json = boost::json;

class LeakedCode : public RunningShop {};
INSTANTIATE_ON_ENGINES(LeakedCode);

TEST_P(LeakedCode, HasVariantsIsReportedAndItsCommissionsWaitWithoutBeingLost) {
  const std::string path = "/v1/codes/" + shop_->code_id;
  const json::value shop_ids{{"shop_ids", {"promo_of_mia", "promo_of_mia_2"}}};
  EXPECT_EQ(admin(200, "PUT", path + "/shop_ids", shop_ids), shop_ids);
  EXPECT_EQ(admin(200, "GET", path + "/shop_ids"), shop_ids);
  const json::value variant =
      admin(201, "POST", path + "/variants", {{"placement", "youtube"}, {"code", "MIATUBE"}});
  const std::string id = variant.at("id").as_string().c_str();
  EXPECT_EQ(admin(200, "GET", path + "/variants").at("data").at(0), variant);
  EXPECT_EQ(shop_->as_shop("POST", "/v1/orders", Shop::order_body("L-1", "", "MIATUBE")).status,
            201);
  const auto commission = [&] { return admin(200, "GET", "/v1/commissions").at("data").at(0); };
  EXPECT_EQ(commission().at("status"), "pending");

  const std::string actions = "/v1/codes/" + id + "/leak_actions";
  admin(200, "POST", actions,
        {{"action", "hold_commissions"},
         {"from", "2026-01-01T00:00:00Z"},
         {"reason", "the code is on a coupon site"}});
  const json::value held = commission();
  EXPECT_EQ(held.at("status"), "held");
  EXPECT_EQ(held.at("hold_reason"), "the code is on a coupon site");
  EXPECT_EQ(held.at("amount_minor"), 900);
  const json::value explained = admin(
      200, "GET", std::string("/v1/commissions/") + held.at("id").as_string().c_str() + "/explain");
  EXPECT_NE(explained.at("text").as_string().find("held back: the code is on a coupon site."),
            json::string::npos)
      << explained;
  // So is what comes while the hold stands.
  EXPECT_EQ(shop_->as_shop("POST", "/v1/orders", Shop::order_body("L-2", "", "MIATUBE")).status,
            201);
  EXPECT_EQ(admin(200, "GET", "/v1/commissions").at("data").at(1).at("status"), "held");

  const json::value rotated =
      admin(200, "POST", actions, {{"action", "rotate"}, {"code", "MIATUBE2"}});
  EXPECT_EQ(rotated.at("code"), "MIATUBE2");
  // The old text gives nothing any more; an order that names it still belongs to its influencer.
  const json::object cart{{"code", "MIATUBE"}, {"currency", "EUR"}, {"subtotal_minor", 5000}};
  EXPECT_EQ(json::parse(shop_->as_shop("POST", "/v1/codes/validate", cart).body).at("valid"),
            false);
  const auto alias = shop_->as_shop("POST", "/v1/orders", Shop::order_body("L-3", "", "MIATUBE"));
  EXPECT_EQ(json::parse(alias.body).at("credits").at(0).at("influencer_id"),
            json::value(shop_->influencer_id));

  admin(200, "POST", actions, {{"action", "release_commissions"}});
  EXPECT_EQ(commission().at("status"), "pending");
  server_->stop();
  std::vector<std::string> verify{"verify"};
  verify.insert(verify.end(), arguments_.begin(), arguments_.end());
  const Ran verified = run_program(verify);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST_P(LeakedCode, IsLookedForByItsBrandsPolicy) {
  EXPECT_EQ(admin(200, "GET", "/v1/leak_policy").at("actions"), json::array({"notify"}));
  const json::value policy = admin(200, "PATCH", "/v1/leak_policy",
                                   {{"actions", json::array({"notify", "pause"})},
                                    {"coupon_hosts", json::array({"deals.example"})}});
  EXPECT_EQ(policy.at("coupon_hosts"), json::array({"deals.example"}));
  const auto order = Shop::order_body("L-1", shop_->click(), "MIA10");  // warm, and one is too few
  EXPECT_EQ(shop_->as_shop("POST", "/v1/orders", order).status, 201);
  const json::value report = admin(200, "GET", "/v1/reports/leaks");
  const auto& row = report.at("data").at(0).as_object();
  EXPECT_EQ(row.at("code"), "MIA10");
  EXPECT_EQ(row.at("verdict"), "too_few");
  EXPECT_EQ(row.at("known").at("uses"), 1);
  EXPECT_EQ(row.at("known").at("cold_uses"), 0);
  EXPECT_EQ(row.at("networks"), 1);
  const auto csv = shop_->as_admin("GET", "/v1/reports/leaks?format=csv");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.body.find("code_id,code,placement,"), 0u);
}

}  // namespace
}  // namespace fairlead::whole
