// What verify finds in the ledger of uses, and when an order's use counts, on both engines.
#include <gtest/gtest.h>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class Verified : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(Verified);

std::string differences_of(const Checkout& checkout) {
  std::string text;
  for (const auto& one : checkout.verify())
    text += one.what + ": expected " + one.expected + ", stored " + one.stored + "\n";
  return text;
}

TEST_P(Verified, UnreadableAllocationsAreNamed) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  for (const std::string_view damage : {"{", "7", "[7]", R"([{"target":"line"}])"}) {
    checkout.run("UPDATE code_uses SET allocations = '" + std::string(damage) + "'");
    EXPECT_NE(differences_of(checkout).find("discount of use_"), std::string::npos) << damage;
  }
}

TEST_P(Verified, UsesAndCountersWithoutACodeAreNamed) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  ASSERT_EQ(differences_of(checkout), "");
  checkout.run(
      "INSERT INTO code_limit_counters (brand_id, scope, scope_id, used) "
      "VALUES (1001, 'code', 77, 1)");
  EXPECT_TRUE(differences_of(checkout).starts_with("counter of code_"));
  checkout.run("DELETE FROM code_limit_counters WHERE scope_id = 77");
  checkout.run("UPDATE code_uses SET code_id = code_id + 1");
  EXPECT_TRUE(differences_of(checkout).starts_with("use use_"));
}

TEST_P(Verified, OrderTellsItsOwnTimeToItsUse) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", ten_percent);
  core::Order order{.brand = checkout.brand,
                    .order_ref = "order-1",
                    .placed_at = checkout.clock.now().plus_days(-40),
                    .currency = core::Currency::of("EUR"),
                    .items = {},
                    .codes = {},
                    .click_ids = {},
                    .customer = {}};
  order.items.emplace_back();
  order.items.back().line_id = "1";
  order.items.back().unit_price_minor = 5'000;
  order.items.back().discount_minor = 500;
  checkout.database
      .transact([&](storage::Session& session) {
        note_order_uses(session, {*core::CodeId::parse(id)}, order, checkout.clock.now());
      })
      .value();
  EXPECT_EQ(checkout.number("SELECT at FROM code_uses"), order.placed_at.micros);
}

}  // namespace
}  // namespace fairlead::codes
