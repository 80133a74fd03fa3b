// The limits that all codes of a campaign share: read and edited here.
#include <boost/json/serialize.hpp>

#include "codes/capacity.hpp"
#include "codes/fences.hpp"
#include "codes/handlers.hpp"
#include "codes/sql.hpp"
#include "codes/term_fields.hpp"
#include "codes/term_json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::codes {

namespace {

struct CampaignLimits {
  CapacityLimits limits;
  core::Currency currency;
  std::int64_t version = 0;  // 0: never set
};

std::optional<CampaignLimits> find_limits(storage::Session& session, core::BrandId brand,
                                          core::CampaignId campaign) {
  const auto rows = session.run(sql::find_campaign_limits, brand, campaign);
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.one();
  return CampaignLimits{.limits = {.uses_max = row.maybe_integer(1),
                                   .uses_per_customer_max = row.maybe_integer(2),
                                   .budget_minor = row.maybe_integer(3)},
                        .currency = core::Currency::of(row.text(0)),
                        .version = row.integer(4)};
}

core::Answer no_such_campaign() {
  return net::problem(404, "not_found", "There is no such campaign.");
}

core::Answer limits_answer(core::CampaignId campaign, const CampaignLimits& limits) {
  auto json = capacity_json(limits.limits);
  json["campaign_id"] = campaign.text();
  json["currency"] = limits.currency.code();
  auto answer = net::json_answer(200, json);
  answer.headers.emplace_back("ETag", net::etag_of(limits.version));
  return answer;
}

core::Answer read(storage::Database& database, const net::Call& call) {
  const auto campaign = core::CampaignId::parse(call.values[0]);
  if (!campaign) return no_such_campaign();
  return net::answer_of(database.read([&](storage::Session& session) {
    const auto limits = find_limits(session, call.who.brand, *campaign);
    return limits ? limits_answer(*campaign, *limits) : no_such_campaign();
  }));
}

// A body is the whole of it: a limit that is not named is taken away.
core::Answer put(storage::Database& database, const net::Call& call) {
  const auto campaign = core::CampaignId::parse(call.values[0]);
  if (!campaign) return no_such_campaign();
  net::Fields body(call.request.body);
  CapacityLimits limits;
  read_capacity(body, limits);
  if (auto refusal = body.refusal()) return *refusal;
  const auto brand = call.who.brand;
  const auto edit = [&](storage::Session& session) -> core::Answer {
    fence_campaign(session, brand, *campaign);
    const auto before = find_limits(session, brand, *campaign);
    if (!before) return no_such_campaign();
    if (auto stale = net::refuse_stale(call.request, before->version)) return *stale;
    if (before->limits == limits) return limits_answer(*campaign, *before);
    session.run(sql::put_campaign_limits, brand, *campaign, limits.uses_max,
                limits.uses_per_customer_max, limits.budget_minor, call.now);
    // Nobody uses a code of the campaign, so the ledger stands still while counters are made from
    // it.
    const Scope scope{Scope::Kind::campaign, campaign->number};
    follow_limits(session, brand, {scope, before->limits, before->currency},
                  {scope, limits, before->currency});
    const boost::json::object changed{
        {"code_limits", {{"from", capacity_json(before->limits)}, {"to", capacity_json(limits)}}}};
    storage::record_change(session, brand, call.now, call.who.key.text(), "updated",
                           campaign->text(), boost::json::serialize(changed));
    return limits_answer(*campaign, *find_limits(session, brand, *campaign));
  };
  return net::answer_of(edit_limits(database, brand, *campaign, call.now, edit));
}

}  // namespace

std::vector<net::Route> shared_limit_routes(storage::Database& database) {
  const std::string pattern = "/v1/campaigns/{id}/code_limits";
  return {
      {net::Method::get, pattern, net::Role::admin | net::Role::viewer,
       [&database](const net::Call& call) { return read(database, call); }},
      {net::Method::put, pattern, net::only(net::Role::admin),
       [&database](const net::Call& call) { return put(database, call); }},
  };
}

}  // namespace fairlead::codes
