// The front door that orders come through, and what verify finds, on both engines.
#include <gtest/gtest.h>

#include "tests/codes/checkout.hpp"

namespace fairlead::codes {
namespace {

class OrderUses : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(OrderUses);

core::Order order_of(const Checkout& checkout, std::string order_ref, std::int64_t price_minor,
                     std::int64_t discount_minor, std::string customer = "") {
  core::Order order{.brand = checkout.brand,
                    .order_ref = std::move(order_ref),
                    .placed_at = checkout.clock.now(),
                    .currency = core::Currency::of("EUR"),
                    .items = {},
                    .codes = {},
                    .click_ids = {},
                    .customer = {}};
  core::Item item;
  item.line_id = "1";
  item.unit_price_minor = price_minor;
  item.discount_minor = discount_minor;
  order.items.push_back(item);
  order.customer.key = std::move(customer);
  return order;
}

void note(const Checkout& checkout, const std::string& id, const core::Order& order) {
  checkout.database
      .transact([&](storage::Session& session) {
        note_order_uses(session, {*core::CodeId::parse(id)}, order, checkout.clock.now());
      })
      .value();
}

TEST_P(OrderUses, OwnerIsFoundWhateverBecameOfTheCode) {
  const Checkout checkout(database());
  const auto id = checkout.create("Mia10", ten_percent);
  checkout.call(net::Method::del, "/v1/codes/" + id, "", "admin");
  const auto owner_of = [&](core::BrandId brand, std::string_view text) {
    return checkout.database
        .read([&](storage::Session& session) { return find_owner(session, brand, text); })
        .value();
  };
  const auto owner = owner_of(checkout.brand, " mia10 ");
  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(owner->code.text(), id);
  EXPECT_EQ(owner->deal, checkout.deal);
  EXPECT_EQ(owner->influencer, core::InfluencerId{4001});
  EXPECT_EQ(owner->campaign, core::CampaignId{2001});
  EXPECT_FALSE(owner_of(checkout.other_brand, "MIA10").has_value());
  EXPECT_FALSE(owner_of(checkout.brand, "LEO20").has_value());
  EXPECT_FALSE(owner_of(checkout.brand, "  ").has_value());
}

TEST_P(OrderUses, OrderFindsItsCodeHoweverItIsWritten) {
  const Checkout checkout(database());
  checkout.create("MIA10", ten_percent);
  const auto owner_of = [&](std::string_view code) {
    return database()
        .read([&](storage::Session& session) { return find_owner(session, checkout.brand, code); })
        .value();
  };
  EXPECT_TRUE(owner_of("\u00a0mia10\u2003"));
  EXPECT_TRUE(owner_of("ｍｉａ１０"));
  EXPECT_FALSE(owner_of("МІА10")) << "Cyrillic: another code";
  EXPECT_FALSE(owner_of("mia\u200b10"));
  EXPECT_FALSE(owner_of(std::string(10'000, 'm')));
  EXPECT_FALSE(owner_of("mia10\xff"));
}

TEST_P(OrderUses, OrderWithoutRedeemTakesAUseOnce) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":5})");
  const auto order = order_of(checkout, "order-1", 5'000, 500);
  note(checkout, id, order);
  note(checkout, id, order);
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  // The checkout that comes late gets the order's use, not a second one.
  const auto late = checkout.redeem(cart_json("MIA10", "order-1", 5'000));
  EXPECT_EQ(late.at("/reason/code"), "order_ref_conflict") << "its cart had no lines";
  const auto same =
      checkout.redeem(R"({"code":"MIA10","order_ref":"order-1","currency":"EUR",)"
                      R"("items":[{"line_id":"1","quantity":1,"unit_price_minor":5000}]})");
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(same.at("/discount/amount_minor"), "500");
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
}

TEST_P(OrderUses, OrderThatWasRedeemedAddsNothing) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":5})");
  ASSERT_EQ(checkout.redeem(cart_json("MIA10", "order-1", 5'000)).status, 200);
  note(checkout, id, order_of(checkout, "order-1", 5'000, 500));
  EXPECT_EQ(checkout.counter(id), "used=1 spent=500");
  EXPECT_EQ(checkout.count_uses("redeemed"), 1);
}

TEST_P(OrderUses, PaidOrderBeyondALimitIsCountedApart) {
  const Checkout checkout(database());
  const auto id = checkout.create("MIA10", std::string(ten_percent) +
                                               R"(,"limits":{"uses_max":2,"budget_minor":900,)"
                                               R"("uses_per_customer_max":1})");
  note(checkout, id, order_of(checkout, "order-1", 5'000, 500, "mia"));
  note(checkout, id, order_of(checkout, "order-2", 100, 10, "mia"));     // the customer's limit
  note(checkout, id, order_of(checkout, "order-3", 5'000, 500, "leo"));  // the budget
  note(checkout, id, order_of(checkout, "order-4", 100, 10));         // nobody known: the last use
  note(checkout, id, order_of(checkout, "order-5", 100, 10, "zoe"));  // the limit
  EXPECT_EQ(checkout.counter(id), "used=2 spent=510");
  EXPECT_EQ(checkout.count_uses("redeemed"), 2);
  EXPECT_EQ(checkout.count_uses("over_limit"), 3);
  EXPECT_EQ(checkout.count_slots(), 1);
  EXPECT_TRUE(checkout.verify().empty());
  const auto late = checkout.redeem(
      R"({"code":"MIA10","order_ref":"order-5","currency":"EUR","customer":{"key":"zoe"},)"
      R"("items":[{"line_id":"1","quantity":1,"unit_price_minor":100}]})");
  EXPECT_EQ(late.status, 200) << late.body;
  EXPECT_EQ(late.at("/flags"), R"(["over_limit"])");
}

TEST_P(OrderUses, SpendsNoMoreThanTheOrderShows) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"budget_minor":9000})");
  note(checkout, id, order_of(checkout, "order-1", 5'000, 120));
  EXPECT_EQ(checkout.counter(id), "used=1 spent=120");
  note(checkout, id, order_of(checkout, "order-2", 5'000, 4'000));  // other discounts too
  EXPECT_EQ(checkout.counter(id), "used=2 spent=620");
  note(checkout, id, order_of(checkout, "order-3", 5'000, 0));
  EXPECT_EQ(checkout.counter(id), "used=3 spent=620");
  auto order = order_of(checkout, "order-4", 5'000, 500);
  order.currency = core::Currency::of("USD");
  note(checkout, id, order);
  EXPECT_EQ(checkout.counter(id), "used=4 spent=620");
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(OrderUses, TestOrdersAndOddAmountsAreHarmless) {
  const Checkout checkout(database());
  const auto id =
      checkout.create("MIA10", std::string(ten_percent) + R"(,"limits":{"uses_max":5})");
  auto order = order_of(checkout, "order-1", 5'000, 500);
  order.is_test = true;
  note(checkout, id, order);
  EXPECT_EQ(checkout.count_uses("redeemed"), 0);
  auto huge = order_of(checkout, "order-2", 4'611'686'018'427'387'904, 500);
  huge.items[0].quantity = 9;
  note(checkout, id, huge);
  note(checkout, id, order_of(checkout, "order-3", -5, -7));
  EXPECT_EQ(checkout.counter(id), "used=2 spent=0");
  note(checkout, core::CodeId{7}.text(), order_of(checkout, "order-4", 5, 0));
  EXPECT_EQ(checkout.count_uses("redeemed"), 2);
  EXPECT_TRUE(checkout.verify().empty());
}

TEST_P(OrderUses, CreateCodeRefusesWhatTheApiWouldRefuse) {
  const Checkout checkout(database());
  const auto created = [&](const NewCode& code) {
    return checkout.database
        .transact([&](storage::Session& session) {
          const auto id = create_code(session, checkout.brand, code, checkout.clock.now());
          return std::string(id ? "created" : core::name_of(id.error().code));
        })
        .value();
  };
  NewCode good{checkout.deal,
               "MIA10",
               {.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}}};
  good.terms.discount.rate = {100'000};
  EXPECT_EQ(created(good), "created");
  EXPECT_EQ(created(good), "conflict");
  const auto changed = [&](auto change) {
    auto code = good;
    code.text = "LEO20";
    change(code);
    return created(code);
  };
  EXPECT_EQ(changed([](NewCode& code) { code.deal = core::DealId{9}; }), "not_found");
  EXPECT_EQ(changed([&](NewCode& code) { code.deal = checkout.other_brands_deal; }), "not_found");
  EXPECT_EQ(changed([](NewCode& code) { code.text = "L"; }), "invalid");
  EXPECT_EQ(changed([](NewCode& code) { code.terms.discount.rate = {0}; }), "invalid");
  EXPECT_EQ(changed([](NewCode& code) { code.terms.discount.kind = DiscountKind::fixed; }),
            "invalid");
  EXPECT_EQ(changed([](NewCode& code) { code.terms.limits.uses_max = -1; }), "invalid");
  EXPECT_EQ(changed([](NewCode& code) {
              code.terms.starts_at = core::Instant{5};
              code.terms.ends_at = core::Instant{5};
            }),
            "invalid");
}

TEST_P(OrderUses, VerifyNamesPlantedDamage) {
  const Checkout checkout(database());
  const auto limits = R"(,"limits":{"uses_max":9,"uses_per_customer_max":3})";
  const auto id = checkout.create("MIA10", std::string(ten_percent) + limits);
  const auto open = checkout.create("OPEN", ten_percent);
  for (const auto* ref : {"1", "2"}) {
    ASSERT_EQ(checkout.redeem(cart_json("MIA10", ref, 5'000, "mia")).status, 200);
    ASSERT_EQ(checkout.redeem(cart_json("OPEN", std::string("open-") + ref, 5'000)).status, 200);
  }
  ASSERT_TRUE(checkout.verify().empty());
  // Each damage alone, found by name and repaired again.
  const auto found = [&](std::string_view damage, std::string_view repair) {
    checkout.run(damage);
    std::string text;
    for (const auto& difference : checkout.verify()) {
      text += difference.what + " | " + difference.expected + " | " + difference.stored + "\n";
    }
    checkout.run(repair);
    EXPECT_TRUE(checkout.verify().empty()) << repair;
    return text;
  };
  const auto number = std::to_string(core::CodeId::parse(id)->number);
  const auto open_number = std::to_string(core::CodeId::parse(open)->number);
  EXPECT_EQ(
      found("UPDATE code_limit_counters SET used = 1", "UPDATE code_limit_counters SET used = 2"),
      "counter " + id + " | used 2, spent 1000, held 0 of 0 | used 1, spent 1000, held 0 of 0\n");
  EXPECT_EQ(
      found("UPDATE code_limit_counters SET spent_minor = 7",
            "UPDATE code_limit_counters SET spent_minor = 1000"),
      "counter " + id + " | used 2, spent 1000, held 0 of 0 | used 2, spent 7, held 0 of 0\n");
  EXPECT_EQ(found("DELETE FROM code_limit_counters",
                  "INSERT INTO code_limit_counters (brand_id, scope, scope_id, used, spent_minor) "
                  "VALUES (1001, 'code', " +
                      number + ", 2, 1000)"),
            "counter " + id + " | used 2, spent 1000, held 0 of 0 | missing\n");
  EXPECT_EQ(found("INSERT INTO code_limit_counters (brand_id, scope, scope_id, used, spent_minor) "
                  "VALUES (1001, 'code', " +
                      open_number + ", 2, 1000)",
                  "DELETE FROM code_limit_counters WHERE scope_id = " + open_number),
            "counter " + open + " | missing | used 2, spent 1000, held 0 of 0\n");
  const auto use = core::CodeUseId{checkout.number("SELECT code_use_id FROM code_limit_slots "
                                                   "WHERE slot = 1")}
                       .text();
  EXPECT_EQ(found("UPDATE code_limit_slots SET code_use_id = 5 WHERE slot = 1",
                  "UPDATE code_limit_slots SET code_use_id = " +
                      std::to_string(core::CodeUseId::parse(use)->number) + " WHERE slot = 1"),
            "customer slot of " + use + " of " + id + " | one slot | missing\ncustomer slot of " +
                core::CodeUseId{5}.text() + " of " + id + " | missing | slot 1\n");
  EXPECT_EQ(
      found("INSERT INTO code_limit_slots (brand_id, scope, scope_id, customer, slot, code_use_id) "
            "SELECT brand_id, scope, scope_id, customer, 2, code_use_id FROM code_limit_slots "
            "WHERE slot = 1",
            "DELETE FROM code_limit_slots WHERE slot = 2"),
      "customer slot of " + use + " of " + id + " | missing | slot 2\n");
  EXPECT_EQ(
      found("UPDATE code_uses SET discount_minor = 499 WHERE order_ref = 'open-2' AND code_id = " +
                open_number,
            "UPDATE code_uses SET discount_minor = 500"),
      "discount of " +
          core::CodeUseId{checkout.number("SELECT code_use_id FROM code_uses WHERE order_ref = "
                                          "'open-2' AND code_id = " +
                                          open_number)}
              .text() +
          " | the sum of its allocations, 500 | 499\n");
}

}  // namespace
}  // namespace fairlead::codes
