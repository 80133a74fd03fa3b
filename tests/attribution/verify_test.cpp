// What verify finds in attribution's tables, on both engines.
#include <gtest/gtest.h>

#include "tests/attribution/shop.hpp"

namespace fairlead::attribution {

namespace {

class Verified : public test::OnEveryEngine {
 protected:
  Shop shop{database()};
};
INSTANTIATE_ON_ENGINES(Verified);

// Every column that repeats another, and rows whose owner is gone. Each damage is mended again, so
// that only one is there at a time.
TEST_P(Verified, DamageToWhatIsRepeatedOrOwnedIsNamed) {
  ASSERT_EQ(shop.order(order_json("A-1", R"(,"codes":["MIA10"])")).status, 201);
  ASSERT_EQ(shop.refund("A-1", R"({"refund_ref":"R-1","placed_at":"2026-03-02T10:00:00Z",)"
                               R"("items":[{"line_id":"1","quantity":1,"amount_minor":100}]})")
                .status,
            201);
  ASSERT_EQ(shop.verify(), "");
  struct Damage {
    std::string done;
    std::string undone;
    std::string named;
  };
  const auto shift = [](const std::string& table, const std::string& column) {
    return Damage{"UPDATE " + table + " SET " + column + " = " + column + " + 1",
                  "UPDATE " + table + " SET " + column + " = " + column + " - 1", ""};
  };
  const auto named = [](Damage damage, std::string text) {
    damage.named = std::move(text);
    return damage;
  };
  for (const Damage& damage : {
           named(shift("orders", "discount_minor"), "discount_minor of order"),
           named(shift("orders", "placed_at"), "placed_at of credit"),
           Damage{"UPDATE orders SET currency = 'USD'", "UPDATE orders SET currency = 'EUR'",
                  "currency of credit"},
           named(shift("credits", "touched_at"), "touched_at of credit"),
           named(shift("credits", "code_id"), "code of credit"),
           named(shift("touchpoints", "weight"), "weight of touchpoint 0"),
           Damage{"UPDATE credits SET link_id = 7", "UPDATE credits SET link_id = NULL",
                  "link of credit"},
           Damage{"UPDATE credits SET click_id = 7", "UPDATE credits SET click_id = NULL",
                  "click of credit"},
           Damage{"UPDATE refund_lines SET line_id = 'x'", "UPDATE refund_lines SET line_id = '1'",
                  "refunded line x"},
           Damage{"UPDATE refund_lines SET quantity = 999", "UPDATE refund_lines SET quantity = 1",
                  "refunded quantity of line 1"},
           named(shift("order_lines", "order_id"), "line of order"),
           named(shift("touchpoints", "order_id"), "touchpoint of order"),
           named(shift("refund_lines", "refund_id"), "refund line ref_"),
           named(shift("credit_refunds", "credit_id"), "part of a refund crd_"),
           named(shift("refunds", "order_id"), "refund ref_"),
           named(shift("credits", "order_id"), "credit crd_"),
       }) {
    SCOPED_TRACE(damage.done);
    shop.run(damage.done);
    EXPECT_NE(shop.verify().find(damage.named), std::string::npos) << shop.verify();
    shop.run(damage.undone);
    EXPECT_EQ(shop.verify(), "");
  }
  shop.run("UPDATE code_uses SET order_ref = 'x'");
  EXPECT_NE(shop.verify().find("use of code_"), std::string::npos);
  shop.run("DELETE FROM orders");
  EXPECT_NE(shop.verify().find("credit crd_"), std::string::npos);
}

}  // namespace

}  // namespace fairlead::attribution
