// Refunds over the own API, on both engines.
#include <gtest/gtest.h>

#include <thread>

#include "tests/attribution/shop.hpp"
#include "tests/support/golden.hpp"

namespace fairlead::attribution {

namespace {

class Refunds : public test::OnEveryEngine {
 protected:
  // {"refund_ref":…,"placed_at":…,<rest>}
  static std::string body(std::string_view refund_ref, std::string_view rest) {
    return R"({"refund_ref":")" + std::string(refund_ref) +
           R"(","placed_at":"2026-03-02T11:00:00Z",)" + std::string(rest) + "}";
  }

  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Refunds);

TEST_P(Refunds, AnswerSaysWhatWasTakenBackAndWhatIsLeft) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  const auto reply = shop.refund(
      "A-1", body("R-1", R"("items":[{"line_id":"2","quantity":1,"amount_minor":2142}])"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(without_ids(reply.body), test::golden_file("attribution/refund_answer.json"));
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Refunds, ThreeThirdsTakeTheCommissionBackToTheCent) {
  ASSERT_EQ(shop.order(simple_order("A-1", 9'999, R"(,"codes":["MIA10"])")).status, 201);
  EXPECT_EQ(shop.balance(mia), 1'000);
  const std::pair<const char*, const char*> thirds[] = {
      {"333", "6666"}, {"334", "3333"}, {"333", "0"}};
  int number = 0;
  for (const auto& [amount, left] : thirds) {
    const auto reply = shop.refund("A-1", body("R-" + std::to_string(++number),
                                               R"("items":[{"line_id":"1","amount_minor":3333}])"));
    EXPECT_EQ(reply.at("/reversals/0/amount_minor"), amount);
    EXPECT_EQ(reply.at("/remaining_base_minor"), left);
    EXPECT_EQ(shop.verify(), "");
  }
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.get("/v1/orders/A-1").at("/commissions/0/status"), "reversed");
}

TEST_P(Refunds, OneAmountIsSpreadOverWhatIsLeftOfTheLines) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  // Bases 10710 and 4284; after 4000 of the first are gone, 6710 and 4284 share 1000.
  ASSERT_EQ(
      shop.refund("A-1", body("R-1", R"("items":[{"line_id":"1","amount_minor":4000}])")).status,
      201);
  EXPECT_EQ(shop.refund("A-1", body("R-2", R"("amount_minor":1000)")).at("/base_minor"), "1000");
  EXPECT_EQ(
      shop.number("SELECT CAST(SUM(base_minor) AS BIGINT) FROM refund_lines WHERE line_id = '1'"),
      4610);
  EXPECT_EQ(
      shop.number("SELECT CAST(SUM(base_minor) AS BIGINT) FROM refund_lines WHERE line_id = '2'"),
      390);
  EXPECT_EQ(shop.refund("A-1", body("R-3", R"("amount_minor":9994)")).at("/remaining_base_minor"),
            "0");
  EXPECT_EQ(shop.balance(mia), 0);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Refunds, OfMoreThanWasSoldAreRefusedWithTheDifference) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  ASSERT_EQ(
      shop.refund("A-1",
                  body("R-1", R"("items":[{"line_id":"2","quantity":1,"amount_minor":2142}])"))
          .status,
      201);
  const auto counts = shop.row_counts();
  const auto line =
      shop.refund("A-1", body("R-2", R"("items":[{"line_id":"2","amount_minor":2143}])"));
  EXPECT_EQ(line.status, 422);
  EXPECT_EQ(line.at("/code"), "refund_exceeds_order");
  EXPECT_EQ(line.at("/errors/0/pointer"), "/items/0/amount_minor");
  EXPECT_EQ(line.at("/detail"),
            "Line \"2\": 4284 sold, 2142 refunded already, so at most 2142 can be refunded; this "
            "refund asks for 2143, which is 1 too much.");
  const auto pieces =
      shop.refund("A-1", body("R-2", R"("items":[{"line_id":"2","quantity":2,"amount_minor":1}])"));
  EXPECT_EQ(pieces.status, 422);
  EXPECT_EQ(pieces.at("/errors/0/pointer"), "/items/0/quantity");
  const auto whole = shop.refund("A-1", body("R-2", R"("amount_minor":12853)"));
  EXPECT_EQ(whole.status, 422);
  EXPECT_EQ(whole.at("/errors/0/pointer"), "/amount_minor");
  const auto unknown =
      shop.refund("A-1", body("R-2", R"("items":[{"line_id":"9","amount_minor":1}])"));
  EXPECT_EQ(unknown.status, 422);
  EXPECT_EQ(unknown.at("/detail"), "The order has no line \"9\"; its lines are \"1\", \"2\".");
  EXPECT_EQ(shop.row_counts(), counts);
  EXPECT_EQ(shop.refund("A-1", body("R-2", R"("amount_minor":12852)")).status, 201);
  EXPECT_EQ(shop.refund("A-1", body("R-3", R"("amount_minor":1)")).status, 422);
}

TEST_P(Refunds, TheSameAgainIsAnsweredWithTheSameBytes) {
  ASSERT_EQ(shop.order(simple_order("A-1", 9'999, R"(,"codes":["MIA10"])")).status, 201);
  const auto first = shop.refund("A-1", body("R-1", R"("amount_minor":3333)"));
  ASSERT_EQ(shop.refund("A-1", body("R-2", R"("amount_minor":3333)")).status, 201);
  const auto counts = shop.row_counts();
  const auto again = shop.refund("A-1", body("R-1", R"( "amount_minor":3333)"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  const auto other = shop.refund("A-1", body("R-1", R"("amount_minor":3334)"));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.at("/code"), "refund_conflict");
  EXPECT_EQ(shop.row_counts(), counts);
}

TEST_P(Refunds, InParallelNeverTakeMoreThanTheOrder) {
  ASSERT_EQ(shop.order(simple_order("A-1", 10'000, R"(,"codes":["MIA10"])")).status, 201);
  std::vector<int> statuses(8);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < statuses.size(); ++t) {
      threads.emplace_back([&, t] {
        statuses[t] =
            shop.refund("A-1", body("R-" + std::to_string(t), R"("amount_minor":3000)")).status;
      });
    }
  }
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 201), 3);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 422), 5);
  EXPECT_EQ(shop.balance(mia), 100);
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Refunds, UseTheRateThatTheCommissionWasBookedWith) {
  ASSERT_EQ(shop.order(simple_order("A-1", 10'000, R"(,"codes":["MIA10"])")).status, 201);
  shop.run("UPDATE deal_plans SET terms = '{\"rate_ppm\":500000}' WHERE deal_id = 3001");
  EXPECT_EQ(
      shop.refund("A-1", body("R-1", R"("amount_minor":5000)")).at("/reversals/0/amount_minor"),
      "500");
}

TEST_P(Refunds, OfAnOrderWithoutCreditsAreStored) {
  ASSERT_EQ(shop.order(simple_order("A-1", 10'000)).status, 201);
  const auto reply = shop.refund("A-1", body("R-1", R"("amount_minor":4000)"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.at("/reversals"), "[]");
  EXPECT_EQ(reply.at("/remaining_base_minor"), "6000");
  EXPECT_EQ(shop.verify(), "");
}

TEST_P(Refunds, BadBodiesAreRefusedByNameAndWriteNothing) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  for (const auto& [where, fields] : test::golden_lines("attribution/bad_refunds.txt", 4)) {
    SCOPED_TRACE(where);
    const auto reply = shop.refund("A-1", fields[3]);
    EXPECT_EQ(std::to_string(reply.status), fields[0]) << reply.body;
    EXPECT_EQ(reply.at("/code"), fields[1]) << reply.body;
    EXPECT_EQ(reply.at("/errors/0/pointer"), fields[2]) << reply.body;
  }
  EXPECT_EQ(shop.number("SELECT COUNT(*) FROM refunds"), 0);
  EXPECT_EQ(shop.refund("A-404", body("R-1", R"("amount_minor":1)")).status, 404);
}

}  // namespace

}  // namespace fairlead::attribution
