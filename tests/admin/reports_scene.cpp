#include "tests/admin/reports_scene.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "admin/reports.hpp"
#include "ledger/ledger.hpp"
#include "redirect/redirect.hpp"
#include "redirect/retention.hpp"
#include "tests/ledger/rows.hpp"

namespace fairlead::admin {

using test::run_sql;

namespace {

core::Instant at(std::string_view text) {
  return core::parse_instant(text).value();
}

core::Result<net::Principal> principal_of(std::string_view token, core::Instant) {
  const core::KeyId key{1};
  if (token == "admin") return net::Principal{scene_brand, key, net::Role::admin, {}};
  if (token == "viewer") return net::Principal{scene_brand, key, net::Role::viewer, {}};
  if (token == "shop") return net::Principal{scene_brand, key, net::Role::shop, {}};
  if (token == "mia") return net::Principal{scene_brand, key, net::Role::influencer, mia};
  if (token == "stranger") return net::Principal{core::BrandId{8}, key, net::Role::admin, {}};
  return core::fail(core::Errc::unauthorized, "no such key");
}

}  // namespace

Scene::Scene(storage::Database& database) : database_(database) {
  write_names();
  write_orders();
  write_costs();
  write_clicks();
  clicks_ =
      storage::open_read_only({.url = "sqlite:" + clicks_file_, .schema = storage::Schema::clicks})
          .value();
  const Dependencies dependencies{
      .database = database, .clicks = *clicks_, .known_keys = known_keys_};
  router_ = std::make_unique<net::Router>(report_routes(dependencies), principal_of);
}

core::Answer Scene::get(std::string_view target, std::string_view key) const {
  const std::string path = "/v1/reports/" + std::string(target);
  const std::string authorization = "Bearer " + std::string(key);
  net::Request request;
  const std::size_t question = path.find('?');
  request.path = std::string_view(path).substr(0, question);
  if (question != std::string::npos) request.query = std::string_view(path).substr(question + 1);
  request.headers.emplace_back("Authorization", authorization);
  return router_->answer(request, at("2026-06-01T10:00:00Z"));
}

boost::json::value Scene::json(std::string_view target, std::string_view key) const {
  const core::Answer answer = get(target, key);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return boost::json::parse(answer.body);
}

void Scene::write_names() {
  const auto write = [&](storage::Session& session) {
    for (const std::int64_t brand : {7, 8})
      run_sql(session,
              "INSERT INTO brands (brand_id, name, currency, timezone, margin_ppm, created_at) "
              "VALUES ($1, 'Brand', 'EUR', 'Europe/Berlin', 600000, 0)",
              brand);
    for (const auto& [id, name, platform, followers] :
         {std::tuple{mia, "Mia", "instagram", 4'999},
          std::tuple{ben, "Ben, the \"B\"", "tiktok", 100'001}}) {
      run_sql(session,
              "INSERT INTO influencers (brand_id, influencer_id, name, country, created_at) "
              "VALUES (7, $1, $2, 'DE', 0)",
              id, name);
      run_sql(
          session,
          "INSERT INTO influencer_handles (brand_id, influencer_id, position, platform, handle, "
          "followers) VALUES (7, $1, 1, $2, '', $3)",
          id, platform, followers);
    }
    for (const auto& [id, name, currency] :
         {std::tuple{spring, "Spring", "EUR"}, std::tuple{abroad, "Abroad", "USD"}})
      run_sql(session,
              "INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, "
              "landing_url, created_at) VALUES (7, $1, $2, $3, 0, '', 0)",
              id, name, currency);
    const auto deal = [&](core::DealId id, core::InfluencerId whose, core::CampaignId campaign,
                          std::int64_t fee, std::int64_t gift, std::string_view created) {
      run_sql(session,
              "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, fixed_fee_minor, "
              "gift_cost_minor, created_at) VALUES (7, $1, $2, $3, $4, $5, $6)",
              id, whose, campaign, fee, gift, at(created));
      ledger::set_plan(session, scene_brand, id, {"percent", "{\"rate_ppm\":100000}"}, at(created));
    };
    deal(mia_spring, mia, spring, 10'000, 7'500, "2026-03-01T08:00:00Z");
    deal(ben_spring, ben, spring, 0, 0, "2026-03-01T08:00:00Z");
    deal(mia_abroad, mia, abroad, 2'000, 0, "2026-04-01T08:00:00Z");
    for (const auto& [id, of, slug] :
         {std::tuple{mia_link, mia_spring, "mia"}, std::tuple{ben_link, ben_spring, "=ben"},
          std::tuple{mia_abroad_link, mia_abroad, "mia-us"}})
      run_sql(session,
              "INSERT INTO links (brand_id, link_id, deal_id, slug, destination, created_at, "
              "changed_at) VALUES (7, $1, $2, $3, '', 0, 0)",
              id, of, slug);
    for (const auto& [id, of, code] :
         {std::tuple{mia_code, mia_spring, "MIA10"}, std::tuple{ben_code, ben_spring, "BEN5"}})
      run_sql(session,
              "INSERT INTO codes (brand_id, code_id, deal_id, code, folded, discount_kind, "
              "created_at) VALUES (7, $1, $2, $3, $4, 'percent', 0)",
              id, of, code, code);
  };
  database_.transact(write).value();
}

void Scene::write_orders() {
  const auto write = [&](storage::Session& session) {
    const auto order = [&](std::int64_t id, std::string_view placed, const char* currency,
                           std::int64_t base, std::int64_t discount,
                           std::optional<std::int64_t> is_new) {
      run_sql(
          session,
          "INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, "
          "base_minor, discount_minor, shipping_minor, tax_minor, customer_is_new, body_sha256, "
          "booked_at) VALUES (7, $1, $2, 'api', $3, $4, $5, $6, 0, 0, $7, '', 0)",
          id, std::to_string(id), at(placed), currency, base, discount, is_new);
    };
    const auto credit = [&](std::int64_t id, std::int64_t order_id, std::string_view placed,
                            const char* currency, core::DealId deal, core::InfluencerId whose,
                            core::CampaignId campaign, core::CodeId code, core::LinkId link,
                            std::int64_t weight, std::int64_t base) {
      const auto maybe = [](std::int64_t number) {
        return number == 0 ? std::optional<std::int64_t>() : number;
      };
      run_sql(session,
              "INSERT INTO credits (brand_id, credit_id, order_id, influencer_id, deal_id, "
              "campaign_id, via, code_id, link_id, weight_ppm, base_minor, currency, precedence, "
              "model, placed_at, touched_at) VALUES (7, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
              "$11, 'code_first', 'last_click', $12, $13)",
              id, order_id, whose, deal, campaign, code ? "code" : "click", maybe(code.number),
              maybe(link.number), weight, base, currency, at(placed), at(placed));
      ledger::post_credit(session,
                          {.id = core::CreditId{id},
                           .order = core::OrderId{order_id},
                           .influencer = whose,
                           .deal = deal,
                           .campaign = campaign,
                           .base_minor = base},
                          scene_brand, core::Currency::of(currency), at(placed), at(placed),
                          at(placed));
    };
    // A code order that a click of the same deal had led to.
    order(101, "2026-03-02T12:00:00Z", "EUR", 9'000, 1'000, 1);
    credit(201, 101, "2026-03-02T12:00:00Z", "EUR", mia_spring, mia, spring, mia_code, {},
           1'000'000, 9'000);
    run_sql(
        session,
        "INSERT INTO touchpoints (brand_id, order_id, position, kind, given, link_id, click_id, "
        "deal_id, outcome) VALUES (7, 101, 1, 'click', '', 61, 1, 51, 'code_won')");
    order(102, "2026-03-03T10:00:00Z", "EUR", 5'000, 0, 0);
    credit(202, 102, "2026-03-03T10:00:00Z", "EUR", ben_spring, ben, spring, {}, ben_link,
           1'000'000, 5'000);
    // An order of two influencers.
    order(103, "2026-03-03T12:00:00Z", "EUR", 10'001, 101, 1);
    credit(203, 103, "2026-03-03T12:00:00Z", "EUR", mia_spring, mia, spring, mia_code, {}, 500'000,
           5'001);
    credit(204, 103, "2026-03-03T12:00:00Z", "EUR", ben_spring, ben, spring, {}, ben_link, 500'000,
           5'000);
    order(104, "2026-03-04T12:00:00Z", "USD", 3'000, 0, {});
    credit(205, 104, "2026-03-04T12:00:00Z", "USD", mia_abroad, mia, abroad, {}, mia_abroad_link,
           1'000'000, 3'000);
    run_sql(
        session,
        "INSERT INTO refunds (brand_id, refund_id, order_id, refund_ref, placed_at, base_minor, "
        "body_sha256, booked_at) VALUES (7, 301, 101, 'r', $1, 3000, '', 0)",
        at("2026-03-05T12:00:00Z"));
    run_sql(session,
            "INSERT INTO credit_refunds (brand_id, credit_id, refund_id, base_minor) "
            "VALUES (7, 201, 301, 3000)");
    ledger::post_reversal(session, scene_brand, core::CreditId{201}, core::RefundId{301}, 6'000,
                          at("2026-03-05T12:00:00Z"), at("2026-03-05T12:00:00Z"));
  };
  database_.transact(write).value();
}

void Scene::write_costs() {
  const auto write = [&](storage::Session& session) {
    const auto use = [&](std::int64_t id, core::CodeId code, const char* state,
                         std::string_view when) {
      run_sql(session,
              "INSERT INTO code_uses (brand_id, code_use_id, code_id, order_ref, state, currency, "
              "subtotal_minor, discount_minor, cart_sha256, at) "
              "VALUES (7, $1, $2, $3, $4, 'EUR', 0, 0, '', $5)",
              id, code, std::to_string(id), state, at(when));
    };
    use(401, mia_code, "redeemed", "2026-03-02T11:59:00Z");
    use(402, mia_code, "redeemed", "2026-03-03T11:59:00Z");
    use(403, mia_code, "rolled_back", "2026-03-03T11:59:00Z");
    use(404, ben_code, "over_limit", "2026-03-03T11:59:00Z");
    const auto cost = [&](std::int64_t id, std::optional<std::int64_t> deal, std::int64_t amount,
                          std::string_view when, std::optional<std::int64_t> archived) {
      run_sql(session,
              "INSERT INTO costs (brand_id, cost_id, campaign_id, deal_id, kind, amount_minor, "
              "currency, at, created_at, archived_at) "
              "VALUES (7, $1, 41, $2, 'production', $3, 'EUR', $4, 0, $5)",
              id, deal, amount, at(when), archived);
    };
    cost(501, {}, 1'500, "2026-03-03T09:00:00Z", {});
    cost(502, 52, 700, "2026-03-04T09:00:00Z", {});
    cost(503, 52, 9'999, "2026-03-04T09:00:00Z", 1);
  };
  database_.transact(write).value();
}

void Scene::write_clicks() {
  using enum core::ClickVerdict;
  constexpr std::int64_t anna = -5, bob = 6, cleo = 7, dora = 8, unknown = 0;
  add_click(mia_link, "2026-03-02T09:00:00Z", valid, anna);
  add_click(mia_link, "2026-03-02T09:00:01Z", valid, anna);
  add_click(mia_link, "2026-03-02T10:00:00Z", valid, bob);
  add_click(mia_link, "2026-03-02T10:00:01Z", bot, unknown);
  add_click(ben_link, "2026-03-02T11:00:00Z", valid, anna);
  add_click(ben_link, "2026-03-02T23:30:00Z", valid, dora);  // the 3rd of March in Berlin
  add_click(mia_link, "2026-03-03T09:00:00Z", valid, anna);
  add_click(mia_abroad_link, "2026-03-03T09:00:00Z", valid, cleo);
  add_click(mia_abroad_link, "2026-03-03T09:00:01Z", valid, unknown);
}

void Scene::add_click(core::LinkId link, std::string_view when, core::ClickVerdict verdict,
                      std::int64_t visitor) {
  redirect::append_clicks(clicks_file_, database_,
                          {{.click = {core::first_id_at(at(when)) + ++clicks_written_},
                            .brand = scene_brand,
                            .link = link,
                            .verdict = verdict,
                            .visitor = visitor,
                            .app = link == ben_link ? "tiktok" : "instagram",
                            .country = "DE",
                            .device = verdict == core::ClickVerdict::bot ? "bot" : "phone"}})
      .value();
}

void Scene::falsify_days(std::int64_t by) {
  const auto clicks =
      storage::open({.url = "sqlite:" + clicks_file_, .schema = storage::Schema::clicks}).value();
  clicks
      ->transact([&](storage::Session& session) {
        run_sql(session, "UPDATE click_rollups SET clicks = clicks + $1 WHERE span = 2", by);
      })
      .value();
}

void Scene::remove_clicks_before(std::string_view when) {
  const core::ManualClock clock{at(when).plus_days(1)};
  redirect::Retention retention(clock, {.days = 1});
  const auto clicks =
      storage::open({.url = "sqlite:" + clicks_file_, .schema = storage::Schema::clicks}).value();
  while (retention.step(*clicks).has_more) {
  }
}

}  // namespace fairlead::admin
