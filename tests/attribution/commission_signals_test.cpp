// Signals on commissions, from the order to a person's decision: held, never lost, never paid
// meanwhile; on both engines.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/crypto.hpp"
#include "tests/attribution/shop.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::attribution {
namespace {

std::string by_email(std::string_view address, std::string_view more = "") {
  return R"(,"customer":{"email_sha256":")" + core::hex(core::as_text(core::sha256(address))) +
         R"(")" + std::string(more) + "}";
}

class CommissionSignals : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    shop.run(
        "INSERT INTO influencers (brand_id, influencer_id, name, email, created_at) VALUES "
        "(1001, 4001, 'Mia', 'Mia.Lee@gmail.com', 0), (1001, 4002, 'Leo', 'leo@example.com', 0)");
  }
  // Books the order and gives the id of its first commission.
  std::string commission_of(std::string_view body) {
    const auto reply = shop.order(body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.at("/commissions/0/status"), "pending");
    return reply.at("/commissions/0/id");
  }
  std::string own_purchase(std::string_view order_ref = "A-1") {
    return commission_of(
        simple_order(order_ref, 10'000, R"(,"codes":["MIA10"])" + by_email("mialee@gmail.com")));
  }
  std::string status(const std::string& id) {
    return shop.get("/v1/commissions/" + id).at("/status");
  }
  Reply decide(const std::string& id, std::string_view action, std::string_view key = "admin") {
    return shop.post("/v1/commissions/" + id + "/decision",
                     R"({"action":")" + std::string(action) + R"(","reason":"we have asked"})",
                     key);
  }
  Reply set_policy(std::string_view body, Headers headers = {}) {
    return shop.call(net::Method::patch, "/v1/signal_policy", body, "admin", std::move(headers));
  }
  std::int64_t events(std::string_view verb) {
    return shop.number("SELECT COUNT(*) FROM audit_events WHERE verb = '" + std::string(verb) +
                       "'");
  }

  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(CommissionSignals);

TEST_P(CommissionSignals, AnOwnPurchaseIsBookedAsUsualAndHeldUntilAPersonReleasesIt) {
  const auto id = own_purchase();
  EXPECT_EQ(shop.balance(mia), 1'000);
  EXPECT_EQ(status(id), "held");
  shop.clock.advance_seconds(400 * 86'400);
  EXPECT_EQ(status(id), "held") << "long after its release date";
  const auto row = shop.get("/v1/commissions/" + id, "admin");
  EXPECT_EQ(row.at("/amount_minor"), "1000");
  EXPECT_EQ(row.at("/signals/0/signal"), "self_referral");
  EXPECT_EQ(row.at("/signals/0/is_held"), "true");
  EXPECT_EQ(row.at("/signals/0/decision"), "null");
  EXPECT_NE(shop.get("/v1/commissions/" + id + "/explain", "admin")
                .at("/text")
                .find("It was noticed because the customer's e-mail address is the influencer's "
                      "own."),
            std::string::npos);
  EXPECT_EQ(events("signal_found"), 1);
  EXPECT_EQ(shop.verify(), "");

  const auto released = decide(id, "release");
  EXPECT_EQ(released.status, 200) << released.body;
  EXPECT_EQ(released.at("/status"), "approved");
  EXPECT_EQ(released.at("/signals/0/decision/action"), "released");
  EXPECT_EQ(released.at("/signals/0/decision/reason"), "we have asked");
  EXPECT_EQ(events("commission_released"), 1);
  EXPECT_EQ(shop.balance(mia), 1'000);
  EXPECT_EQ(decide(id, "reverse").at("/code"), "not_held");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(CommissionSignals, WhatIsTakenBackStaysBackWhateverRefundsSayLater) {
  const auto id = own_purchase();
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-1","placed_at":"2026-03-02T11:00:00Z",)"
                               R"("amount_minor":4000})")
                .status,
            201);
  const auto reversed = decide(id, "reverse");
  EXPECT_EQ(reversed.status, 200) << reversed.body;
  EXPECT_EQ(reversed.at("/status"), "reversed");
  EXPECT_EQ(reversed.at("/amount_minor"), "0");
  EXPECT_EQ(reversed.at("/amount_booked_minor"), "1000");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(events("commission_reversed"), 1);
  EXPECT_EQ(shop.verify(), "");
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-2","placed_at":"2026-03-02T11:30:00Z",)"
                               R"("amount_minor":6000})")
                .status,
            201);
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
  EXPECT_EQ(decide(id, "release").at("/code"), "not_held");
  // The influencer learns that, and why; not how it was noticed.
  const auto told = shop.get("/v1/commissions/" + id + "/explain", "mia");
  EXPECT_NE(told.at("/text").find("The brand took it back on 2026-03-02: we have asked."),
            std::string::npos)
      << told.body;
  EXPECT_EQ(told.body.find("noticed"), std::string::npos);
}

TEST_P(CommissionSignals, TheInfluencerSeesThatItIsHeldAndNoThreshold) {
  const auto id = own_purchase();
  for (const auto* key : {"mia", "shop"}) {
    const auto row = shop.get("/v1/commissions/" + id, key);
    EXPECT_EQ(row.at("/status"), "held");
    EXPECT_EQ(row.at("/hold_reason"),
              "the order looks like an own purchase, and the brand is checking it");
    EXPECT_EQ(row.at("/signals"), "absent");
    const auto why = shop.get("/v1/commissions/" + id + "/explain", key);
    EXPECT_EQ(why.at("/signals"), "[]");
    EXPECT_EQ(why.body.find("self_referral"), std::string::npos);
  }
  EXPECT_EQ(shop.get("/v1/signals", "mia").status, 403);
  EXPECT_EQ(shop.get("/v1/reports/signals", "mia").status, 403);
  EXPECT_EQ(decide(id, "release", "mia").status, 403);
  EXPECT_EQ(decide(id, "release", "viewer").status, 403);
}

TEST_P(CommissionSignals, OtherPeoplesPurchasesAreNotHeld) {
  EXPECT_EQ(status(commission_of(simple_order(
                "A-1", 10'000, R"(,"codes":["MIA10"])" + by_email("leo@example.com")))),
            "pending");
  EXPECT_EQ(status(commission_of(simple_order("A-2", 10'000, R"(,"codes":["LEO10"])"))), "pending");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM commission_signals"), 0);
}

TEST_P(CommissionSignals, OfAnotherBrandDoNotExist) {
  const auto id = own_purchase();
  EXPECT_EQ(decide(id, "release", "other").status, 404);
  EXPECT_EQ(decide("com_0000000000001", "release").status, 404);
  EXPECT_EQ(decide("nonsense", "release").status, 404);
  EXPECT_EQ(shop.get("/v1/signals", "other").at("/data"), "[]");
  EXPECT_EQ(shop.get("/v1/reports/signals", "other").at("/data"), "[]");
  EXPECT_EQ(status(id), "held");
}

TEST_P(CommissionSignals, ADecisionNeedsAnActionAReasonAndAnOpenSignal) {
  const auto id = commission_of(simple_order("A-1", 10'000, R"(,"codes":["MIA10"])"));
  EXPECT_EQ(decide(id, "release").at("/code"), "not_held");
  const std::string path = "/v1/commissions/" + id + "/decision";
  EXPECT_EQ(shop.post(path, R"({"action":"pay","reason":"because"})", "admin").status, 400);
  EXPECT_EQ(shop.post(path, R"({"action":"release"})", "admin").status, 400);
  EXPECT_EQ(shop.post(path, R"({"action":"release","reason":"ok"})", "admin").status, 400);
  EXPECT_EQ(shop.post(path, R"({"action":"release","reason":"because","x":1})", "admin").status,
            400);
}

TEST_P(CommissionSignals, ThePolicySaysWhatHoldsWhatIsReportedAndWhatIsOff) {
  const auto before = shop.get("/v1/signal_policy", "viewer");
  EXPECT_EQ(before.at("/actions/self_referral"), "hold");
  EXPECT_EQ(before.at("/actions/velocity"), "report");
  EXPECT_EQ(before.at("/click_to_order_floor_s"), "0");
  const auto changed = set_policy(R"({"actions":{"self_referral":"report"}})");
  EXPECT_EQ(changed.at("/actions/self_referral"), "report");
  EXPECT_EQ(changed.at("/actions/velocity"), "report");
  const auto reported = own_purchase("A-1");
  EXPECT_EQ(status(reported), "pending");
  EXPECT_EQ(shop.get("/v1/commissions/" + reported, "admin").at("/signals/0/is_held"), "false");
  EXPECT_EQ(set_policy(R"({"actions":{"self_referral":"off"}})").status, 200);
  EXPECT_EQ(shop.get("/v1/commissions/" + own_purchase("A-2"), "admin").at("/signals"), "[]");
  EXPECT_EQ(events("updated"), 2);
  // A reported one may be decided, too.
  EXPECT_EQ(decide(reported, "reverse").at("/status"), "reversed");
  EXPECT_EQ(shop.verify(), "");

  EXPECT_EQ(set_policy(R"({"actions":{"self_referral":"delete"}})").status, 400);
  EXPECT_EQ(set_policy(R"({"actions":{"charisma":"hold"}})").at("/code"), "unknown_field");
  EXPECT_EQ(set_policy(R"({"click_to_order_floor_s":61})").status, 400);
  EXPECT_EQ(set_policy(R"({"click_to_order_floor_s":5})", {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(set_policy(R"({"click_to_order_floor_s":5})", {{"If-Match", "\"2\""}}).status, 200);
}

TEST_P(CommissionSignals, AnOrderBelowTheBrandsFloorIsHeld) {
  const auto order = [&](const std::string& ref, std::string_view clicked_at) {
    return commission_of(simple_order(
        ref, 10'000,
        R"(,"click_ids":[")" +
            Shop::token(shop.number("SELECT COUNT(*) FROM orders") + 1, 5001, clicked_at) +
            R"("])"));
  };
  const auto before = order("A-1", "2026-03-02T09:14:58Z");
  EXPECT_EQ(status(before), "pending") << "without a floor one quick order is nothing";
  ASSERT_EQ(set_policy(R"({"click_to_order_floor_s":5})").status, 200);
  EXPECT_EQ(status(order("A-2", "2026-03-02T09:14:55Z")), "pending");
  const auto quick = order("A-3", "2026-03-02T09:14:56Z");
  EXPECT_EQ(status(quick), "held");
  EXPECT_EQ(status(order("A-4", "2026-03-02T09:15:30Z")), "held") << "clocks differ";
  const auto row = shop.get("/v1/commissions/" + quick, "admin");
  EXPECT_EQ(row.at("/signals/0/evidence"), R"({"age_s":4,"threshold":5})");
  EXPECT_EQ(row.at("/hold_reason").find_first_of("0123456789"), std::string::npos);
}

TEST_P(CommissionSignals, ANewCustomerWhomOrdersKnowIsHeldWhereOnlyNewOnesEarn) {
  const auto order = [&](const std::string& ref) {
    return commission_of(simple_order(
        ref, 10'000, R"(,"codes":["MIA10"])" + by_email("fan@example.com", R"(,"is_new":true)")));
  };
  order("A-1");
  EXPECT_EQ(status(order("A-2")), "pending") << "everybody earns";
  shop.run("UPDATE campaigns SET existing_customers = 'none'");
  const auto id = order("A-3");
  EXPECT_EQ(status(id), "held");
  EXPECT_EQ(shop.get("/v1/commissions/" + id, "admin").at("/signals/0/signal"),
            "duplicate_customers");
  EXPECT_EQ(status(commission_of(simple_order(
                "A-4", 10'000,
                R"(,"codes":["MIA10"])" + by_email("other@example.com", R"(,"is_new":true)")))),
            "pending");
}

TEST_P(CommissionSignals, AreListedByStatusSignalAndInfluencer) {
  const auto first = own_purchase("A-1");
  own_purchase("A-2");
  ASSERT_EQ(decide(first, "release").status, 200);
  const auto count = [&](const std::string& query) {
    const auto reply = shop.get("/v1/signals" + query, "viewer");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.json().at("data").as_array().size();
  };
  EXPECT_EQ(count(""), 2u);
  EXPECT_EQ(count("?status=open"), 1u);
  EXPECT_EQ(count("?status=decided"), 1u);
  EXPECT_EQ(count("?signal=self_referral&influencer_id=" + mia.text()), 2u);
  EXPECT_EQ(count("?signal=velocity"), 0u);
  EXPECT_EQ(count("?influencer_id=" + leo.text()), 0u);
  const auto page = shop.get("/v1/signals?limit=1", "admin");
  EXPECT_EQ(page.json().at("data").as_array().size(), 1u);
  EXPECT_EQ(count("?limit=1&cursor=" + page.at("/next_cursor")), 1u);
  for (const auto* wrong : {"?status=new", "?signal=x", "?influencer_id=x", "?state=open"})
    EXPECT_EQ(shop.get("/v1/signals" + std::string(wrong), "admin").status, 400) << wrong;
  const auto report = shop.get("/v1/reports/signals", "admin");
  EXPECT_EQ(report.at("/data/0/signal"), "self_referral") << report.body;
  EXPECT_EQ(report.at("/data/0/commissions"), "2");
  EXPECT_EQ(report.at("/data/0/held"), "2");
  EXPECT_EQ(report.at("/data/0/open"), "1");
  EXPECT_EQ(shop.get("/v1/reports/signals?format=xml", "admin").status, 400);
  EXPECT_EQ(shop.get("/v1/reports/signals?from=2026-01-01", "admin").status, 400);
}

// Seven influencers with 50 orders each, through the real door, with their clicks in a real file.
// Mia's follow the click at once, Leo's come from one network; the others are usual.
class SignalWatch : public CommissionSignals {
 protected:
  void SetUp() override {
    CommissionSignals::SetUp();
    for (int i = 0; i < 5; ++i) {
      const auto n = std::to_string(i);
      shop.run(
          "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) "
          "VALUES (1001, 301" +
          n + ", 401" + n + ", 2001, 0)");
      shop.run(
          "INSERT INTO links (brand_id, link_id, deal_id, slug, destination, created_at, "
          "changed_at) VALUES (1001, 501" +
          n + ", 301" + n + ", 'w" + n + "', 'https://shop.example/', 0, 0)");
    }
    const std::int64_t links[] = {5001, 5002, 5010, 5011, 5012, 5013, 5014};
    for (const std::int64_t link : links) {
      for (int i = 0; i < 50; ++i)
        book(link, i);
    }
  }

  void book(std::int64_t link, int i) {
    const std::int64_t click = ++clicks_made_;
    const bool is_quick = link == 5001 && i % 2 == 0;
    const bool is_farm = link == 5002 && i % 2 == 0;
    char clicked_at[32];
    std::snprintf(clicked_at, sizeof clicked_at, "2026-03-02T09:%02d:%02dZ", is_quick ? 14 : i % 14,
                  is_quick ? 58 : i);
    const std::string network = is_farm ? "farm" : "network " + std::to_string(click);
    const test::TestStatement insert("INSERT INTO clicks VALUES ($1, 1, 0, 0, $1, X'" +
                                     core::hex(network) + "', 0, 0, 0, 0, 0, 0)");
    clicks_->transact([&](storage::Session& session) { session.run(insert, click); }).value();
    const auto reply = shop.order(
        simple_order("W-" + std::to_string(click), 10'000,
                     R"(,"click_ids":[")" + Shop::token(click, link, clicked_at) +
                         R"("],"customer":{"key":"c)" + std::to_string(click) + R"("})"));
    ASSERT_EQ(reply.status, 201) << reply.body;
  }
  WatchedSignals watch() {
    return watch_signals(database(), clicks_.get(), shop.clock.now()).value();
  }
  std::int64_t held(core::InfluencerId influencer) {
    std::int64_t count = 0;
    const auto page = shop.get("/v1/commissions?limit=200&influencer_id=" + influencer.text());
    const auto body = page.json();
    for (const auto& row : body.at("data").as_array())
      count += row.at("status") == "held" ? 1 : 0;
    return count;
  }

  test::TemporaryDirectory directory_;
  std::unique_ptr<storage::Database> clicks_ =
      storage::open(
          {.url = "sqlite:" + directory_.file("clicks.db"), .schema = storage::Schema::clicks})
          .value();
  std::int64_t clicks_made_ = 0;
};
INSTANTIATE_ON_ENGINES(SignalWatch);

TEST_P(SignalWatch, HoldsWhatIsEvidenceOnceAndNothingElse) {
  const std::int64_t earned = shop.balance(mia);
  const auto first = watch();
  EXPECT_EQ(first.brands, 2);
  EXPECT_EQ(first.failed, 0);
  EXPECT_EQ(first.commissions, 50);
  EXPECT_EQ(held(mia), 25);
  EXPECT_EQ(held(leo), 25);
  EXPECT_EQ(held(core::InfluencerId{4010}), 0);
  EXPECT_EQ(shop.balance(mia), earned);
  EXPECT_EQ(events("signal_found"), 2);
  EXPECT_EQ(watch().commissions, 0);
  EXPECT_EQ(shop.verify(), "");

  // Released is released, however often it is looked at.
  const auto open = shop.get("/v1/signals?limit=1&influencer_id=" + mia.text(), "admin");
  EXPECT_EQ(open.at("/data/0/signal"), "click_to_order_short");
  EXPECT_EQ(open.at("/data/0/evidence/hits"), "25");
  EXPECT_EQ(open.at("/data/0/evidence/orders"), "50");
  ASSERT_EQ(decide(open.at("/data/0/commission_id"), "release").status, 200);
  EXPECT_EQ(watch().commissions, 0);
  EXPECT_EQ(held(mia), 24);

  const auto report = shop.get("/v1/reports/signals", "admin");
  EXPECT_EQ(report.at("/data/0/verdict"), "found") << report.body;
  EXPECT_EQ(report.at("/data/0/influencer_id"), mia.text());
  EXPECT_EQ(report.at("/data/0/commissions"), "25");
  EXPECT_EQ(report.at("/data/0/open"), "24");
  std::int64_t silent = 0;
  const auto body = report.json();
  for (const auto& row : body.at("data").as_array()) {
    if (row.at("signal") != "velocity") continue;
    silent += row.at("verdict") == "not_enough_data" && row.at("p").is_null() ? 1 : 0;
  }
  EXPECT_EQ(silent, 7);
  const auto csv = shop.get("/v1/reports/signals?format=csv", "viewer");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.body.find("influencer_id,signal,verdict,"), 0u);
  EXPECT_NE(csv.body.find(mia.text() + ",click_to_order_short,found,50,25,"), std::string::npos);
}

TEST_P(SignalWatch, FollowsThePolicyAndTakesUpWhatComesLater) {
  ASSERT_EQ(set_policy(R"({"actions":{"click_to_order_short":"report",)"
                       R"("network_concentration":"off"}})")
                .status,
            200);
  EXPECT_EQ(watch().commissions, 25);
  EXPECT_EQ(held(mia), 0);
  EXPECT_EQ(held(leo), 0);
  ASSERT_EQ(set_policy(R"({"actions":{"click_to_order_short":"hold",)"
                       R"("network_concentration":"hold"}})")
                .status,
            200);
  book(5001, 0);
  EXPECT_EQ(watch().commissions, 26);  // the newest of Mia's, and Leo's
  EXPECT_EQ(held(mia), 1) << "what was reported stays reported";
  EXPECT_EQ(held(leo), 25);
}

TEST_P(SignalWatch, WithoutAClickFileSaysNothingOfNetworks) {
  const auto watched = watch_signals(database(), nullptr, shop.clock.now()).value();
  EXPECT_EQ(watched.commissions, 25);
  EXPECT_EQ(held(leo), 0);
}

}  // namespace
}  // namespace fairlead::attribution
