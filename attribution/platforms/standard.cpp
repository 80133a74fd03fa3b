// Standard Webhooks 1.0.0 (standardwebhooks.com) with fairlead's own bodies, for any shop:
// {"type", "timestamp", "data"}; docs/integrations/standard-webhooks.md has the fields.
//
// Signed is "webhook-id.webhook-timestamp.body" with the base64-decoded secret behind "whsec_";
// within 300 s, any "v1," entry of webhook-signature may match. The id is covered by the signature.
#include <algorithm>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t signatures_max = 20;
constexpr std::string_view secret_mark = "whsec_";

// "" when it is not a secret of the specification.
std::string key_of(std::string_view secret) {
  if (!secret.starts_with(secret_mark)) return "";
  auto key = core::parse_base64(secret.substr(secret_mark.size()));
  return key && key->size() >= 24 && key->size() <= 64 ? *std::move(key) : "";
}

std::string refuse_secret(std::string_view secret) {
  if (!key_of(secret).empty()) return "";
  return "a secret of Standard Webhooks is \"whsec_\" and the base64 of 24 to 64 random bytes";
}

std::vector<std::string> macs_of(std::string_view header) {
  std::vector<std::string> macs;
  while (!header.empty() && macs.size() < signatures_max) {
    const std::string_view entry = header.substr(0, header.find(' '));
    header.remove_prefix(std::min(header.size(), entry.size() + 1));
    if (!entry.starts_with("v1,")) continue;
    auto mac = core::parse_base64(entry.substr(3));
    macs.push_back(mac ? *std::move(mac) : "");
  }
  return macs;
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets,
               core::Instant now) {
  const std::string id(single_header(request, "webhook-id").value_or(""));
  const std::string at(single_header(request, "webhook-timestamp").value_or(""));
  const auto macs = macs_of(single_header(request, "webhook-signature").value_or(""));
  std::vector<std::string> keys;
  for (const std::string& secret : secrets)
    keys.push_back(key_of(secret));
  const bool has_keys =
      std::none_of(keys.begin(), keys.end(), [](const std::string& key) { return key.empty(); });
  const bool is_authentic_text =
      is_authentic(keys, id + "." + at + "." + std::string(request.body), macs);
  // A dot would let one part end in another place.
  const bool is_plain = !id.empty() && id.find('.') == id.npos;
  return is_authentic_text && has_keys && is_plain && is_recent(at, now);
}

std::string topic_of(const net::Request& request) {
  const auto body = parse_loose(request.body);
  return body ? loose_text(*body, "type") : "";
}

std::string delivery_id_of(const net::Request& request) {
  return std::string(single_header(request, "webhook-id").value_or(""));
}

struct Message {
  std::string type;
  core::Instant at;        // its timestamp
  core::Instant state_at;  // its version, where it has one
  const json::object& data;
};

core::Result<core::Item> item_of(const json::object& line) {
  const auto quantity = loose_integer(line, "quantity", 1);
  if (!quantity) return quantity.error();
  if (*quantity < 1 || *quantity > shop_quantity_max)
    return core::fail(core::Errc::overflow, "a line's \"quantity\" is not from 1 to 1000000");
  const auto net = loose_integer(line, "net_total_minor", 0);
  if (!net) return net.error();
  const auto discount = loose_integer(line, "discount_minor", 0);
  if (!discount) return discount.error();
  if (*net < 0 || *net > amount_minor_max || *discount < 0 || *discount > amount_minor_max)
    return core::fail(core::Errc::overflow, "a line's amount is out of range");
  core::Item item = item_of_base(loose_text(line, "id"), *quantity, *net, *discount);
  item.product_id = loose_text(line, "product_id");
  item.sku = loose_text(line, "sku");
  if (item.line_id.empty()) return core::fail(core::Errc::invalid, "a line has no \"id\"");
  return item;
}

std::vector<std::string> texts_in(const json::object& data, std::string_view name) {
  std::vector<std::string> texts;
  const json::value* list = find_member(data, name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const json::value& entry : list->get_array()) {
    const json::string* text = entry.if_string();
    if (text != nullptr && !text->empty() && text->size() <= 255) texts.emplace_back(*text);
  }
  return texts;
}

std::vector<std::string> codes_in(const json::object& data) {
  std::vector<std::string> codes;
  for (const std::string& code : texts_in(data, "codes"))
    add_code(codes, code);
  return codes;
}

std::vector<std::string> click_ids_in(const json::object& data) {
  constexpr std::size_t clicks_max = 20;
  auto clicks = texts_in(data, "click_ids");
  if (std::string click = loose_text(data, "click_id", 255); !click.empty())
    clicks.push_back(std::move(click));
  if (clicks.size() > clicks_max) clicks.resize(clicks_max);
  return clicks;
}

core::Result<core::Order> order_of(const Message& message, core::BrandId brand) {
  const json::object& data = message.data;
  const auto currency = core::Currency::parse(loose_text(data, "currency"));
  if (!currency) return currency.error();
  const auto placed_at = loose_instant(data, {"placed_at"});
  if (!placed_at && find_member(data, "placed_at") != nullptr) return placed_at.error();
  const auto shipping = loose_integer(data, "shipping_minor", 0);
  if (!shipping) return shipping.error();
  const auto tax = loose_integer(data, "tax_minor", 0);
  if (!tax) return tax.error();
  core::Order order{.brand = brand,
                    .order_ref = loose_text(data, "order_id"),
                    .placed_at = placed_at ? *placed_at : message.at,
                    .currency = *currency,
                    .items = {},
                    .shipping_minor = *shipping,
                    .tax_minor = *tax,
                    .codes = codes_in(data),
                    .click_ids = click_ids_in(data),
                    .customer = {.key = loose_text(data, "customer_id"),
                                 .email_sha256 = loose_text(data, "customer_email_sha256"),
                                 .groups = {}},
                    .source = "standard",
                    .is_test = loose_flag(data, "test")};
  if (order.order_ref.empty()) return core::fail(core::Errc::invalid, "there is no \"order_id\"");
  const auto lines = objects_in(data, "lines");
  if (lines.size() > shop_lines_max)
    return core::fail(core::Errc::overflow, "it has too many lines");
  for (const auto* line : lines) {
    auto item = item_of(*line);
    if (!item) return item.error();
    order.items.push_back(*std::move(item));
  }
  return order;
}

core::Result<Notice> read_order(const Message& message, core::BrandId brand) {
  auto order = order_of(message, brand);
  if (!order) return order.error();
  Notice notice;
  notice.state_at = message.state_at;
  notice.changes.push_back(cancellation(order->order_ref, Cancelled::no, message.state_at));
  notice.order = *std::move(order);
  return notice;
}

core::Result<Effect> effect_of(const Message& message, EffectKind kind, std::string_view id_name) {
  Effect effect{.ref = loose_text(message.data, id_name),
                .kind = kind,
                .integration = {},
                .stated_at = message.state_at,
                .lines = {}};
  if (effect.ref.empty())
    return core::fail(core::Errc::invalid, "there is no \"" + std::string(id_name) + "\"");
  const auto amount = loose_integer(message.data, "amount_minor", 0);
  if (!amount) return amount.error();
  const auto lines = objects_in(message.data, "lines");
  if (lines.size() > shop_entries_max)
    return core::fail(core::Errc::overflow, "it has too many lines");
  if (*amount < 0 || *amount > amount_minor_max)
    return core::fail(core::Errc::overflow, "\"amount_minor\" is out of range");
  effect.amount_minor = *amount;
  for (const auto* line : lines) {
    const auto quantity = loose_integer(*line, "quantity", 0);
    if (!quantity) return quantity.error();
    const auto net = loose_integer(*line, "net_total_minor", 0);
    if (!net) return net.error();
    if (*quantity < 0 || *quantity > shop_quantity_max || *net < 0 || *net > amount_minor_max)
      return core::fail(core::Errc::overflow, "a line's quantity or amount is out of range");
    EffectLine part{loose_text(*line, "id"), std::nullopt, std::nullopt};
    if (*quantity > 0) part.quantity = *quantity;
    if (find_member(*line, "net_total_minor") != nullptr) part.amount_minor = *net;
    effect.lines.push_back(std::move(part));
  }
  return effect;
}

// Lines the order does not have, and more than is left of it, are for a person to look at; what is
// booked is never more than is left.
std::vector<std::string> notes_on(const Effect& effect, const SoldOrder& order) {
  std::vector<std::string> notes;
  std::vector<Effect> others = order.effects;
  std::erase_if(others, [&](const Effect& other) {
    return other.kind == effect.kind && other.ref == effect.ref;
  });
  const auto left = lines_left(order.lines, others);
  std::int64_t asked = effect.amount_minor;
  for (const EffectLine& part : effect.lines) {
    const auto line =
        std::find_if(order.lines.begin(), order.lines.end(),
                     [&](const StoredLine& sold) { return sold.item.line_id == part.line_id; });
    if (line == order.lines.end()) {
      notes.push_back("unknown_line " + part.line_id);
      continue;
    }
    const LineLeft& rest = left[static_cast<std::size_t>(line - order.lines.begin())];
    asked += part.amount_minor.value_or(0);
    if (part.amount_minor.value_or(0) > rest.base_minor ||
        part.quantity.value_or(0) > rest.quantity)
      notes.push_back("more than is left of line " + part.line_id);
  }
  if (notes.empty() && asked > base_left(left)) notes.push_back("more than is left of the order");
  return notes;
}

core::Result<Notice> read_change(const Message& message, EffectKind kind, std::string_view id_name,
                                 bool takes_back) {
  const std::string order_ref = loose_text(message.data, "order_id");
  if (order_ref.empty()) return core::fail(core::Errc::invalid, "there is no \"order_id\"");
  auto effect = effect_of(message, kind, id_name);
  if (!effect) return effect.error();
  if (!takes_back) {
    effect->amount_minor = 0;
    effect->lines.clear();
  }
  Statement statement{.effect = *std::move(effect),
                      .placed_at = message.at,
                      .reason = loose_text(message.data, "reason", 500)};
  const std::string currency = loose_text(message.data, "currency");
  Change change;
  change.order_ref = order_ref;
  change.judge = [statement, currency](const SoldOrder& order) -> core::Result<Judged> {
    if (!currency.empty() && currency != order.currency.code()) {
      return core::fail(
          core::Errc::invalid,
          "the order is booked in " + std::string(order.currency.code()) + ", not " + currency);
    }
    Judged judged{.statements = {statement}, .notes = {}, .remarks = {}};
    judged.statements.front().effect.integration = order.integration;
    if (!order.is_test) judged.notes = notes_on(statement.effect, order);
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
  if (type.empty() || data == nullptr)
    return core::fail(core::Errc::invalid, "a message has \"type\", \"timestamp\" and \"data\"");
  const auto at = loose_instant(*body, {"timestamp"});
  if (!at && find_member(*body, "timestamp") != nullptr) return at.error();
  const auto version = loose_integer(*data, "version", 0);
  if (!version) return version.error();
  Message message{type, at ? *at : received.at, {}, *data};
  message.state_at = *version > 0 ? core::Instant{*version} : message.at;
  if (type == "order.paid" || type == "order.updated") return read_order(message, received.brand);
  if (type == "order.cancelled") {
    const std::string order_ref = loose_text(*data, "order_id");
    if (order_ref.empty()) return core::fail(core::Errc::invalid, "there is no \"order_id\"");
    Notice notice;
    notice.changes.push_back(cancellation(order_ref, Cancelled::yes, message.state_at));
    return notice;
  }
  if (type == "refund.created" || type == "refund.updated" || type == "refund.cancelled")
    return read_change(message, EffectKind::refund, "refund_id", type != "refund.cancelled");
  if (type == "chargeback.created" || type == "chargeback.reversed") {
    return read_change(message, EffectKind::chargeback, "chargeback_id",
                       type != "chargeback.reversed");
  }
  Notice notice;
  notice.ignored = "messages of the type \"" + type + "\" are not used";
  return notice;
}

}  // namespace

Platform standard() {
  return {"standard", is_signed, topic_of, delivery_id_of, read, nullptr, refuse_secret};
}

}  // namespace fairlead::attribution
