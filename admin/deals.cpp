#include <boost/json/serialize.hpp>

#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "ledger/ledger.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

// A deal's first plan counts for every touch there can be, earlier imported orders included.
constexpr core::Instant beginning{0};

void read_gifts(net::Fields& body, NewDeal& deal) {
  constexpr std::int64_t gift_minor_max = 1'000'000'000'000;  // fifty of them fit into an amount
  json::array gifts;
  body.objects("gifts", 0, 50, [&](net::Fields& part) {
    json::object gift;
    gift["name"] = part.text("name");
    const std::int64_t cost = part.integer("cost_minor", 0, gift_minor_max);
    const std::int64_t shipping =
        part.maybe_integer("shipping_minor", 0, gift_minor_max).value_or(0);
    gift["cost_minor"] = cost;
    gift["shipping_minor"] = shipping;
    deal.gift_cost_minor += cost + shipping;
    gifts.emplace_back(std::move(gift));
  });
  deal.gifts_json = json::serialize(gifts);
}

void read_plan(net::Fields& body, NewDeal& deal) {
  const json::value* plan = body.raw("plan");
  if (plan == nullptr || plan->is_null()) {
    body.refuse(
        "plan", "required",
        "plan says what the influencer earns, such as {\"kind\":\"percent\",\"rate_ppm\":100000} "
        "for 10 %.");
    return;
  }
  if (!plan->is_object()) {
    body.refuse("plan", "wrong_type",
                "plan must be an object such as {\"kind\":\"percent\",\"rate_ppm\":100000}.");
    return;
  }
  auto parsed = ledger::parse_plan(plan->as_object());
  if (parsed) {
    deal.plan = std::move(*parsed);
  } else {
    body.refuse("plan", "invalid_value", parsed.error().detail);
  }
}

NewDeal read_deal(net::Fields& body) {
  NewDeal deal;
  deal.influencer.number =
      read_reference(body, "influencer_id", core::InfluencerTag::prefix, "an influencer");
  deal.campaign.number =
      read_reference(body, "campaign_id", core::CampaignTag::prefix, "a campaign");
  read_plan(body, deal);
  deal.fixed_fee_minor = body.maybe_integer("fixed_fee_minor", 0, amount_minor_max).value_or(0);
  read_gifts(body, deal);
  deal.hold_days = body.maybe_integer("hold_days", 0, 365).value_or(30);
  deal.starts_at = body.maybe_instant("starts_at");
  deal.ends_at = body.maybe_instant("ends_at");
  if (deal.starts_at && deal.ends_at && *deal.ends_at <= *deal.starts_at) {
    body.refuse("ends_at", "out_of_range", "ends_at must be later than starts_at.");
  }
  return deal;
}

void insert_deal(storage::Session& session, core::BrandId brand, core::DealId id,
                 const NewDeal& deal, core::Instant now) {
  session.run(sql::insert_deal, brand, id, deal.influencer, deal.campaign, deal.fixed_fee_minor,
              deal.gifts_json, deal.gift_cost_minor, deal.hold_days, deal.starts_at, deal.ends_at,
              now);
  const ledger::Plan plan =
      deal.plan ? *deal.plan
                : ledger::parse_plan({{"kind", "percent"}, {"rate_ppm", deal.rate_ppm}}).value();
  ledger::set_plan(session, brand, id, plan, beginning);
}

std::optional<core::Answer> write_deal(const Writing& writing, net::Fields& body) {
  storage::Session& session = writing.session;
  const NewDeal deal = read_deal(body);
  if (!writing.version) {
    if (deal.influencer && !has_influencer(session, writing.brand, deal.influencer.number)) {
      refuse_reference(body, "influencer_id", "an influencer");
    }
    if (deal.campaign && !campaign_currency(session, writing.brand, deal.campaign.number)) {
      refuse_reference(body, "campaign_id", "a campaign");
    }
  }
  if (auto refusal = body.refusal()) return refusal;
  const core::DealId id{writing.number};
  if (!writing.version) {
    insert_deal(session, writing.brand, id, deal, writing.now);
    return std::nullopt;
  }
  const auto changed = session.run(sql::update_deal, writing.brand, id, *writing.version,
                                   deal.fixed_fee_minor, deal.gifts_json, deal.gift_cost_minor,
                                   deal.hold_days, deal.starts_at, deal.ends_at);
  if (changed.changed == 0) changed_meanwhile();
  ledger::set_plan(session, writing.brand, id, *deal.plan, writing.now);
  return std::nullopt;
}

Item deal_item(const storage::Row& row) {
  const std::int64_t number = row.integer(0);
  json::object body;
  body["id"] = core::DealId{number}.text();
  body["influencer_id"] = row.id<core::InfluencerId>(3).text();
  body["campaign_id"] = row.id<core::CampaignId>(4).text();
  body["currency"] = text_json(row, 14);
  body["plan"] = row.is_null(12) ? json::value()
                                 : json::value(ledger::plan_json({row.text(12), row.text(13)}));
  body["fixed_fee_minor"] = row.integer(5);
  body["gifts"] = stored_json(row.text(6));
  body["gift_cost_minor"] = row.integer(7);
  body["hold_days"] = row.integer(8);
  body["starts_at"] = time_json(row, 9);
  body["ends_at"] = time_json(row, 10);
  body["created_at"] = time_json(row, 11);
  body["archived_at"] = time_json(row, 2);
  return {number, row.integer(1), !row.is_null(2), std::move(body)};
}

std::vector<Item> load_deals(storage::Session& session, core::BrandId brand, const Filter& filter) {
  std::vector<Item> items;
  for (const auto& row :
       session.run(sql::select_deals, brand, filter.after, filter.up_to, filter.with_archived,
                   filter.limit, filter.influencer, filter.campaign)) {
    items.push_back(deal_item(row));
  }
  return items;
}

}  // namespace

std::vector<net::Route> deal_routes(storage::Database& database) {
  return resource_routes(
      database, {.path = "/v1/deals",
                 .noun = "deal",
                 .prefix = core::DealTag::prefix,
                 .writable = {"influencer_id", "campaign_id", "plan", "fixed_fee_minor", "gifts",
                              "hold_days", "starts_at", "ends_at"},
                 .fixed = {"influencer_id", "campaign_id"},
                 .whole = {"plan"},
                 .admin_only = {},
                 .unlogged = {},
                 .filters = {"influencer_id", "campaign_id"},
                 .load = load_deals,
                 .write = write_deal,
                 .archive = sql::archive_deal});
}

core::DealId create_deal(storage::Session& session, core::BrandId brand, const NewDeal& deal,
                         core::Instant now) {
  const auto id = core::new_id<core::DealId>(now);
  insert_deal(session, brand, id, deal, now);
  return id;
}

std::optional<std::int64_t> campaign_of_deal(storage::Session& session, core::BrandId brand,
                                             std::int64_t deal) {
  const auto rows = session.run(sql::find_deal, brand, deal);
  if (rows.empty()) return std::nullopt;
  return rows.one().integer(0);
}

}  // namespace fairlead::admin
