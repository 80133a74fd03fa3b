#include "attribution/apply_delivery.hpp"

#include <algorithm>

#include "attribution/effects.hpp"
#include "attribution/order_answers.hpp"
#include "attribution/order_body.hpp"
#include "attribution/order_edit.hpp"
#include "attribution/sql.hpp"
#include "attribution/touches.hpp"
#include "attribution/write_refund.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

// What needs a person wins over what was booked, and that over what was known already.
int rank(DeliveryOutcome outcome) {
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
}

void merge(Settled& into, Settled next) {
  if (rank(next.outcome) > rank(into.outcome)) {
    into.outcome = next.outcome;
    into.refusal = next.refusal;
  }
  if (!next.detail.empty()) into.detail += (into.detail.empty() ? "" : "; ") + next.detail;
}

// Nothing is left of the order until it is confirmed. Whoever said so before it came has the last
// word too, so this is older than anything.
Judged unconfirmed(const Notice& notice) {
  Judged judged;
  Statement& statement = judged.statements.emplace_back();
  statement.effect.ref = unconfirmed_ref;
  statement.effect.kind = EffectKind::cancellation;
  statement.effect.stated_at = core::Instant{};
  statement.effect.stated_minor = 1;
  statement.placed_at = notice.state_at;
  statement.reason = "not confirmed yet";
  return judged;
}

Settled apply_in_savepoint(storage::Session& session, const Door& door, const Delivery& delivery);

class Application {
 public:
  Application(storage::Session& session, const Door& door)
      : session_(session), door_(door), brand_(door.integration.brand) {}

  Settled apply(const Delivery& delivery);

 private:
  Settled apply_order(core::Order order, const Notice& notice);
  Settled apply_state(const StoredOrder& booked, const core::Order& order, const Notice& notice);
  Settled repeat(const StoredOrder& booked, const core::Order& order, const Notice& notice);
  std::optional<Settled> refuse_stray(core::Order& order, const Tracked& tracked);
  bool has_touch(const StoredOrder& order, const std::string& given);
  void add_first_claim(core::Order& order, const std::string& name);
  Settled apply_change(const Change& change);
  Settled apply_claim(const Claim& claim, const std::string& delivery_key);
  std::optional<Claim> first_claim(const std::string& order_ref);
  Settled state(const StoredOrder& order, const Judged& judged);
  Settled apply_waiting(const Notice& notice);
  std::string booked_ref_of(const std::string& shop_ref) {
    return booked_ref(session_, brand_, door_.integration.id, shop_ref);
  }
  void note_names(const StoredOrder& order, const std::vector<std::string>& aliases) {
    for (const std::string& alias : aliases)
      put_alias(session_, brand_, door_.integration.id, alias, order.id);
  }

  storage::Session& session_;
  const Door& door_;
  core::BrandId brand_;
};

Settled Application::apply(const Delivery& delivery) {
  const auto notice = door_.platform.read(
      {delivery.topic, delivery.body, brand_, delivery.received_at, door_.integration.currency});
  if (!notice) return {DeliveryOutcome::failed, notice.error().detail, Refusal::invalid};
  if (!notice->ignored.empty()) return {DeliveryOutcome::ignored, notice->ignored};

  if (notice->claim) return apply_claim(*notice->claim, delivery.key);

  Settled settled{DeliveryOutcome::duplicate, joined(notice->remarks)};
  if (notice->order) {
    merge(settled, apply_order(*notice->order, *notice));
    if (settled.outcome == DeliveryOutcome::failed || settled.outcome == DeliveryOutcome::ignored)
      return settled;
  }
  for (const Change& change : notice->changes) {
    Settled next = apply_change(change);
    if (next.outcome == DeliveryOutcome::waiting &&
        !wait_for_order(session_, door_.integration, change.order_ref, delivery.key, door_.now))
      next = {DeliveryOutcome::failed, "too many deliveries wait for order " + change.order_ref};
    merge(settled, std::move(next));
  }
  // What came before the order is part of what this delivery brings about.
  if (notice->order) merge(settled, apply_waiting(*notice));
  return settled;
}

Settled Application::apply_order(core::Order order, const Notice& notice) {
  order.order_ref = booked_ref_of(order.order_ref);
  if (const auto booked = lock_order(session_, brand_, order.order_ref)) {
    note_names(*booked, notice.aliases);
    const bool is_once = notice.tracked && !notice.tracked->is_editable;
    return is_once ? repeat(*booked, order, notice) : apply_state(*booked, order, notice);
  }
  if (notice.tracked) {
    for (const std::string& name : notice.aliases)
      add_first_claim(order, name);
    if (const auto stray = refuse_stray(order, *notice.tracked)) return *stray;
  }
  if (!notice.is_paid) return {DeliveryOutcome::ignored, "the order is not paid for yet"};
  const core::Answer answer = book_order(session_, door_.dependencies, order, door_.now);
  if (answer.status != 201) return {DeliveryOutcome::failed, detail_of(answer), Refusal::invalid};
  const auto booked = lock_order(session_, brand_, order.order_ref);
  session_.run(sql::set_order_owner, brand_, booked->id, door_.integration.id);
  session_.run(sql::set_order_state, brand_, booked->id, notice.state_at);
  note_names(*booked, notice.aliases);
  if (notice.tracked && !notice.tracked->is_confirmed) state(*booked, unconfirmed(notice));
  return {DeliveryOutcome::applied, ""};
}

// Fills in the click that the customer is known by. What is nobody's is not booked: a tracker's
// report is worth what its click proves.
std::optional<Settled> Application::refuse_stray(core::Order& order, const Tracked& tracked) {
  if (tracked.by_customer && order.click_ids.empty() && order.codes.empty()) {
    const auto clicks = session_.run(sql::find_click_of_customer, brand_, door_.integration.id,
                                     order.customer.identity(), order.customer.second_identity());
    if (clicks.empty())
      return Settled{DeliveryOutcome::failed, "no click is known of this customer",
                     Refusal::unknown_customer};
    order.click_ids.push_back(clicks.one().text(0));
  }
  if (has_own_touch(session_, door_.dependencies, order)) return std::nullopt;
  if (tracked.is_optional)
    return Settled{DeliveryOutcome::ignored, "no click of this brand comes with it"};
  return Settled{DeliveryOutcome::failed,
                 "neither a click nor a code of this brand comes with it: the click id is missing, "
                 "damaged, another brand's or of the future",
                 Refusal::unknown_click};
}

// What was claimed first stands in front of what comes with the order.
void Application::add_first_claim(core::Order& order, const std::string& name) {
  const auto claim = first_claim(name);
  if (!claim || claim->click.empty()) return;
  const bool is_there = std::find(order.click_ids.begin(), order.click_ids.end(), claim->click) !=
                        order.click_ids.end();
  if (!is_there) order.click_ids.insert(order.click_ids.begin(), claim->click);
}

std::optional<Claim> Application::first_claim(const std::string& order_ref) {
  for (const Delivery& delivery : list_waiting(session_, door_.integration, order_ref)) {
    const auto notice = door_.platform.read(
        {delivery.topic, delivery.body, brand_, delivery.received_at, door_.integration.currency});
    if (notice && notice->claim) return notice->claim;
  }
  return std::nullopt;
}

// Waits for its order. The first claim stays: a later one of somebody else changes nothing.
Settled Application::apply_claim(const Claim& claim, const std::string& delivery_key) {
  if (const auto order = lock_order(session_, brand_, booked_ref_of(claim.order_ref))) {
    if (has_touch(*order, claim.click)) return {DeliveryOutcome::applied, ""};
    return {DeliveryOutcome::ignored, "the order was booked without it"};
  }
  const auto first = first_claim(claim.order_ref);
  const bool is_anothers =
      first && (first->provider != claim.provider || first->publisher != claim.publisher ||
                first->click != claim.click);
  if (is_anothers) return {DeliveryOutcome::ignored, "an earlier claim of this session stays"};
  if (first) return {DeliveryOutcome::duplicate, "this claim was made already"};
  if (!wait_for_order(session_, door_.integration, claim.order_ref, delivery_key, door_.now))
    return {DeliveryOutcome::failed, "too many deliveries wait for " + claim.order_ref,
            Refusal::invalid};
  return {DeliveryOutcome::waiting, ""};
}

// An order that is confirmed stays as it is booked.
Settled Application::repeat(const StoredOrder& booked, const core::Order& order,
                            const Notice& notice) {
  const auto effects = effects_of(session_, brand_, booked.id);
  std::int64_t base = 0;
  for (const StoredLine& line : sold_lines(lines_of(session_, brand_, booked.id), effects))
    base += line.base_minor;
  const bool has_click = order.click_ids.empty() || has_touch(booked, order.click_ids.front());
  if (has_click && booked.currency == order.currency && base == base_of(order))
    return {DeliveryOutcome::duplicate, "this order is booked already"};
  const Effect* open = find_effect(effects, EffectKind::cancellation, unconfirmed_ref);
  if (has_click && open != nullptr && open->stated_minor != 0)
    return apply_state(booked, order, notice);
  return {DeliveryOutcome::failed,
          "order " + booked.order_ref + " is booked already, " +
              (has_click ? "with " + core::decimal_text({base, booked.currency}) + " " +
                               std::string(booked.currency.code())
                         : "with another click"),
          Refusal::conflict};
}

bool Application::has_touch(const StoredOrder& order, const std::string& given) {
  const auto touches = touches_of(session_, brand_, order.id);
  return std::any_of(touches.begin(), touches.end(),
                     [&](const StoredTouch& stored) { return stored.touch.given == given; });
}

// The order is booked; this may be a later state of it.
Settled Application::apply_state(const StoredOrder& booked, const core::Order& order,
                                 const Notice& notice) {
  if (booked.state_at > notice.state_at)
    return {DeliveryOutcome::duplicate, "this is an older state of the order"};
  session_.run(sql::set_order_state, brand_, booked.id, notice.state_at);
  if (!notice.is_paid) return {DeliveryOutcome::duplicate, ""};
  return edit_order(session_, door_.integration, booked, order, notice.state_at, door_.now);
}

Settled Application::apply_change(const Change& change) {
  const auto order = lock_order(session_, brand_, booked_ref_of(change.order_ref));
  if (!order) return {DeliveryOutcome::waiting, "order " + change.order_ref + " has not come yet"};
  note_names(*order, change.aliases);
  if (change.state_at) {
    if (order->state_at > *change.state_at) return {DeliveryOutcome::duplicate, ""};
    session_.run(sql::set_order_state, brand_, order->id, *change.state_at);
  }
  const auto effects = effects_of(session_, brand_, order->id);
  const auto judged =
      change.judge({.currency = order->currency,
                    .is_test = order->is_test,
                    .gross_minor = order->base_minor + order->tax_minor + order->shipping_minor,
                    .lines = sold_lines(lines_of(session_, brand_, order->id), effects),
                    .effects = effects,
                    .integration = door_.integration.id});
  if (!judged) {
    const bool contradicts = judged.error().code == core::Errc::conflict;
    return {DeliveryOutcome::failed, judged.error().detail,
            contradicts ? Refusal::conflict : Refusal::invalid};
  }
  return state(*order, *judged);
}

// Puts each statement in the place of what was stated before and posts the difference.
Settled Application::state(const StoredOrder& order, const Judged& judged) {
  Settled settled{DeliveryOutcome::duplicate, ""};
  const auto post = [&](const Statement& cause) {
    const bool has_row = settle_effects(session_, brand_, order,
                                        {.kind = cause.effect.kind,
                                         .ref = cause.effect.ref,
                                         .placed_at = cause.placed_at,
                                         .reason = cause.reason,
                                         .fingerprint = ""},
                                        Rows::differences, door_.now)
                             .has_value();
    if (has_row) merge(settled, {DeliveryOutcome::applied, ""});
  };
  const auto before = effects_of(session_, brand_, order.id);
  std::vector<const Statement*> causes;
  const Statement* correction = nullptr;
  for (const Statement& statement : judged.statements) {
    Effect effect = statement.effect;
    effect.integration = door_.integration.id;
    const Effect* known = find_effect(before, effect.kind, effect.ref);
    if (!supersedes(effect, known)) continue;
    if (known == nullptr) merge(settled, {DeliveryOutcome::applied, ""});
    // An estimate that moves because of another refund is posted together with that one.
    const bool corrects = known != nullptr && known->amount_minor > 0 && effect.amount_minor > 0;
    if (!corrects) {
      causes.push_back(&statement);
      continue;
    }
    put_effect(session_, brand_, order.id, effect);
    correction = &statement;
  }
  for (const Statement* cause : causes) {
    Effect effect = cause->effect;
    effect.integration = door_.integration.id;
    put_effect(session_, brand_, order.id, effect);
    post(*cause);
  }
  if (correction != nullptr) post(*correction);
  // What was looked at once is not shown again with every repetition.
  if (settled.outcome == DeliveryOutcome::applied && !judged.notes.empty())
    settled = {DeliveryOutcome::needs_review, joined(judged.notes)};
  merge(settled, {DeliveryOutcome::duplicate, joined(judged.remarks)});
  return settled;
}

// One that fails now does not hold its order up: it is listed as failed by itself.
Settled Application::apply_waiting(const Notice& notice) {
  Settled all{DeliveryOutcome::duplicate, ""};
  std::vector<std::string> names = notice.aliases;
  names.push_back(notice.order->order_ref);
  for (const std::string& name : names) {
    for (const Delivery& delivery : take_waiting(session_, door_.integration, name, door_.now)) {
      const Settled settled = apply_in_savepoint(session_, door_, delivery);
      if (settled.outcome == DeliveryOutcome::failed)
        merge(all, {DeliveryOutcome::needs_review, "a delivery that waited has failed"});
      else
        merge(all, {settled.outcome, ""});
    }
  }
  return all;
}

Settled apply_in_savepoint(storage::Session& session, const Door& door, const Delivery& delivery) {
  Settled settled;
  {
    storage::Savepoint effect(session);
    settled = Application(session, door).apply(delivery);
    if (settled.outcome == DeliveryOutcome::failed) effect.roll_back();
  }
  settle(session, door.integration, delivery.key, settled);
  return settled;
}

}  // namespace

Settled receive(storage::Session& session, const Door& door, Delivery delivery) {
  auto stored = find_delivery(session, door.integration, delivery.key);
  if (stored && stored->delivery.body != delivery.body) {
    const bool is_failed = stored->outcome == word_of(DeliveryOutcome::failed);
    if (door.platform.protocol && door.platform.protocol->is_idempotent && !is_failed)
      return {DeliveryOutcome::failed, "the key came with another body", Refusal::key_reused};
    // The id is rarely covered by the signature: two bodies under one id are two deliveries.
    delivery.key += "/" + core::hex(core::as_text(core::sha256(delivery.body)));
    stored = find_delivery(session, door.integration, delivery.key);
  }
  // What failed is tried again when the shop repeats it: the reason may have been mended since.
  if (stored && stored->outcome != word_of(DeliveryOutcome::failed))
    return {DeliveryOutcome::duplicate, "this delivery came before", Refusal::none, true};
  if (!stored) insert_delivery(session, door.integration, delivery);
  return apply_in_savepoint(session, door, delivery);
}

Settled replay(storage::Session& session, const Door& door, const Delivery& delivery) {
  return apply_in_savepoint(session, door, delivery);
}

}  // namespace fairlead::attribution
