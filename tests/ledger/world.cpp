#include "tests/ledger/world.hpp"

#include "tests/ledger/rows.hpp"

namespace fairlead::ledger {

using test::run_sql;

Plan percent(std::int64_t rate_ppm) {
  return {"percent", "{\"rate_ppm\":" + std::to_string(rate_ppm) + "}"};
}

void World::add_deal(core::DealId id, std::int64_t hold_days) {
  database_
      .transact([&](storage::Session& session) {
        run_sql(session,
                "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, hold_days, "
                "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                brand, id, influencer, campaign, hold_days, spring);
      })
      .value();
}

std::int64_t World::set_rate(core::DealId id, std::int64_t rate_ppm, core::Instant from) {
  return database_
      .transact([&](storage::Session& session) {
        return set_plan(session, brand, id, percent(rate_ppm), from);
      })
      .value();
}

Commission World::book_order(std::int64_t number, std::int64_t base_minor, core::Instant at,
                             core::DealId of, std::string currency) {
  return database_
      .transact([&](storage::Session& session) {
        const core::Credit credit{.id = core::CreditId{number},
                                  .order = core::OrderId{number},
                                  .influencer = influencer,
                                  .deal = of,
                                  .campaign = campaign,
                                  .base_minor = base_minor};
        run_sql(
            session,
            "INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, "
            "campaign_id, via, weight_ppm, base_minor, currency, precedence, model, placed_at, "
            "touched_at) VALUES ($1, $2, $3, $4, $5, $6, 'code', 1000000, $7, $8, 'code_first', "
            "'last_click', $9, $10)",
            brand, credit.id, credit.order, influencer, of, campaign, base_minor, currency, at, at);
        return post_credit(session, credit, brand, core::Currency::of(currency), at, at, at);
      })
      .value();
}

std::int64_t World::book_refund(std::int64_t number, std::int64_t order, std::int64_t base_minor,
                                core::Instant at) {
  return database_
      .transact([&](storage::Session& session) {
        run_sql(session,
                "INSERT INTO refunds (brand_id, refund_id, order_id, refund_ref, placed_at, "
                "base_minor, body_sha256, booked_at) VALUES ($1, $2, $3, $4, $5, $6, '', $7)",
                brand, number, order, std::to_string(number), at, base_minor, at);
        run_sql(session,
                "INSERT INTO credit_refunds (brand_id, credit_id, refund_id, base_minor) "
                "VALUES ($1, $2, $3, $4)",
                brand, order, number, base_minor);
        return post_reversal(session, brand, core::CreditId{order}, core::RefundId{number},
                             remaining_base(session, order), at, at);
      })
      .value();
}

std::int64_t World::post_reversal_again(std::int64_t number, std::int64_t order, core::Instant at) {
  return database_
      .transact([&](storage::Session& session) {
        return post_reversal(session, brand, core::CreditId{order}, core::RefundId{number},
                             remaining_base(session, order), at, at);
      })
      .value();
}

std::int64_t World::remaining_base(storage::Session& session, std::int64_t order) {
  return run_sql(
             session,
             "SELECT CAST(c.base_minor - COALESCE((SELECT SUM(r.base_minor) FROM "
             "credit_refunds AS r WHERE r.brand_id = c.brand_id AND r.credit_id = c.credit_id), "
             "0) AS BIGINT) FROM credits AS c WHERE c.brand_id = $1 AND c.credit_id = $2",
             brand, order)
      .one()
      .integer(0);
}

Commission World::commission_of(std::int64_t order, core::Instant now) {
  const auto commissions =
      database_
          .read([&](storage::Session& session) {
            return commissions_of_order(session, brand, core::OrderId{order}, now);
          })
          .value();
  EXPECT_EQ(commissions.size(), 1u);
  return commissions.at(0);
}

std::vector<Posting> World::postings_of(std::int64_t order) {
  return database_
      .read([&](storage::Session& session) {
        const auto commissions = commissions_of_order(session, brand, core::OrderId{order}, spring);
        return postings_of_commission(session, brand, commissions.at(0).id);
      })
      .value();
}

std::vector<Balance> World::balances_now() {
  return database_.read([&](storage::Session& session) { return balances(session, brand); })
      .value();
}

core::Differences World::differences() {
  return database_.read([&](storage::Session& session) { return verify(session); }).value();
}

void World::damage(const std::string& sql) {
  database_.transact([&](storage::Session& session) { run_sql(session, sql); }).value();
}

}  // namespace fairlead::ledger
