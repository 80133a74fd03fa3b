// Webhooks of shops. The signature over the raw body is the only thing that lets anyone in; an
// unknown integration is answered like a bad signature, after the same work. The delivery is stored
// with its effect in one transaction, and effects have keys of their own (the order, the refund),
// so whatever a shop repeats or sends in another order is booked once.
//
// A shop repeats a delivery until it is answered 2xx, and gives the subscription up after hours of
// refusals. What was stored but not understood is therefore answered 200 and listed as failed under
// the integration's deliveries; only storage that fails is answered 503, so that the shop tries
// again.
#include <boost/json.hpp>

#include "attribution/counters.hpp"
#include "attribution/deliveries.hpp"
#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/routes.hpp"
#include "attribution/touches.hpp"
#include "attribution/write_refund.hpp"
#include "core/crypto.hpp"
#include "core/log.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t webhook_body_bytes_max = 4 * 1024 * 1024;

struct Door {
  const Dependencies& dependencies;
  const Platform& platform;
  const Integration& integration;
  core::Instant now;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What needs a person wins over what was booked, and that over what was known already.
void merge(Settled& into, Settled next) {
  const auto rank = [](DeliveryOutcome outcome) {
    switch (outcome) {
      case DeliveryOutcome::duplicate:
        return 0;
      case DeliveryOutcome::ignored:
        return 1;
      case DeliveryOutcome::applied:
        return 2;
      case DeliveryOutcome::waiting:
        return 3;
      case DeliveryOutcome::needs_review:
        return 4;
      case DeliveryOutcome::failed:
        return 5;
    }
    return 5;
  };
  if (rank(next.outcome) > rank(into.outcome)) into.outcome = next.outcome;
  if (!next.detail.empty()) into.detail += (into.detail.empty() ? "" : "; ") + next.detail;
}

RefundedOrder refunded_order(storage::Session& session, core::BrandId brand,
                             const StoredOrder& order) {
  return {order.currency, order.is_test, lines_of(session, brand, order.id),
          refunded_lines(session, brand, order.id)};
}

Settled book(storage::Session& session, const Door& door, const StoredOrder& order,
             core::Refund refund, std::int64_t spread_minor,
             const std::vector<std::string>& notes) {
  const core::BrandId brand = door.integration.brand;
  auto gone = refunded_lines(session, brand, order.id);
  for (const auto& item : refund.items)
    gone[item.line_id].base_minor += item.amount_minor;
  const auto lines = lines_of(session, brand, order.id);
  for (auto& part : spread(spread_minor, lines, remaining_bases(lines, gone))) {
    const auto known = std::find_if(refund.items.begin(), refund.items.end(),
                                    [&](const auto& item) { return item.line_id == part.line_id; });
    if (known == refund.items.end())
      refund.items.push_back(std::move(part));
    else
      known->amount_minor += part.amount_minor;
  }
  write_refund(session, order, refund, fingerprint_of(refund), door.now);
  return {notes.empty() ? DeliveryOutcome::applied : DeliveryOutcome::needs_review, joined(notes)};
}

// A shop's refund is known by its reference alone: the same one comes inside the order and by
// itself, and the two need not be written alike.
Settled apply_refund(storage::Session& session, const Door& door, const ShopRefund& refund) {
  const core::BrandId brand = door.integration.brand;
  const auto order = lock_order(session, brand, refund.order_ref);
  if (!order) return {DeliveryOutcome::waiting, "order " + refund.order_ref + " has not come yet"};
  if (find_refund(session, brand, order->id, refund.refund_ref))
    return {DeliveryOutcome::duplicate, "refund " + refund.refund_ref + " is booked already"};
  auto judged = refund.judge(refunded_order(session, brand, *order));
  if (!judged)
    return {DeliveryOutcome::failed, "refund " + refund.refund_ref + ": " + judged.error().detail};
  return book(session, door, *order,
              {.brand = brand,
               .order_ref = refund.order_ref,
               .refund_ref = refund.refund_ref,
               .placed_at = refund.placed_at,
               .items = std::move(judged->items),
               .amount_minor = std::nullopt,
               .reason = refund.reason},
              judged->spread_minor, judged->notes);
}

// A cancelled order keeps no base: what is left of it is taken back, once.
Settled apply_cancellation(storage::Session& session, const Door& door,
                           const std::string& order_ref) {
  const core::BrandId brand = door.integration.brand;
  const auto order = lock_order(session, brand, order_ref);
  if (!order || find_refund(session, brand, order->id, "cancelled"))
    return {DeliveryOutcome::duplicate, ""};
  std::int64_t left = order->base_minor;
  for (const StoredRefund& refund : refunds_of(session, brand, order->id))
    left -= refund.base_minor;
  return book(session, door, *order,
              {.brand = brand,
               .order_ref = order_ref,
               .refund_ref = "cancelled",
               .placed_at = door.now,
               .items = {},
               .amount_minor = std::nullopt,
               .reason = "order cancelled"},
              left, {});
}

std::string detail_of(const core::Answer& answer) {
  const auto body = net::parse_json(answer.body);
  if (!body || !body->is_object()) return "";
  const json::value* detail = body->get_object().if_contains("detail");
  return detail == nullptr || !detail->is_string() ? "" : std::string(detail->get_string());
}

Settled apply_order(storage::Session& session, const Door& door, const core::Order& order) {
  const core::Answer answer = book_order(session, door.dependencies, order, door.now);
  if (answer.status == 201) return {DeliveryOutcome::applied, ""};
  if (answer.status == 200) return {DeliveryOutcome::duplicate, "the order is booked already"};
  // The first state of an order is the one that is paid for; a later one that differs is shown to a
  // person. Its refunds still count.
  if (answer.status == 409) return {DeliveryOutcome::needs_review, detail_of(answer)};
  return {DeliveryOutcome::failed, detail_of(answer)};
}

Settled apply(storage::Session& session, const Door& door, const Delivery& delivery);

Settled apply_waiting(storage::Session& session, const Door& door, const std::string& order_ref) {
  Settled all{DeliveryOutcome::duplicate, ""};
  for (const Delivery& delivery : take_waiting(session, door.integration, order_ref, door.now)) {
    const Settled settled = apply(session, door, delivery);
    settle(session, door.integration, delivery.key, settled);
    merge(all, {settled.outcome, ""});
  }
  return all;
}

Settled apply(storage::Session& session, const Door& door, const Delivery& delivery) {
  const auto notice = door.platform.read(delivery.topic, delivery.body, door.integration.brand);
  if (!notice) return {DeliveryOutcome::failed, notice.error().detail};
  if (!notice->ignored.empty()) return {DeliveryOutcome::ignored, notice->ignored};

  Settled settled{DeliveryOutcome::duplicate, ""};
  if (notice->order) {
    merge(settled, apply_order(session, door, *notice->order));
    if (settled.outcome == DeliveryOutcome::failed) return settled;
  }
  for (const ShopRefund& refund : notice->refunds) {
    Settled next = apply_refund(session, door, refund);
    if (next.outcome == DeliveryOutcome::waiting &&
        !wait_for_order(session, door.integration, refund.order_ref, delivery.key, door.now))
      next = {DeliveryOutcome::failed, "too many refunds wait for order " + refund.order_ref};
    merge(settled, std::move(next));
  }
  if (notice->order) {
    // Refunds of an order that came before it: they are part of what this delivery brought about.
    merge(settled, apply_waiting(session, door, notice->order->order_ref));
    if (notice->is_cancelled)
      merge(settled, apply_cancellation(session, door, notice->order->order_ref));
  }
  return settled;
}

// The delivery is stored whatever becomes of it; a failed effect leaves nothing else behind.
Settled receive(storage::Session& session, const Door& door, Delivery delivery) {
  auto stored = find_delivery(session, door.integration, delivery.key);
  if (stored && stored->delivery.body != delivery.body) {
    // The id is not covered by the signature: two bodies under one id are two deliveries.
    delivery.key += "/" + core::hex(core::as_text(core::sha256(delivery.body)));
    stored = find_delivery(session, door.integration, delivery.key);
  }
  // What failed is tried again when the shop repeats it: the reason may have been mended since.
  if (stored && stored->outcome != word_of(DeliveryOutcome::failed))
    return {DeliveryOutcome::duplicate, "this delivery came before"};
  if (!stored) insert_delivery(session, door.integration, delivery, door.now);
  Settled settled;
  {
    storage::Savepoint effect(session);
    settled = apply(session, door, delivery);
    if (settled.outcome == DeliveryOutcome::failed) effect.roll_back();
  }
  settle(session, door.integration, delivery.key, settled);
  return settled;
}

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

std::string delivery_key_of(const Platform& platform, const net::Request& request) {
  const std::string id = platform.delivery_id_of(request);
  const bool is_plain =
      std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!id.empty() && id.size() <= 128 && is_plain) return "id/" + id;
  return "sha256/" + core::hex(core::as_text(core::sha256(request.body)));
}

std::string topic_of(const Platform& platform, const net::Request& request) {
  std::string topic = platform.topic_of(request);
  if (topic.size() > 64) topic.resize(64);
  std::erase_if(topic, [](char c) { return c < 0x20 || c > 0x7e; });
  return topic;
}

core::Answer refuse_signature() {
  counters().webhooks_unsigned.add();
  return net::problem(401, "signature_invalid",
                      "The delivery is not signed with this integration's secret.");
}

core::Answer post(const Dependencies& dependencies, const net::Call& call) {
  const Platform* platform = find_platform(call.values[0]);
  if (platform == nullptr) {
    return net::problem(404, "not_found",
                        "There is no webhook for the platform \"" + call.values[0] + "\".");
  }
  const auto id = core::IntegrationId::parse(call.values[1]);
  auto found = dependencies.database.read([&](storage::Session& session) {
    return find_integration(session, dependencies.sealing_key, id ? *id : core::IntegrationId{});
  });
  if (!found) return net::problem_of(found.error());
  auto integration = *std::move(found);
  if (integration && integration->platform != platform->name) integration.reset();
  // Without an integration the body is signed all the same, with a secret that nobody has.
  const std::vector<std::string> nobody{dependencies.sealing_key};
  const bool is_signed =
      platform->is_signed(call.request, integration ? integration->secrets : nobody);
  if (!integration || !is_signed) return refuse_signature();
  if (integration->is_archived) {
    return net::problem(410, "integration_removed",
                        "This integration was removed; delete the webhook in the shop.");
  }

  const Door door{dependencies, *platform, *integration, call.now};
  const Delivery delivery{delivery_key_of(*platform, call.request),
                          topic_of(*platform, call.request), std::string(call.request.body)};
  const auto settled = dependencies.database.transact(
      [&](storage::Session& session) { return receive(session, door, delivery); });
  if (!settled) return net::problem_of(settled.error());
  count(settled->outcome);
  if (settled->outcome == DeliveryOutcome::applied) {
    const auto notice = platform->read(delivery.topic, delivery.body, integration->brand);
    if (notice && notice->order) activate_prefetches(dependencies, *notice->order);
  }
  if (settled->outcome == DeliveryOutcome::failed) {
    core::log(core::Level::warning, "webhook_failed",
              {{"integration", integration->id.text()}, {"detail", settled->detail}});
  }
  return net::json_answer(
      200, json::object{{"outcome", word_of(settled->outcome)}, {"detail", settled->detail}});
}

}  // namespace

std::vector<net::Route> webhook_routes(const Dependencies& dependencies) {
  return {{net::Method::post, "/v1/webhooks/{platform}/{integration_id}", net::anyone,
           [dependencies](const net::Call& call) { return post(dependencies, call); },
           webhook_body_bytes_max}};
}

}  // namespace fairlead::attribution
