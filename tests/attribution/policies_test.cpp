// A campaign's attribution settings at work: several influencers share an order, customers who have
// ordered before, and why in words; on both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/attribution/shop.hpp"

namespace fairlead::attribution {

namespace {

class Policies : public test::OnEveryEngine {
 protected:
  void set(const std::string& assignments) const {
    shop.run("UPDATE campaigns SET version = version + 1, " + assignments +
             " WHERE campaign_id = 2001");
  }
  // Clicks of mia, leo, mia, at noon of the last three days before the order.
  static std::string three_clicks() {
    return R"(,"click_ids":[")" + Shop::token(1, 5001, "2026-02-27T12:00:00Z") + R"(",")" +
           Shop::token(2, 5002, "2026-02-28T12:00:00Z") + R"(",")" +
           Shop::token(3, 5001, "2026-03-01T12:00:00Z") + R"("])";
  }
  // "mia 67 leo 33": whose credits an order has, and the base of each.
  static std::string credits_of(const Reply& reply) {
    EXPECT_EQ(reply.status, 201) << reply.body;
    std::string text;
    const auto body = reply.json();
    for (const auto& credit : body.at("credits").as_array()) {
      const bool is_mia = credit.at("influencer_id").as_string() == mia.text();
      text += (text.empty() ? "" : " ") + std::string(is_mia ? "mia " : "leo ") +
              std::to_string(credit.at("base_minor").as_int64());
    }
    return text;
  }
  static std::string customer(const std::string& key, const std::string& more = "") {
    return R"(,"customer":{"key":")" + key + "\"" + more + "}";
  }

  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Policies);

TEST_P(Policies, EachModelSharesAnOrderAndTheLedgerPaysIt) {
  struct Case {
    const char* model;
    const char* credits;  // of 10,000
  };
  int number = 0;
  for (const auto& [model, credits] : {Case{"last_click", "mia 10000"},
                                       {"first_click", "mia 10000"},
                                       {"last_non_direct", "mia 10000"},
                                       {"linear", "mia 6667 leo 3333"},
                                       {"position", "mia 8000 leo 2000"},
                                       {"w_shaped", "mia 8000 leo 2000"},
                                       // 2^(-2/7) + 1 against 2^(-1/7)
                                       {"time_decay", "mia 6678 leo 3322"}}) {
    set(std::string("model = '") + model + "'");
    const auto reply =
        shop.order(simple_order("A-" + std::to_string(++number), 10'000, three_clicks()));
    EXPECT_EQ(credits_of(reply), credits) << model;
  }
  EXPECT_EQ(shop.verify(), "");
  // 10 % of mia's parts; 12.5 % of leo's, each rounded: 416.625, 250, 250, 415.25.
  EXPECT_EQ(shop.balance(mia), 3 * 1'000 + 667 + 800 + 800 + 668);
  EXPECT_EQ(shop.balance(leo), 417 + 250 + 250 + 415);
}

TEST_P(Policies, SplitGivesTheCodeItsShareAndTheClicksTheRest) {
  set("precedence = 'split', model = 'linear', code_share_ppm = 700000");
  EXPECT_EQ(
      credits_of(shop.order(simple_order("A-1", 1'000, R"(,"codes":["LEO10"])" + three_clicks()))),
      "mia 200 leo 800");
  EXPECT_EQ(credits_of(shop.order(simple_order("A-2", 1'000, R"(,"codes":["LEO10"])"))),
            "leo 1000");
  EXPECT_EQ(credits_of(shop.order(simple_order("A-3", 1'000, three_clicks()))), "mia 667 leo 333");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Policies, AClickThatGaveTheCodeIsTheMiddleOfTheW) {
  set("precedence = 'click_first', model = 'w_shaped'");
  // The code that leo's click was given on its way: it is the click's number and says so.
  const std::string code = "LEO10-0000000000002AAAAAAAAAA";
  shop.run("UPDATE codes SET code_id = 2, click_id = 2, code = '" + code + "', folded = '" + code +
           "' WHERE folded = 'LEO10'");
  EXPECT_EQ(credits_of(shop.order(
                simple_order("A-1", 900, R"(,"codes":[")" + code + R"("])" + three_clicks()))),
            "mia 600 leo 300");
  EXPECT_EQ(shop.number("SELECT gave_code FROM touchpoints WHERE click_id = 2"), 1);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Policies, AClickYoungerThanTheCampaignAllowsEarnsNothing) {
  set("click_to_order_min_s = 10");
  const auto order_after = [&](const char* ref, const char* clicked_at) {
    return shop.order(
        simple_order(ref, 100, R"(,"click_ids":[")" + Shop::token(9, 5001, clicked_at) + R"("])"));
  };
  EXPECT_EQ(order_after("A-1", "2026-03-02T09:14:51Z").at("/credits"), "[]");
  EXPECT_EQ(credits_of(order_after("A-2", "2026-03-02T09:14:50Z")), "mia 100");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = 'too_soon'"), 1);
}

TEST_P(Policies, NewCustomersOnly) {
  set("existing_customers = 'none'");
  const std::string code = R"(,"codes":["MIA10"])";
  EXPECT_EQ(credits_of(shop.order(simple_order("A-1", 100, code + customer("ann")))), "mia 100");
  EXPECT_EQ(shop.order(simple_order("A-2", 100, code + customer("ann"))).at("/credits"), "[]");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = 'existing_customer'"), 1);
  // Of whom nothing is known is new; the shop's own word wins over what is known here.
  EXPECT_EQ(credits_of(shop.order(simple_order("A-3", 100, code))), "mia 100");
  EXPECT_EQ(
      credits_of(shop.order(simple_order("A-4", 100, code + customer("ann", R"(,"is_new":true)")))),
      "mia 100");
  EXPECT_EQ(shop.order(simple_order("A-5", 100, code + customer("ben", R"(,"is_new":false)")))
                .at("/credits"),
            "[]");
  // A guest who logs in, and a customer who comes back as a guest, are known by their e-mail.
  const std::string email = R"("email_sha256":")" + std::string(64, 'a') + "\"";
  const auto known_as = [&](const char* ref, const std::string& names) {
    return shop.order(simple_order(ref, 100, code + R"(,"customer":{)" + names + "}"));
  };
  EXPECT_EQ(credits_of(known_as("A-7", R"("key":"kim",)" + email)), "mia 100");
  EXPECT_EQ(known_as("A-8", email).at("/credits"), "[]");
  EXPECT_EQ(known_as("A-9", R"("key":"kim2",)" + email).at("/credits"), "[]");
  EXPECT_EQ(known_as("A-10", R"("key":"kim")").at("/credits"), "[]");
  // Another brand's customers are others.
  EXPECT_EQ(
      shop.post("/v1/orders", simple_order("A-6", 100, R"(,"codes":["OTHER10"])" + customer("ann")),
                "other")
          .status,
      201);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Policies, ACustomerStaysWithTheInfluencerWhoBroughtThem) {
  set("existing_customers = 'first_influencer'");
  const std::string mias = R"(,"codes":["MIA10"])" + customer("ann");
  const std::string leos = R"(,"codes":["LEO10"])" + customer("ann");
  EXPECT_EQ(shop.order(simple_order("A-1", 100, customer("ann"))).at("/credits"), "[]");
  EXPECT_EQ(credits_of(shop.order(simple_order("A-2", 100, mias))), "mia 100");
  EXPECT_EQ(shop.order(simple_order("A-3", 100, leos)).at("/credits"), "[]");
  EXPECT_EQ(credits_of(shop.order(simple_order("A-4", 100, mias))), "mia 100");
  // A touch that may not earn leaves the order to one that may.
  EXPECT_EQ(credits_of(shop.order(
                simple_order("A-5", 100, R"(,"codes":["LEO10","MIA10"])" + customer("ann")))),
            "mia 100");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = 'others_customer'"), 2);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Policies, WhyIsToldBySettingsInForceWhenItWasBooked) {
  set("model = 'time_decay', half_life_days = 1, lookback_days = 9");
  const auto reply = shop.order(simple_order("A-1", 700, three_clicks()));
  ASSERT_EQ(credits_of(reply), "mia 500 leo 200");
  const std::string path = "/v1/commissions/" + reply.at("/commissions/1/id") + "/explain";
  const auto why = shop.get(path);
  EXPECT_EQ(why.at("/rule"),
            R"({"precedence":"code_first","model":"time_decay","lookback_days":9,)"
            R"("code_share_ppm":500000,"half_life_days":1,"click_to_order_min_s":0,)"
            R"("existing_customers":"credit","campaign_version":2})");
  EXPECT_EQ(why.at("/considered/0/weight_ppm"), "142857");
  EXPECT_EQ(why.at("/considered/1/weight_ppm"), "285714");
  EXPECT_EQ(why.at("/considered/2/weight_ppm"), "571429");
  EXPECT_EQ(why.at("/considered/2/age_s"), "76500");
  EXPECT_EQ(why.at("/text"),
            "Order A-1 was placed on 2026-03-02. It was credited through a click on link "
            "lnk_00000000004wa, made on 2026-02-28. By the campaign's rule a code comes before a "
            "click. Among clicks, each counts half as much for every half-life that it is older, "
            "which is 1 day. The goods after discounts, without tax and shipping, were 7.00 EUR, "
            "of which 2.00 EUR, 28.5714 %, belong to this credit; 12.5 % of 2.00 EUR, rounded half "
            "away from zero, is 0.25 EUR. It now stands at 0.25 EUR, pending until 2026-04-01.");
  set("model = 'linear', lookback_days = 1");
  EXPECT_EQ(shop.get(path).body, why.body);
  EXPECT_EQ(shop.verify(), "");
}

}  // namespace

}  // namespace fairlead::attribution
