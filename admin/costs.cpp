#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

struct Cost {
  std::int64_t campaign = 0;
  std::optional<std::int64_t> deal;
  std::string kind;
  std::int64_t amount_minor = 0;
  std::optional<core::Currency> currency;
  core::Instant at;
  std::string note;
};

// A cost belongs to a deal, and through it to its campaign, or to a campaign as a whole.
void read_owner(const Writing& writing, net::Fields& body, Cost& cost) {
  body.raw("deal_id");  // null is as good as absent
  body.raw("campaign_id");
  if (body.has("deal_id")) {
    cost.deal = read_reference(body, "deal_id", core::DealTag::prefix, "a deal");
  }
  if (body.has("campaign_id")) {
    cost.campaign = read_reference(body, "campaign_id", core::CampaignTag::prefix, "a campaign");
  }
  if (!body.has("deal_id") && !body.has("campaign_id")) {
    body.refuse("campaign_id", "required", "Give campaign_id or deal_id: what the money was for.");
  }
  if (writing.version) return;  // neither can change, and both may have been archived since
  if (cost.deal && *cost.deal != 0) {
    const auto campaign = campaign_of_deal(writing.session, writing.brand, *cost.deal);
    if (!campaign) {
      refuse_reference(body, "deal_id", "a deal");
    } else if (cost.campaign != 0 && cost.campaign != *campaign) {
      body.refuse(
          "campaign_id", "invalid_value",
          "campaign_id is not the campaign of the deal; leave it out when deal_id is given.");
    } else {
      cost.campaign = *campaign;
    }
  }
  if (cost.campaign == 0) return;
  const auto currency = campaign_currency(writing.session, writing.brand, cost.campaign);
  if (!currency) {
    refuse_reference(body, "campaign_id", "a campaign");
  } else if (cost.currency && cost.currency->code() != *currency) {
    body.refuse("currency", "currency_mismatch",
                "currency must be " + *currency +
                    ", the campaign's: amounts of other currencies are not converted.");
  }
}

std::optional<core::Answer> write_cost(const Writing& writing, net::Fields& body) {
  Cost cost;
  cost.kind = body.text("kind", {1, 64});
  cost.amount_minor = body.integer("amount_minor", 0, amount_minor_max);
  cost.currency = body.currency("currency");
  cost.at = body.instant("at");
  cost.note = body.maybe_text("note", {0, 1'000}).value_or("");
  read_owner(writing, body, cost);
  if (auto refusal = body.refusal()) return refusal;
  storage::Session& session = writing.session;
  if (!writing.version) {
    session.run(sql::insert_cost, writing.brand, writing.number, cost.campaign, cost.deal,
                cost.kind, cost.amount_minor, cost.currency->code(), cost.at, cost.note,
                writing.now);
    return std::nullopt;
  }
  const auto changed =
      session.run(sql::update_cost, writing.brand, writing.number, *writing.version, cost.kind,
                  cost.amount_minor, cost.at, cost.note);
  if (changed.changed == 0) changed_meanwhile();
  return std::nullopt;
}

Item cost_item(const storage::Row& row) {
  const std::int64_t number = row.integer(0);
  json::object body;
  body["id"] = core::CostId{number}.text();
  body["campaign_id"] = row.id<core::CampaignId>(3).text();
  body["deal_id"] = row.is_null(4) ? json::value() : json::value(row.id<core::DealId>(4).text());
  body["kind"] = row.text(5);
  body["amount_minor"] = row.integer(6);
  body["currency"] = row.text(7);
  body["at"] = time_json(row, 8);
  body["note"] = row.text(9);
  body["created_at"] = time_json(row, 10);
  body["archived_at"] = time_json(row, 2);
  return {number, row.integer(1), !row.is_null(2), std::move(body)};
}

std::vector<Item> load_costs(storage::Session& session, core::BrandId brand, const Filter& filter) {
  std::vector<Item> items;
  for (const auto& row :
       session.run(sql::select_costs, brand, filter.after, filter.up_to, filter.with_archived,
                   filter.limit, filter.campaign, filter.deal)) {
    items.push_back(cost_item(row));
  }
  return items;
}

}  // namespace

std::vector<net::Route> cost_routes(storage::Database& database) {
  return resource_routes(database, {.path = "/v1/costs",
                                    .noun = "cost",
                                    .prefix = core::CostTag::prefix,
                                    .writable = {"campaign_id", "deal_id", "kind", "amount_minor",
                                                 "currency", "at", "note"},
                                    .fixed = {"campaign_id", "deal_id", "currency"},
                                    .whole = {},
                                    .admin_only = {},
                                    .unlogged = {},
                                    .filters = {"campaign_id", "deal_id"},
                                    .load = load_costs,
                                    .write = write_cost,
                                    .archive = sql::archive_cost});
}

}  // namespace fairlead::admin
