// Stripe: Checkout sessions are orders; charges, refunds and disputes change them.
//
// Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=…]; signed is "t.body" with the endpoint's secret
// as text. Within 300 s, any v1 may match; v0 and unknown schemes say nothing.
//
// charge.refunded carries the sum of all refunds so far, not the newest refund, and bodies hold no
// list of refunds: the sum is a target. Events come in any order and twice; the newer one wins, and
// of two of one second the larger sum. A sum falls only because a refund failed at the bank, which
// is told by an event of its own. Refunds and disputes include tax and shipping: their part of the
// base is in proportion.
#include <algorithm>
#include <charconv>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/stripe_money.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t signatures_max = 20;

// The raw bytes of 64 lower-case hex digits; "" of anything else.
std::string mac_of_hex(std::string_view text) {
  if (text.size() != 64) return "";
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (!is_digit(text[i]) || !is_digit(text[i + 1])) return "";
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

struct Signature {
  std::string at;  // as it was signed
  std::vector<std::string> macs;
};

// nullopt when it has no time, or two.
std::optional<Signature> signature_of(std::string_view header) {
  Signature signature;
  while (!header.empty()) {
    const std::string_view part = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    if (part.starts_with("t=")) {
      if (!signature.at.empty()) return std::nullopt;
      signature.at = part.substr(2);
    }
    if (part.starts_with("v1=") && signature.macs.size() < signatures_max)
      signature.macs.push_back(mac_of_hex(part.substr(3)));
  }
  if (signature.at.empty()) return std::nullopt;
  return signature;
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets,
               core::Instant now) {
  const auto given = signature_of(single_header(request, "Stripe-Signature").value_or(""));
  const Signature signature = given ? *given : Signature{"0", {""}};
  const std::string text = signature.at + "." + std::string(request.body);
  return is_authentic(secrets, text, signature.macs) && given && is_recent(signature.at, now);
}

std::string topic_of(const net::Request& request) {
  const auto body = parse_loose(request.body);
  return body ? loose_text(*body, "type") : "";
}

std::string delivery_id_of(const net::Request& request) {
  const auto body = parse_loose(request.body);
  return body ? loose_text(*body, "id") : "";
}

struct Event {
  const json::object& object;
  core::Instant at;
};

Notice ignored(std::string why) {
  Notice notice;
  notice.ignored = std::move(why);
  return notice;
}

// A promotion code's text where the body has it, else its id, which codes can be given; else the
// coupon's id.
std::string code_of(const json::object& discount) {
  for (const char* name : {"promotion_code", "promotion"}) {
    if (const json::object* promotion = find_object(discount, name)) {
      const std::string code = loose_text(*promotion, "code");
      const std::string id = loose_text(*promotion, "id");
      if (!code.empty() || !id.empty()) return code.empty() ? id : code;
    }
  }
  const std::string id = loose_text(discount, "promotion_code");
  if (!id.empty()) return id;
  if (const json::object* source = find_object(discount, "source"))
    return loose_text(*source, "coupon");
  if (const json::object* coupon = find_object(discount, "coupon"))
    return loose_text(*coupon, "id");
  return loose_text(discount, "coupon");
}

std::string click_of(const json::object& session) {
  const std::string reference = loose_text(session, "client_reference_id", 255);
  if (!reference.empty()) return reference;
  const json::object* metadata = find_object(session, "metadata");
  return metadata == nullptr ? "" : loose_text(*metadata, "fl_click", 255);
}

core::Customer customer_of(const json::object& session) {
  core::Customer customer{.key = loose_text(session, "customer"), .groups = {}};
  std::string email = loose_text(session, "customer_email", 320);
  if (const json::object* details = find_object(session, "customer_details"))
    email = loose_text(*details, "email", 320);
  customer.email_sha256 = email_digest(std::move(email));
  return customer;
}

core::Result<core::Order> order_of(const Event& event, core::BrandId brand, bool is_live) {
  const json::object& session = event.object;
  const auto currency = core::Currency::parse(loose_text(session, "currency"));
  if (!currency) return currency.error();
  const json::object none;
  const json::object* found = find_object(session, "total_details");
  const json::object& details = found == nullptr ? none : *found;
  const auto total = stripe_money(session, "amount_total", *currency);
  if (!total) return total.error();
  const auto discount = stripe_money(details, "amount_discount", *currency);
  if (!discount) return discount.error();
  const auto shipping = stripe_money(details, "amount_shipping", *currency);
  if (!shipping) return shipping.error();
  const auto tax = stripe_money(details, "amount_tax", *currency);
  if (!tax) return tax.error();
  const auto created = loose_seconds(session, "created");
  if (!created) return created.error();

  core::Order order{.brand = brand,
                    .order_ref = loose_text(session, "id"),
                    .placed_at = created->micros == 0 ? event.at : *created,
                    .currency = *currency,
                    .items = {},
                    .shipping_minor = *shipping,
                    .tax_minor = *tax,
                    .codes = {},
                    .click_ids = {},
                    .customer = customer_of(session),
                    .source = "stripe",
                    .is_test = !is_live};
  if (order.order_ref.empty()) return core::fail(core::Errc::invalid, "the session has no \"id\"");
  // A session says nothing of its lines: the goods are one.
  const std::int64_t base = std::max<std::int64_t>(0, *total - *tax - *shipping);
  order.items.push_back(item_of_base("goods", 1, base, *discount));
  for (const auto* entry : objects_in(session, "discounts"))
    add_code(order.codes, code_of(*entry));
  if (std::string click = click_of(session); !click.empty())
    order.click_ids.push_back(std::move(click));
  return order;
}

core::Result<Notice> read_session(const Event& event, std::string_view type, core::BrandId brand,
                                  bool is_live) {
  if (type == "checkout.session.async_payment_failed") return ignored("the payment failed");
  const std::string status = loose_text(event.object, "payment_status");
  if (status != "paid" && status != "no_payment_required")
    return ignored("the order is not paid for yet");
  if (find_member(event.object, "amount_total") == nullptr)
    return ignored("nothing was sold in this session");
  auto order = order_of(event, brand, is_live);
  if (!order) return order.error();
  Notice notice;
  notice.state_at = order->placed_at;
  const std::string payment = loose_text(event.object, "payment_intent");
  if (!payment.empty()) notice.aliases.push_back(payment);
  notice.order = *std::move(order);
  return notice;
}

// A change of the order that a charge paid for; the charge is another name of it.
Change change_of_charge(const json::object& object, const std::string& charge) {
  const std::string payment = loose_text(object, "payment_intent");
  Change change;
  change.order_ref = payment.empty() ? charge : payment;
  if (!payment.empty() && !charge.empty()) change.aliases.push_back(charge);
  return change;
}

std::int64_t base_of_sold(const SoldOrder& order) {
  std::int64_t base = 0;
  for (const StoredLine& line : order.lines)
    base += line.base_minor;
  return base;
}

// Failed refunds are kept as facts of their own, worth nothing by themselves: those that are newer
// than the charge's sum lower it.
constexpr std::string_view failure_prefix = "failed/";

void weigh(Effect& charge, const SoldOrder& order, const Effect* newest_failure) {
  std::int64_t failed = 0;
  const auto count = [&](const Effect& effect) {
    if (effect.ref.starts_with(failure_prefix) && effect.stated_at >= charge.stated_at)
      failed = std::min(failed + effect.stated_minor, amount_minor_max);
  };
  for (const Effect& effect : order.effects) {
    if (newest_failure == nullptr || effect.ref != newest_failure->ref) count(effect);
  }
  if (newest_failure != nullptr) count(*newest_failure);
  charge.amount_minor =
      base_part(base_of_sold(order), charge.stated_minor - failed, charge.whole_minor);
}

Judged judge_charge(Effect charge, const SoldOrder& order) {
  Judged judged;
  if (const Effect* known = find_effect(order.effects, EffectKind::refund, charge.ref)) {
    const bool has_failure_between =
        std::any_of(order.effects.begin(), order.effects.end(), [&](const Effect& effect) {
          return effect.ref.starts_with(failure_prefix) && effect.stated_at >= known->stated_at &&
                 effect.stated_at <= charge.stated_at;
        });
    const bool is_smaller = charge.stated_minor < known->stated_minor;
    if (charge.stated_at < known->stated_at || (is_smaller && !has_failure_between)) return judged;
  }
  charge.integration = order.integration;
  weigh(charge, order, nullptr);
  const core::Instant at = charge.stated_at;
  judged.statements.push_back({std::move(charge), at, ""});
  return judged;
}

core::Result<Notice> read_charge(const Event& event) {
  const json::object& object = event.object;
  const std::string id = loose_text(object, "id");
  if (id.empty()) return core::fail(core::Errc::invalid, "the charge has no \"id\"");
  const auto currency = core::Currency::parse(loose_text(object, "currency"));
  if (!currency) return currency.error();
  const bool has_captured = find_member(object, "amount_captured") != nullptr;
  const auto captured =
      stripe_money(object, has_captured ? "amount_captured" : "amount", *currency);
  if (!captured) return captured.error();
  const auto refunded = stripe_money(object, "amount_refunded", *currency);
  if (!refunded) return refunded.error();
  const Effect charge{.ref = id,
                      .kind = EffectKind::refund,
                      .integration = {},
                      .stated_at = event.at,
                      .stated_minor = *refunded,
                      .whole_minor = *captured,
                      .lines = {}};
  Change change = change_of_charge(object, id);
  change.judge = [charge](const SoldOrder& order) -> core::Result<Judged> {
    return judge_charge(charge, order);
  };
  Notice notice;
  notice.changes.push_back(std::move(change));
  return notice;
}

Judged judge_failure(Effect failure, const std::string& charge_id, const SoldOrder& order) {
  Judged judged;
  // Several events tell of one failure; the first one's time counts.
  if (find_effect(order.effects, EffectKind::refund, failure.ref) != nullptr) return judged;
  failure.integration = order.integration;
  const core::Instant at = failure.stated_at;
  judged.statements.push_back({failure, at, "refund failed"});
  if (const Effect* known = find_effect(order.effects, EffectKind::refund, charge_id)) {
    Effect charge = *known;
    weigh(charge, order, &failure);
    judged.statements.push_back({std::move(charge), at, "refund failed"});
  }
  return judged;
}

core::Result<Notice> read_refund(const Event& event) {
  const json::object& object = event.object;
  const std::string status = loose_text(object, "status");
  if (status != "failed" && status != "canceled")
    return ignored("the sum of the charge's refunds says it");
  const auto currency = core::Currency::parse(loose_text(object, "currency"));
  if (!currency) return currency.error();
  const auto amount = stripe_money(object, "amount", *currency);
  if (!amount) return amount.error();
  const std::string id = loose_text(object, "id");
  const std::string charge = loose_text(object, "charge");
  if (id.empty() || charge.empty())
    return core::fail(core::Errc::invalid, "the refund has no \"id\" or no \"charge\"");
  const Effect failure{.ref = std::string(failure_prefix) + id,
                       .kind = EffectKind::refund,
                       .integration = {},
                       .stated_at = event.at,
                       .stated_minor = *amount,
                       .lines = {}};
  Change change = change_of_charge(object, charge);
  change.judge = [failure, charge](const SoldOrder& order) -> core::Result<Judged> {
    return judge_failure(failure, charge, order);
  };
  Notice notice;
  notice.changes.push_back(std::move(change));
  return notice;
}

enum class Dispute { none, taken, given_back };

// "created" moves no money yet; a lost dispute has taken it, whether that was told or not.
Dispute dispute_of(std::string_view type, std::string_view status) {
  if (type == "charge.dispute.funds_withdrawn") return Dispute::taken;
  if (type == "charge.dispute.funds_reinstated") return Dispute::given_back;
  if (type == "charge.dispute.closed" && status == "lost") return Dispute::taken;
  if (type == "charge.dispute.closed" && status == "won") return Dispute::given_back;
  return Dispute::none;
}

core::Result<Notice> read_dispute(const Event& event, std::string_view type) {
  const json::object& object = event.object;
  const Dispute dispute = dispute_of(type, loose_text(object, "status"));
  if (dispute == Dispute::none) return ignored("no money has moved");
  const auto currency = core::Currency::parse(loose_text(object, "currency"));
  if (!currency) return currency.error();
  const auto amount = stripe_money(object, "amount", *currency);
  if (!amount) return amount.error();
  const std::string charge = loose_text(object, "charge");
  const std::string id = loose_text(object, "id");
  if (charge.empty() && loose_text(object, "payment_intent").empty())
    return core::fail(core::Errc::invalid, "the dispute names no charge");
  const Statement statement{.effect = {.ref = id.empty() ? charge : id,  // old shapes have no id
                                       .kind = EffectKind::chargeback,
                                       .integration = {},
                                       .stated_at = event.at,
                                       .stated_minor = dispute == Dispute::taken ? *amount : 0,
                                       .lines = {}},
                            .placed_at = event.at,
                            .reason = loose_text(object, "reason")};
  Change change = change_of_charge(object, charge);
  change.judge = [statement, currency = *currency](const SoldOrder& order) -> core::Result<Judged> {
    if (currency != order.currency)
      return core::fail(core::Errc::invalid, "the dispute is in another currency than the order");
    Judged judged{.statements = {statement}, .notes = {}, .remarks = {}};
    Effect& effect = judged.statements.front().effect;
    effect.integration = order.integration;
    effect.whole_minor = order.gross_minor;
    effect.amount_minor = base_part(base_of_sold(order), effect.stated_minor, order.gross_minor);
    return judged;
  };
  Notice notice;
  notice.changes.push_back(std::move(change));
  return notice;
}

core::Result<Notice> read(const Received& received) {
  const auto body = parse_loose(received.body);
  if (!body) return body.error();
  const std::string type = loose_text(*body, "type");
  const json::object* data = find_object(*body, "data");
  const json::object* object = data == nullptr ? nullptr : find_object(*data, "object");
  if (type.empty() || object == nullptr)
    return core::fail(core::Errc::invalid, "an event has \"type\" and \"data.object\"");
  const auto at = loose_seconds(*body, "created");
  if (!at) return at.error();
  const Event event{*object, at->micros == 0 ? received.at : *at};
  const bool is_live = loose_text(*body, "livemode") != "false";
  if (type == "checkout.session.completed" || type.starts_with("checkout.session.async_payment_"))
    return read_session(event, type, received.brand, is_live);
  if (type == "charge.refunded") return read_charge(event);
  if (type.starts_with("refund.") || type.starts_with("charge.refund.")) return read_refund(event);
  if (type.starts_with("charge.dispute.")) return read_dispute(event, type);
  return ignored("events of the type \"" + type + "\" are not used");
}

}  // namespace

Platform stripe() {
  return {"stripe", is_signed, topic_of, delivery_id_of, read};
}

}  // namespace fairlead::attribution
