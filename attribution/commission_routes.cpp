#include <boost/json.hpp>

#include "attribution/commission_signals.hpp"
#include "attribution/explain.hpp"
#include "attribution/routes.hpp"
#include "ledger/ledger.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

// The influencer whose rows the caller may see; nullopt = every influencer of the brand.
std::optional<core::InfluencerId> reader_of(const net::Call& call) {
  if (call.who.role == net::Role::influencer) return call.who.influencer;
  return std::nullopt;
}

// Thresholds and evidence are for the brand's people alone: who knows them stays below them.
bool sees_signals(const net::Call& call) {
  return call.who.role == net::Role::admin || call.who.role == net::Role::viewer;
}

core::Answer no_such_commission() {
  return net::problem(404, "not_found", "There is no such commission of this brand.");
}

core::Answer list(const Dependencies& dependencies, const net::Call& call) {
  const auto page = net::read_page(call.request, {"influencer_id"});
  if (!page) return page.error();
  core::InfluencerId influencer = reader_of(call).value_or(core::InfluencerId{});
  if (const auto asked = net::query_value(call.request.query, "influencer_id")) {
    const auto id = core::InfluencerId::parse(*asked);
    if (!id) {
      const std::string detail = "\"?influencer_id\" must be an influencer's id such as \"inf_…\"";
      return net::problem(400, "invalid_request", detail,
                          {{"?influencer_id", "invalid_value", detail}});
    }
    if (influencer && *id != influencer)
      return net::problem(403, "forbidden", "An influencer's key sees its own commissions only.");
    influencer = *id;
  }
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto commissions = ledger::list_commissions(session, call.who.brand, influencer,
                                                      page->after, page->limit + 1, call.now);
    json::array data;
    for (const auto& commission : commissions)
      data.push_back(ledger::commission_json(commission));
    const auto shown = static_cast<std::size_t>(page->limit);
    const bool has_more = commissions.size() > shown;
    return net::list_answer(std::move(data), has_more,
                            has_more ? commissions[shown - 1].id.number : 0);
  }));
}

core::Answer get(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::CommissionId::parse(call.values.front());
  if (!id) return no_such_commission();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto commission = ledger::find_commission(session, call.who.brand, *id, call.now);
    const auto reader = reader_of(call);
    if (!commission || (reader && commission->influencer != *reader)) return no_such_commission();
    json::object body = ledger::commission_json(*commission);
    if (sees_signals(call)) {
      json::array signals;
      for (const StoredSignal& signal : signals_of(session, call.who.brand, *id))
        signals.push_back(signal_json(signal));
      body["signals"] = std::move(signals);
    }
    return net::json_answer(200, body);
  }));
}

core::Answer get_explanation(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::CommissionId::parse(call.values.front());
  if (!id) return no_such_commission();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    auto explanation = explain(session, call.who.brand, *id, call.now);
    const auto reader = reader_of(call);
    if (!explanation || (reader && explanation->commission.influencer != *reader))
      return no_such_commission();
    if (!sees_signals(call)) explanation->signals.clear();
    return net::json_answer(200, explanation_json(*explanation, reader));
  }));
}

}  // namespace

std::vector<net::Route> commission_routes(const Dependencies& dependencies) {
  using net::Role;
  const net::Roles readers = Role::admin | Role::viewer | Role::shop | Role::influencer;
  return {
      {net::Method::get, "/v1/commissions", readers,
       [dependencies](const net::Call& call) { return list(dependencies, call); }},
      {net::Method::get, "/v1/commissions/{id}", readers,
       [dependencies](const net::Call& call) { return get(dependencies, call); }},
      {net::Method::get, "/v1/commissions/{id}/explain", readers,
       [dependencies](const net::Call& call) { return get_explanation(dependencies, call); }},
  };
}

}  // namespace fairlead::attribution
