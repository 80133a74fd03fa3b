// A database of the version before holds and shared limits: its uses, counters and slots are
// carried over, and recounting confirms them.
#include <gtest/gtest.h>

#include "storage/migrations.hpp"
#include "tests/codes/checkout.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::codes {
namespace {

class CarriedOver : public test::OnEveryEngine {};
INSTANTIATE_ON_ENGINES(CarriedOver);

constexpr int version_before = 3;

// The statements of a script, which a session runs one by one.
void run_script(storage::Session& session, std::string_view script) {
  while (!script.empty()) {
    const auto end = std::min(script.find(';'), script.size());
    const auto text = script.substr(0, end);
    if (text.find_first_not_of(" \n") != text.npos) session.run(test::TestStatement(text));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
}

void drop_everything(storage::Database& database) {
  const bool is_sqlite = database.engine() == storage::Engine::sqlite;
  const test::TestStatement tables(
      is_sqlite ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                : "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = "
                  "current_schema()");
  database
      .transact([&](storage::Session& session) {
        for (const auto& row : session.run(tables)) {
          if (row.text(0) == "schema_migrations") continue;
          run_script(session, "DROP TABLE " + row.text(0));
        }
        run_script(session, "DELETE FROM schema_migrations");
      })
      .value();
}

TEST_P(CarriedOver, CountersAndSlotsOfTheVersionBefore) {
  drop_everything(database());
  database()
      .transact([&](storage::Session& session) {
        for (const auto& migration : storage::migrations(storage::Schema::main)) {
          if (migration.number > version_before) break;
          run_script(session, database().engine() == storage::Engine::sqlite ? migration.sqlite
                                                                             : migration.postgres);
          run_script(session,
                     "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (" +
                         std::to_string(migration.number) + ", '" + std::string(migration.name) +
                         "', '" + std::string(migration.sha256) + "', 0)");
        }
        run_script(session, R"(
INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, landing_url, created_at)
VALUES (1001, 2001, 'Spring', 'EUR', 0, 'https://shop.example/', 0);
INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at)
VALUES (1001, 3001, 4001, 2001, 0);
INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, rate_ppm, currency,
                   uses_max, uses_per_customer_max, created_at)
VALUES (1001, 71, 3001, 'MIA10', 'MIA10', 'percent', 100000, 'EUR', 2, 1, 0);
INSERT INTO code_counters (brand_id, code_id, used, spent_minor) VALUES (1001, 71, 1, 500);
INSERT INTO code_customer_slots (brand_id, code_id, customer, slot, code_use_id)
VALUES (1001, 71, 'mia', 0, 81);
INSERT INTO code_uses (brand_id, code_use_id, code_id, order_ref, state, customer, currency,
                       subtotal_minor, discount_minor, allocations, cart_sha256, at)
VALUES (1001, 81, 71, 'order-1', 'redeemed', 'mia', 'EUR', 5000, 500,
        '[{"target":"subtotal","amount_minor":500}]', 'x', 0))");
      })
      .value();
  test_database().close();
  test_database().open();
  const Checkout checkout(database());
  EXPECT_TRUE(checkout.verify().empty());
  EXPECT_EQ(checkout.counter(core::CodeId{71}.text()), "used=1 spent=500");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 1'000, "mia")).at("/reason/code"),
            "customer_limit_reached");
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-2", 1'000, "leo")).status, 200);
  EXPECT_EQ(checkout.redeem(cart_json("MIA10", "order-3", 1'000, "zoe")).at("/reason/code"),
            "usage_limit_reached");
  EXPECT_TRUE(checkout.verify().empty());
}

}  // namespace
}  // namespace fairlead::codes
