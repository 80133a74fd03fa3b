// Webhooks of shops. The signature over the raw body is the only thing that lets anyone in; an
// unknown integration is answered like a bad signature, after the same work.
//
// A shop repeats a delivery until it is answered 2xx, and gives the subscription up after hours of
// refusals. What was stored but not understood is therefore answered 200 and listed under
// GET /v1/webhooks/failed, from where it is tried again once the reason is mended; only storage
// that fails is answered 503, so that the shop tries again.
#include <boost/json.hpp>

#include "attribution/apply_delivery.hpp"
#include "attribution/routes.hpp"
#include "attribution/take_in.hpp"
#include "core/check.hpp"
#include "core/utf8.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t webhook_body_bytes_max = 4 * 1024 * 1024;

json::object outcome_json(const Settled& settled) {
  return {{"outcome", word_of(settled.outcome)}, {"detail", settled.detail}};
}

core::Answer post(const Dependencies& dependencies, const net::Call& call) {
  const Platform* platform = find_platform(call.values[0]);
  if (platform == nullptr || platform->protocol) {
    return net::problem(404, "not_found",
                        "There is no webhook for the platform \"" + call.values[0] + "\".");
  }
  if (platform->is_ping != nullptr && platform->is_ping(call.request))
    return net::json_answer(200, outcome_json({DeliveryOutcome::ignored, "ping"}));
  const Taken taken = take_in(dependencies, *platform, call, call.values[1]);
  if (taken.failure) return net::problem_of(*taken.failure);
  switch (taken.settled.refusal) {
    case Refusal::unauthorized:
      return net::problem(401, "signature_invalid", taken.settled.detail);
    case Refusal::removed:
      return net::problem(410, "integration_removed", taken.settled.detail);
    case Refusal::none:
    case Refusal::invalid:
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
    case Refusal::conflict:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return net::json_answer(200, outcome_json(taken.settled));
  }
  CHECK(!"every refusal has its answer");
}

json::object failed_json(const FailedDelivery& failed) {
  return {{"id", failed.id.text()},
          {"integration_id", failed.integration.text()},
          {"platform", failed.platform},
          {"topic", failed.delivery.topic},
          {"received_at", core::format_instant(failed.delivery.received_at)},
          {"outcome", failed.outcome},
          {"detail", failed.detail}};
}

core::Answer list(const Dependencies& dependencies, const net::Call& call) {
  const auto page = net::read_page(call.request, {"integration_id", "platform"});
  if (!page) return page.error();
  FailedFilter filter;
  if (const auto text = net::query_value(call.request.query, "integration_id")) {
    const auto id = core::IntegrationId::parse(*text);
    if (!id) return net::problem_of(id.error());
    filter.integration = *id;
  }
  filter.platform = net::query_value(call.request.query, "platform").value_or("");
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto rows = list_failed(session, call.who.brand, filter, page->after, page->limit + 1);
    json::array data;
    for (const FailedDelivery& failed : rows)
      data.push_back(failed_json(failed));
    const auto shown = static_cast<std::size_t>(page->limit);
    const bool has_more = rows.size() > shown;
    return net::list_answer(std::move(data), has_more, has_more ? rows[shown - 1].id.number : 0);
  }));
}

core::Answer no_such_delivery() {
  return net::problem(404, "not_found", "There is no such delivery of this brand.");
}

// Its body holds a customer's data, so it is shown one at a time.
core::Answer get(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::DeliveryId::parse(call.values.front());
  if (!id) return no_such_delivery();
  return net::answer_of(dependencies.database.read([&](storage::Session& session) {
    const auto failed = find_failed(session, call.who.brand, *id);
    if (!failed) return no_such_delivery();
    auto shown = failed_json(*failed);
    shown["body"] = core::utf8_repaired(failed->delivery.body);
    return net::json_answer(200, shown);
  }));
}

core::Answer post_replay(const Dependencies& dependencies, const net::Call& call) {
  const auto id = core::DeliveryId::parse(call.values.front());
  if (!id) return no_such_delivery();
  auto found = dependencies.database.read(
      [&](storage::Session& session) { return find_failed(session, call.who.brand, *id); });
  if (!found) return net::problem_of(found.error());
  if (!*found) return no_such_delivery();
  const FailedDelivery& failed = **found;
  auto opened = dependencies.database.read([&](storage::Session& session) {
    return find_integration(session, dependencies.sealing_key, failed.integration);
  });
  if (!opened) return net::problem_of(opened.error());
  const Platform* platform = find_platform(failed.platform);
  if (platform == nullptr || !*opened) {
    return net::problem(409, "conflict",
                        "The integration of this delivery cannot be read any more.");
  }
  const Door door{dependencies, *platform, **opened, call.now};
  const auto settled =
      dependencies.database.transact([&](storage::Session& session) -> std::optional<Settled> {
        // Only what is still failed: two people may ask at once.
        const auto stored = find_delivery(session, door.integration, failed.delivery.key);
        if (!stored || stored->outcome != word_of(DeliveryOutcome::failed)) return std::nullopt;
        storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "replayed",
                               id->text(), "{}");
        return replay(session, door, stored->delivery);
      });
  if (!settled) return net::problem_of(settled.error());
  if (!*settled) return net::problem(409, "conflict", "The delivery has been taken in meanwhile.");
  note_taken(door, failed.delivery, **settled);
  return net::json_answer(200, outcome_json(**settled));
}

}  // namespace

std::vector<net::Route> webhook_routes(const Dependencies& dependencies) {
  const auto admin = net::only(net::Role::admin);
  return {{net::Method::post, "/v1/webhooks/{platform}/{integration_id}", net::anyone,
           [dependencies](const net::Call& call) { return post(dependencies, call); },
           webhook_body_bytes_max},
          {net::Method::get, "/v1/webhooks/failed", admin,
           [dependencies](const net::Call& call) { return list(dependencies, call); }},
          {net::Method::get, "/v1/webhooks/failed/{id}", admin,
           [dependencies](const net::Call& call) { return get(dependencies, call); }},
          {net::Method::post, "/v1/webhooks/failed/{id}/replay", admin,
           [dependencies](const net::Call& call) { return post_replay(dependencies, call); }}};
}

}  // namespace fairlead::attribution
