#include "attribution/take_in.hpp"

#include <algorithm>

#include "attribution/counters.hpp"
#include "attribution/touches.hpp"
#include "core/crypto.hpp"
#include "core/log.hpp"

namespace fairlead::attribution {

namespace {

void count(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::applied:
    case DeliveryOutcome::needs_review:
      return counters().webhooks_applied.add();
    case DeliveryOutcome::duplicate:
      return counters().webhooks_duplicate.add();
    case DeliveryOutcome::ignored:
      return counters().webhooks_ignored.add();
    case DeliveryOutcome::waiting:
      return counters().webhooks_waiting.add();
    case DeliveryOutcome::failed:
      return counters().webhooks_failed.add();
  }
}

// By the id that the shop gives it; else by all that it says.
std::string key_of(const Platform& platform, const net::Request& request,
                   const Delivery& delivery) {
  const std::string id = platform.delivery_id_of(request);
  const bool is_plain =
      std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!id.empty() && id.size() <= 128 && is_plain) return "id/" + id;
  // One shop's body is told apart by itself; two calls of a tracker may have the same parameters.
  const std::string said =
      platform.protocol ? delivery.topic + "\n" + delivery.body : delivery.body;
  return "sha256/" + core::hex(core::as_text(core::sha256(said)));
}

std::string topic_of(const Platform& platform, const net::Request& request) {
  std::string topic = platform.topic_of(request);
  if (topic.size() > 64) topic.resize(64);
  std::erase_if(topic, [](char c) { return c < 0x20 || c > 0x7e; });
  return topic;
}

}  // namespace

Taken take_in(const Dependencies& dependencies, const Platform& platform, const net::Call& call,
              std::string_view integration_id) {
  const auto id = core::IntegrationId::parse(integration_id);
  auto found = dependencies.database.read([&](storage::Session& session) {
    return find_integration(session, dependencies.sealing_key, id ? *id : core::IntegrationId{});
  });
  if (!found)
    return {.settled = {DeliveryOutcome::failed, "", Refusal::unavailable},
            .failure = found.error()};
  auto integration = *std::move(found);
  if (integration && integration->platform != platform.name) integration.reset();
  // Without an integration the body is signed all the same, with a secret that nobody has.
  const std::vector<std::string> nobody{dependencies.sealing_key};
  const bool is_signed =
      platform.is_signed(call.request, integration ? integration->secrets : nobody, call.now);
  if (!integration || !is_signed) {
    counters().webhooks_unsigned.add();
    return {.settled = {DeliveryOutcome::failed,
                        "The delivery is not signed with this integration's secret, or too old.",
                        Refusal::unauthorized}};
  }
  if (integration->is_archived) {
    return {.settled = {DeliveryOutcome::failed,
                        "This integration was removed; delete the webhook in the shop.",
                        Refusal::removed}};
  }

  const Door door{dependencies, platform, *integration, call.now};
  const Delivery delivery = delivery_of(platform, call);
  const auto settled = dependencies.database.transact([&](storage::Session& session) {
    storage::Savepoint call_of_anyone(session);
    const Settled taken = receive(session, door, delivery);
    // Whoever may call without a secret must not fill the disk.
    const bool is_stray = platform.protocol && platform.protocol->is_public &&
                          taken.outcome == DeliveryOutcome::failed;
    if (is_stray && has_failed_often(session, *integration)) call_of_anyone.roll_back();
    return taken;
  });
  if (!settled)
    return {.settled = {DeliveryOutcome::failed, "", Refusal::unavailable},
            .currency = integration->currency,
            .failure = settled.error()};
  note_taken(door, delivery, *settled);
  return {.settled = *settled, .currency = integration->currency, .failure = std::nullopt};
}

Delivery delivery_of(const Platform& platform, const net::Call& call) {
  Delivery delivery{.key = "",
                    .topic = topic_of(platform, call.request),
                    .body = platform.protocol ? platform.protocol->message_of(call.request)
                                              : std::string(call.request.body),
                    .received_at = call.now};
  delivery.key = key_of(platform, call.request, delivery);
  return delivery;
}

void note_taken(const Door& door, const Delivery& delivery, const Settled& settled) {
  count(settled.outcome);
  if (settled.outcome == DeliveryOutcome::applied) {
    const auto notice = door.platform.read({delivery.topic, delivery.body, door.integration.brand,
                                            delivery.received_at, door.integration.currency});
    if (notice && notice->order) activate_prefetches(door.dependencies, *notice->order);
  }
  if (settled.outcome == DeliveryOutcome::failed) {
    core::log(core::Level::warning, "webhook_failed",
              {{"integration", door.integration.id.text()}, {"detail", settled.detail}});
  }
}

}  // namespace fairlead::attribution
