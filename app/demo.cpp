#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include "admin/admin.hpp"
#include "app/commands.hpp"
#include "app/demo_events.hpp"
#include "app/secrets.hpp"
#include "app/sql.hpp"
#include "app/wiring.hpp"
#include "codes/codes.hpp"
#include "core/check.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

using core::Errc;
using core::fail;

// The rows of one brand, by the cast's positions.
struct Stage {
  core::BrandId brand;
  std::vector<core::InfluencerId> influencers;
  std::vector<core::LinkId> links;
  std::vector<core::ClickId> clicks;
};

struct Keys {
  std::string admin;
  std::string shop;
  std::string viewer;
  std::string influencer;
};

// What is said at the end.
struct Told {
  Stage stage;
  Keys keys;
  std::size_t clicks = 0;
  std::size_t orders = 0;
};

// A result that only a bug of the demo could refuse.
template <class T>
T expect(core::Result<T> result) {
  if (!result) throw storage::StatementFailed{result.error(), false};
  return std::move(*result);
}

Stage set_stage(storage::Session& session, const CastBrand& cast, core::Instant start) {
  Stage stage;
  const auto currency = core::Currency::of(cast.currency);
  stage.brand = admin::create_brand(session,
                                    {std::string(cast.name),
                                     currency,
                                     expect(core::Zone::parse(cast.timezone)),
                                     {std::string(cast.domain)}},
                                    start);
  std::vector<core::CampaignId> campaigns;
  const core::Zone zone = expect(core::Zone::parse(cast.timezone));
  for (const CastCampaign& campaign : cast.campaigns)
    campaigns.push_back(admin::create_campaign(
        session, stage.brand,
        {.name = std::string(campaign.name),
         .currency = currency,
         .starts_on = zone.day_of(start.plus_days(campaign.first_day)),
         .landing_url = "https://" + std::string(cast.domain) + std::string(campaign.path),
         .utm_json = R"({"utm_medium":"influencer","utm_campaign":")" +
                     std::string(campaign.utm_campaign) + R"("})"},
        start));
  for (const CastInfluencer& one : cast.influencers) {
    const auto influencer = admin::create_influencer(
        session, stage.brand,
        {.name = std::string(one.name),
         .country = std::string(one.country),
         .niche = std::string(one.niche),
         .handles = {{std::string(one.platform), std::string(one.handle), one.followers}}},
        start);
    const auto deal = admin::create_deal(session, stage.brand,
                                         {.influencer = influencer,
                                          .campaign = campaigns[one.campaign],
                                          .rate_ppm = one.rate_ppm,
                                          .fixed_fee_minor = one.fee_minor,
                                          .gift_cost_minor = one.gift_minor},
                                         start);
    redirect::NewLink link;
    link.deal = deal;
    link.slug = one.slug;
    link.utm = {{"utm_source", std::string(one.platform)},
                {"utm_content", std::string(one.handle)}};
    stage.links.push_back(expect(redirect::create_link(session, stage.brand, link, start)).id);
    stage.influencers.push_back(influencer);
    if (one.code.empty()) continue;
    codes::Terms terms{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
    terms.discount.rate = {one.code_ppm};
    expect(codes::create_code(session, stage.brand, {deal, std::string(one.code), terms}, start));
  }
  return stage;
}

std::vector<redirect::PastClick> past_clicks(Stage& stage, const std::vector<DemoClick>& clicks) {
  core::IdMaker maker;
  std::vector<redirect::PastClick> past;
  past.reserve(clicks.size());
  for (const DemoClick& click : clicks) {
    stage.clicks.push_back({maker.next(click.at, 0)});
    past.push_back({stage.clicks.back(), stage.brand, stage.links[click.influencer], click.verdict,
                    click.visitor, std::string(click.app), std::string(click.country),
                    std::string(click.device)});
  }
  return past;
}

core::Order to_order(const Stage& stage, const CastBrand& cast, const DemoEvents& events,
                     const DemoOrder& from, const Secrets& secrets) {
  core::Order order{.brand = stage.brand,
                    .order_ref = from.order_ref,
                    .placed_at = from.at,
                    .currency = core::Currency::of(cast.currency),
                    .items = from.items,
                    .shipping_minor = from.shipping_minor};
  if (from.influencer) order.codes = {std::string(cast.influencers[*from.influencer].code)};
  if (from.click)
    order.click_ids = {redirect::make_token(secrets.token_keys.front(), stage.clicks[*from.click],
                                            stage.links[events.clicks[*from.click].influencer])};
  order.customer.key = from.customer;
  order.customer.is_new = from.is_new_customer;
  return order;
}

core::Refund to_refund(const Stage& stage, const DemoOrder& order) {
  core::Refund refund{.brand = stage.brand,
                      .order_ref = order.order_ref,
                      .refund_ref = order.order_ref + "-r1",
                      .placed_at = order.refunded_at,
                      .reason = "returned"};
  for (const core::Item& item : order.items) {
    const std::int64_t base = item.quantity * item.unit_price_minor - item.discount_minor;
    const std::int64_t amount = core::share(base, core::Rate{order.refunded_ppm});
    if (amount > 0) refund.items.push_back({item.line_id, std::nullopt, amount});
  }
  return refund;
}

// Orders and their refunds in batches, one write transaction each.
core::Result<void> book(storage::Database& database, const Stage& stage, const CastBrand& cast,
                        const DemoEvents& events, const Secrets& secrets) {
  constexpr std::size_t batch = 500;
  const auto dependencies = attribution_dependencies(database, nullptr, secrets);
  for (std::size_t from = 0; from < events.orders.size(); from += batch) {
    const std::size_t to = std::min(from + batch, events.orders.size());
    auto done = database.transact([&](storage::Session& session) {
      for (std::size_t i = from; i < to; ++i) {
        const DemoOrder& order = events.orders[i];
        const core::Answer booked = attribution::book_order(
            session, dependencies, to_order(stage, cast, events, order, secrets), order.at);
        CHECK(booked.status == 201);
        if (order.refunded_ppm == 0) continue;
        const core::Answer refunded =
            attribution::book_refund(session, to_refund(stage, order), order.refunded_at);
        CHECK(refunded.status == 201);
      }
    });
    if (!done) return done;
  }
  return {};
}

Keys make_keys(storage::Session& session, const Stage& stage, core::Instant now) {
  const auto make = [&](net::Role role, core::InfluencerId influencer) {
    return admin::create_key(session, stage.brand, role, influencer, "demo", now).secret_text;
  };
  return {make(net::Role::admin, {}), make(net::Role::shop, {}), make(net::Role::viewer, {}),
          make(net::Role::influencer, stage.influencers.front())};
}

core::Result<Told> play(const Config& config, storage::Database& database, const Secrets& secrets,
                        core::Instant start) {
  Told told;
  std::size_t number = 0;
  for (const CastBrand& cast : demo_cast()) {
    auto stage = database.transact(
        [&](storage::Session& session) { return set_stage(session, cast, start); });
    if (!stage) return stage.error();
    const DemoEvents events = make_demo_events(cast, number, start);
    const auto clicks = past_clicks(*stage, events.clicks);
    auto done = redirect::append_clicks(config.clicks_file(), database, clicks);
    if (!done) return done.error();
    done = book(database, *stage, cast, events, secrets);
    if (!done) return done.error();
    told.clicks += events.clicks.size();
    told.orders += events.orders.size();
    if (number++ == 0) told.stage = std::move(*stage);
  }
  auto keys = database.transact([&](storage::Session& session) {
    return make_keys(session, told.stage, core::SystemClock().now());
  });
  if (!keys) return keys.error();
  told.keys = *keys;
  return told;
}

void print(const Config& config, const Told& told, Output output, std::int64_t took_ms) {
  const CastBrand& cast = demo_cast().front();
  const std::string slug(cast.influencers.front().slug);
  const std::string code(cast.influencers.front().code);
  const std::string link_url = config.shown_url() + "/" + slug;
  if (output == Output::json) {
    const boost::json::object all{{"brand_id", told.stage.brand.text()},
                                  {"admin_key", told.keys.admin},
                                  {"shop_key", told.keys.shop},
                                  {"viewer_key", told.keys.viewer},
                                  {"influencer_key", told.keys.influencer},
                                  {"slug", slug},
                                  {"link_url", link_url},
                                  {"code", code},
                                  {"currency", cast.currency},
                                  {"clicks", told.clicks},
                                  {"orders", told.orders}};
    std::cout << boost::json::serialize(all) << "\n";
    return;
  }
  std::cout << "Three brands with " << told.clicks << " clicks and " << told.orders
            << " orders, made in " << took_ms << " ms. Keys of " << cast.name << ":\n"
            << "  admin       " << told.keys.admin << "\n"
            << "  viewer      " << told.keys.viewer << "\n"
            << "  shop        " << told.keys.shop << "\n"
            << "  influencer  " << told.keys.influencer << "\n"
            << "A link to click: " << link_url << "   a code to redeem: " << code << "\n";
}

}  // namespace

int demo(const Config& config, const DemoRequest& request) {
  const auto began = std::chrono::steady_clock::now();
  const core::Zone utc = core::Zone::utc();
  // Ends before today: ids of clicks only rise, so behind a made-up click of this evening every
  // real one would be dated this evening too, and its order would seem to come before it.
  core::Instant until = utc.start_of(utc.day_of(core::SystemClock().now()));
  if (!request.until.empty()) {
    auto day = core::parse_day(request.until);
    if (!day) return report_failure("--until", {Errc::config, day.error().detail});
    until = utc.start_of(*day);
  }
  auto secrets = load_secrets(config.data);
  if (!secrets) return report_failure("demo", secrets.error());
  auto database = storage::open({.url = config.database_url()});
  if (!database) return report_failure("demo", database.error());
  auto brands = (*database)->read(
      [](storage::Session& session) { return session.run(sql::list_brands).size(); });
  if (!brands) return report_failure("demo", brands.error());
  if (*brands > 0)
    return report_failure(
        "demo", fail(Errc::conflict, config.data + " already holds " + std::to_string(*brands) +
                                         " brands; give an empty --data directory"));

  auto told = play(config, **database, *secrets, until.plus_days(-demo_days));
  if (!told) return report_failure("demo", told.error());
  const auto took = std::chrono::steady_clock::now() - began;
  print(config, *told, request.output,
        std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  return 0;
}

}  // namespace fairlead::app
