// The rules of the Agentic Commerce Protocol's affiliate attribution that a conversation does not
// show: what is refused, and that nothing of a claim comes out again.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "attribution/platforms/acp_claim.hpp"
#include "tests/attribution/calls.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

TEST(AcpClaims, AreRefusedAsTheGoldenTableSays) {
  for (const auto& [where, fields] : test::golden_lines("attribution/acp_claims.txt", 3)) {
    SCOPED_TRACE(where);
    const auto problem = find_problem(boost::json::parse(fields[0]));
    EXPECT_EQ(problem ? problem->code : "good", fields[1]);
    if (!problem) continue;
    EXPECT_EQ(problem->param, "$.affiliate_attribution" + fields[2]);
    EXPECT_EQ(problem->message.find("shop.example"), std::string::npos) << "it is not quoted";
  }
}

TEST(AcpClaims, MetadataHasAtMostTwentyKeysAndFourKilobytes) {
  boost::json::object claim{{"provider", "a"}, {"token", "t"}};
  boost::json::object metadata;
  for (int i = 0; i < 20; ++i)
    metadata["k" + std::to_string(i)] = "v";
  claim["metadata"] = metadata;
  EXPECT_FALSE(find_problem(claim));
  metadata["one_more"] = "v";
  claim["metadata"] = metadata;
  EXPECT_EQ(find_problem(claim)->param, "$.affiliate_attribution.metadata");
  // {"k":"…"} is eight bytes around its text.
  claim["metadata"] = boost::json::object{{"k", std::string(4'096 - 8, 'x')}};
  EXPECT_FALSE(find_problem(claim));
  claim["metadata"] = boost::json::object{{"k", std::string(4'096 - 7, 'x')}};
  EXPECT_TRUE(find_problem(claim));
}

class Acp : public test::OnEveryEngine {
 protected:
  CallOf create(const std::string& key, const std::string& attribution) const {
    return {.method = net::Method::post,
            .target = "/checkout_sessions",
            .headers = {{"Authorization", "Bearer " + std::string(tracker_secret)},
                        {"Content-Type", "application/json"},
                        {"API-Version", "2026-04-17"},
                        {"Idempotency-Key", key},
                        {"Request-Id", "r-" + key}},
            .body = R"({"affiliate_attribution":)" + attribution +
                    R"(,"checkout_session":{"id":"cs_1"}})"};
  }
  CallOf complete(const std::string& attribution) const {
    CallOf call = create("done", attribution);
    call.target = "/checkout_sessions/cs_1/complete";
    call.body =
        R"({"affiliate_attribution":)" + attribution +
        R"(,"checkout_session":{"currency":"eur","line_items":[{"id":"1","subtotal":5000}],)"
        R"("order":{"id":"A-1"}}})";
    return call;
  }
  static std::string claim(const std::string& token) {
    return R"({"provider":"links.example","token":")" + token + R"("})";
  }

  Shop shop{database()};
  Tracker agent{shop, acp()};
  const std::string first = Shop::token(21, 5002, "2026-03-01T10:00:00Z");
  const std::string last = Shop::token(22, 5001, "2026-03-01T11:00:00Z");
};
INSTANTIATE_ON_ENGINES(Acp);

TEST_P(Acp, ARepetitionIsAnsweredAsTheFirstTimeAndSaysSo) {
  const Reply once = agent.send(create("k", claim(first)));
  const Reply again = agent.send(create("k", claim(first)));
  EXPECT_EQ(again.status, once.status);
  EXPECT_EQ(again.body, once.body);
  EXPECT_EQ(header_of(once, "Idempotent-Replayed"), "");
  EXPECT_EQ(header_of(again, "Idempotent-Replayed"), "true");
  EXPECT_EQ(header_of(again, "Idempotency-Key"), "k");
  EXPECT_EQ(header_of(again, "Request-Id"), "r-k");
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE body <> ''"), 1);
}

TEST_P(Acp, BothTouchesAreKeptWithTheOrder) {
  agent.send(create("k", claim(first)));
  agent.send(complete(claim(last)));
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints"), 2);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM touchpoints WHERE outcome = 'credited'"), 1);
  EXPECT_EQ(shop.balance(mia), 500);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Acp, NothingOfAClaimIsAnsweredOrLogged) {
  testing::internal::CaptureStderr();
  std::string told;
  for (const CallOf& call : golden_calls(acp())) {
    const Reply reply = agent.send(call);
    told += reply.body;
    for (const auto& [name, value] : reply.headers)
      told += name + value;
  }
  told += shop.get("/v1/orders/A-1").body + shop.get("/v1/commissions", "admin").body;
  told += testing::internal::GetCapturedStderr();
  for (const char* secret : {"genuine.", "atp_01J8Z3WXYZ9ABC", "links.example", "pub_9"})
    EXPECT_EQ(told.find(secret), std::string::npos) << secret;
}

TEST_P(Acp, WhatWasRefusedForAPersonsSakeIsNotKept) {
  agent.send(create("k", R"({"provider":"a","token":"t","metadata":{"note":"ada@shop.example"}})"));
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE outcome = 'failed'"), 1);
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM webhook_deliveries WHERE body LIKE '%shop.example%'"),
            0);
}

}  // namespace

}  // namespace fairlead::attribution
