#include <boost/json/serialize.hpp>

#include "admin/resource.hpp"
#include "admin/resources.hpp"
#include "admin/sql.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::admin {

namespace json = boost::json;

namespace {

// {"utm_source":"instagram", …} as JSON text, in this order; "source" is read as utm_source.
std::string read_utm(net::Fields& body) {
  static constexpr std::string_view names[] = {"utm_source", "utm_medium", "utm_campaign",
                                               "utm_term", "utm_content"};
  constexpr std::size_t short_from = 4;  // behind "utm_"
  json::object utm;
  body.object("utm", false, [&](net::Fields& part) {
    for (const std::string_view name : names) {
      const auto value = part.maybe_text(name);
      const auto short_value = part.maybe_text(name.substr(short_from));
      if (value && short_value) {
        part.refuse(name, "duplicate",
                    std::string(name) + " and " + std::string(name.substr(short_from)) +
                        " mean the same; give one of them.");
      }
      if (value || short_value) utm[name] = value ? *value : *short_value;
    }
  });
  return json::serialize(utm);
}

std::string read_goals(net::Fields& body) {
  constexpr std::int64_t goal_max = amount_minor_max;
  json::array goals;
  body.objects("goals", 0, 20, [&](net::Fields& part) {
    json::object goal;
    const std::string metric = part.text("metric", {1, 64});
    if (metric.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos) {
      part.refuse("metric", "invalid_value",
                  "metric must be the name of a report's column, such as \"net_revenue_minor\".");
    }
    goal["metric"] = metric;
    const auto baseline = part.maybe_integer("baseline", -goal_max, goal_max);
    goal["baseline"] = baseline ? json::value(*baseline) : json::value();
    goal["target"] = part.integer("target", -goal_max, goal_max);
    goals.emplace_back(std::move(goal));
  });
  return json::serialize(goals);
}

void check_landing_url(net::Fields& body, const std::vector<std::string>& domains,
                       NewCampaign& campaign) {
  if (campaign.landing_url.empty()) return;
  if (domains.empty()) {
    body.refuse(
        "landing_url", "no_allowed_domain",
        "The brand has no allowed domain yet, so links could lead anywhere. Allow your shop's "
        "first: PATCH /v1/brand {\"allowed_domains\":[\"shop.example\"]}.");
    return;
  }
  auto checked = redirect::check_destination(campaign.landing_url, domains);
  if (checked) {
    campaign.landing_url = std::move(*checked);
  } else {
    refuse_destination(body, "landing_url", checked.error().detail);
  }
}

NewCampaign read_campaign(net::Fields& body, const std::vector<std::string>& domains) {
  constexpr std::size_t url_bytes_max = 2'048;
  NewCampaign campaign{.name = body.text("name"),
                       .currency = body.currency("currency").value_or(core::Currency::of("EUR")),
                       .starts_on = {},
                       .ends_on = {},
                       .landing_url = body.text("landing_url", {1, url_bytes_max}),
                       .budget_minor = body.maybe_integer("budget_minor", 0, amount_minor_max)};
  const auto starts_on = body.maybe_day("starts_on");
  if (!body.has("starts_on")) {
    body.refuse("starts_on", "required", "starts_on must be a day such as \"2026-03-01\".");
  }
  campaign.starts_on = starts_on.value_or(core::Day{});
  campaign.ends_on = body.maybe_day("ends_on");
  if (starts_on && campaign.ends_on && *campaign.ends_on < *starts_on) {
    body.refuse("ends_on", "out_of_range", "ends_on must be starts_on or a later day.");
  }
  campaign.utm_json = read_utm(body);
  campaign.goals_json = read_goals(body);
  body.object("attribution", false,
              [&](net::Fields& part) { campaign.attribution = attribution::read_policy(part); });
  const json::value* partners = body.raw("partners");
  const bool is_alone = partners == nullptr || partners->is_null() ||
                        (partners->is_array() && partners->as_array().empty());
  if (!is_alone) {
    body.refuse("partners", "not_supported",
                "Campaigns of several brands are not supported yet; leave partners out or empty.");
  }
  check_landing_url(body, domains, campaign);
  return campaign;
}

std::optional<std::int64_t> day_number(const std::optional<core::Day>& day) {
  if (!day) return std::nullopt;
  return day->number;
}

void insert_campaign(storage::Session& session, core::BrandId brand, std::int64_t number,
                     const NewCampaign& campaign, core::Instant now) {
  const attribution::Policy& policy = campaign.attribution;
  session.run(sql::insert_campaign, brand, number, campaign.name, campaign.currency.code(),
              campaign.starts_on.number, day_number(campaign.ends_on), campaign.landing_url,
              campaign.utm_json, campaign.budget_minor, campaign.goals_json, policy.precedence,
              policy.model, policy.lookback_days, policy.code_share_ppm, policy.half_life_days,
              policy.click_to_order_min_s, policy.existing_customers, now);
}

std::optional<core::Answer> write_campaign(const Writing& writing, net::Fields& body) {
  storage::Session& session = writing.session;
  const NewCampaign campaign = read_campaign(body, allowed_domains(session, writing.brand));
  if (auto refusal = body.refusal()) return refusal;
  if (!writing.version) {
    insert_campaign(session, writing.brand, writing.number, campaign, writing.now);
    return std::nullopt;
  }
  const attribution::Policy& policy = campaign.attribution;
  const auto changed = session.run(
      sql::update_campaign, writing.brand, writing.number, *writing.version, campaign.name,
      campaign.starts_on.number, day_number(campaign.ends_on), campaign.landing_url,
      campaign.utm_json, campaign.budget_minor, campaign.goals_json, policy.precedence,
      policy.model, policy.lookback_days, policy.code_share_ppm, policy.half_life_days,
      policy.click_to_order_min_s, policy.existing_customers);
  if (changed.changed == 0) changed_meanwhile();
  return std::nullopt;
}

json::value day_json(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return nullptr;
  return json::value(core::format_day({static_cast<std::int32_t>(row.integer(column))}));
}

Item campaign_item(const storage::Row& row) {
  const std::int64_t number = row.integer(0);
  json::object body;
  body["id"] = core::CampaignId{number}.text();
  body["name"] = row.text(3);
  body["currency"] = row.text(4);
  body["starts_on"] = day_json(row, 5);
  body["ends_on"] = day_json(row, 6);
  body["landing_url"] = row.text(7);
  body["utm"] = stored_json(row.text(8));
  body["budget_minor"] = number_json(row, 9);
  body["goals"] = stored_json(row.text(10));
  body["attribution"] = attribution::policy_json({.precedence = row.text(11),
                                                  .model = row.text(12),
                                                  .lookback_days = row.integer(13),
                                                  .code_share_ppm = row.integer(16),
                                                  .half_life_days = row.integer(17),
                                                  .click_to_order_min_s = row.integer(18),
                                                  .existing_customers = row.text(19)});
  body["partners"] = stored_json(row.text(14));
  body["created_at"] = time_json(row, 15);
  body["archived_at"] = time_json(row, 2);
  return {number, row.integer(1), !row.is_null(2), std::move(body)};
}

std::vector<Item> load_campaigns(storage::Session& session, core::BrandId brand,
                                 const Filter& filter) {
  std::vector<Item> items;
  for (const auto& row : session.run(sql::select_campaigns, brand, filter.after, filter.up_to,
                                     filter.with_archived, filter.limit)) {
    items.push_back(campaign_item(row));
  }
  return items;
}

}  // namespace

std::vector<net::Route> campaign_routes(storage::Database& database) {
  return resource_routes(
      database, {.path = "/v1/campaigns",
                 .noun = "campaign",
                 .prefix = core::CampaignTag::prefix,
                 .writable = {"name", "currency", "starts_on", "ends_on", "landing_url", "utm",
                              "budget_minor", "goals", "attribution", "partners"},
                 .fixed = {"currency"},
                 .whole = {},
                 .admin_only = {},
                 .unlogged = {},
                 .filters = {},
                 .load = load_campaigns,
                 .write = write_campaign,
                 .archive = sql::archive_campaign});
}

core::CampaignId create_campaign(storage::Session& session, core::BrandId brand,
                                 const NewCampaign& campaign, core::Instant now) {
  const auto id = core::new_id<core::CampaignId>(now);
  insert_campaign(session, brand, id.number, campaign, now);
  return id;
}

std::optional<std::string> campaign_currency(storage::Session& session, core::BrandId brand,
                                             std::int64_t campaign) {
  const auto rows = session.run(sql::find_campaign, brand, campaign);
  if (rows.empty()) return std::nullopt;
  return rows.one().text(0);
}

}  // namespace fairlead::admin
