// Shopify: orders as they are created, paid, changed and cancelled, and refunds.
//
// The signature is base64(HMAC-SHA256(app secret, raw body)) and covers no header: topic, shop and
// delivery id are only hints, so the kind is taken from the body's shape and held against the
// topic. Headers are spelled X-Shopify-… or Shopify-…; both may be there when they agree.
//
// The commission base of a line is price × quantity − discount allocations, minus its tax where
// prices include tax. Gift cards are payment, not goods. Order totals are never used: they shrink
// with refunds.
//
// A refund is known by its id, whether it comes alone or inside an order; what is taken out of an
// order is a refund too, so a line's `quantity` stays what was sold.
#include <algorithm>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/shopify_refund.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::string_view order_topics[] = {"orders/create", "orders/paid", "orders/updated",
                                             "orders/cancelled"};
constexpr std::string_view refund_topic = "refunds/create";

// The one value of a header under both spellings. nullopt: absent, sent twice, or the two disagree.
std::optional<std::string_view> header_of(const net::Request& request, std::string_view name) {
  const std::string long_name = "X-Shopify-" + std::string(name);
  const std::string short_name = "Shopify-" + std::string(name);
  const bool has_long = !request.header(long_name).empty();
  const bool has_short = !request.header(short_name).empty();
  const auto long_value = single_header(request, long_name);
  const auto short_value = single_header(request, short_name);
  if ((has_long && !long_value) || (has_short && !short_value)) return std::nullopt;
  if (has_long && has_short && *long_value != *short_value) return std::nullopt;
  return long_value ? long_value : short_value;
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  const auto mac = core::parse_base64(header_of(request, "Hmac-Sha256").value_or(""));
  const std::string macs[] = {mac ? *mac : std::string()};
  return is_authentic(secrets, request.body, macs);
}

std::string topic_of(const net::Request& request) {
  return std::string(header_of(request, "Topic").value_or(""));
}

std::string delivery_id_of(const net::Request& request) {
  return std::string(header_of(request, "Webhook-Id").value_or(""));
}

// Codes first as the checkout knew them, then those that only an application names: a code entered
// by an API can be an application of type "manual" with nothing but a title.
std::vector<std::string> codes_in(const json::object& body) {
  std::vector<std::string> codes;
  for (const auto* entry : objects_in(body, "discount_codes"))
    add_code(codes, loose_text(*entry, "code"));
  for (const auto* entry : objects_in(body, "discount_applications")) {
    const std::string code = loose_text(*entry, "code");
    add_code(codes, code.empty() ? loose_text(*entry, "title") : code);
  }
  return codes;
}

// A cart attribute beats the landing page: it was written when the shopper came back to buy.
std::vector<std::string> click_ids_in(const json::object& body) {
  for (const auto* attribute : objects_in(body, "note_attributes")) {
    if (loose_text(*attribute, "name") != "fl_click") continue;
    const std::string token = loose_text(*attribute, "value");
    if (!token.empty()) return {token};
  }
  std::string token = click_token_of(loose_text(body, "landing_site", 4096));
  if (token.empty()) return {};
  return {std::move(token)};
}

core::Customer customer_in(const json::object& body) {
  core::Customer customer;
  std::string email = loose_text(body, "email", 320);
  if (const json::object* who = find_object(body, "customer")) {
    customer.key = loose_text(*who, "id");
    if (email.empty()) email = loose_text(*who, "email", 320);
  }
  customer.email_sha256 = email_digest(std::move(email));
  return customer;
}

struct LineMoney {
  std::int64_t gross_minor;
  std::int64_t discount_minor;
  std::int64_t tax_minor;
};

core::Result<LineMoney> money_of(const json::object& line, std::int64_t unit_price_minor,
                                 std::int64_t quantity, core::Currency currency) {
  const auto gross = core::multiply_minor(unit_price_minor, quantity);
  if (!gross) return gross.error();
  const auto discount = sum_money(objects_in(line, "discount_allocations"), "amount", currency);
  if (!discount) return discount.error();
  const auto tax = sum_money(objects_in(line, "tax_lines"), "price", currency);
  if (!tax) return tax.error();
  if (*gross < 0 || *discount < 0 || *tax < 0)
    return core::fail(core::Errc::invalid, "a line's price, discount or tax is below zero");
  if (*gross > amount_minor_max || *tax > amount_minor_max)
    return core::fail(core::Errc::overflow, "a line's price or tax is too large an amount");
  return LineMoney{*gross, std::min(*discount, *gross), *tax};
}

// Our items are net of tax. Where the shop's prices include it, the unit price is what is left of
// the line without its tax, rounded up to a whole unit each, and the discount takes up the
// rounding: the line's base comes out exactly.
core::Result<core::Item> item_of(const json::object& line, core::Currency currency,
                                 bool taxes_included) {
  core::Item item;
  item.line_id = loose_text(line, "id");
  item.sku = loose_text(line, "sku");
  item.product_id = loose_text(line, "product_id");
  if (item.line_id.empty()) return core::fail(core::Errc::invalid, "a line has no \"id\"");
  const auto quantity = loose_integer(line, "quantity", 1);
  if (!quantity) return quantity.error();
  if (*quantity < 0 || *quantity > shop_quantity_max)
    return core::fail(core::Errc::overflow, "a line's \"quantity\" is not from 0 to 1000000");
  const auto price = loose_money(line, "price", currency);
  if (!price) return price.error();
  const auto money = money_of(line, *price, *quantity, currency);
  if (!money) return money.error();

  item.quantity = *quantity;
  item.unit_price_minor = *price;
  item.discount_minor = money->discount_minor;
  item.tax_minor = money->tax_minor;
  if (taxes_included && item.quantity > 0) {
    const std::int64_t after_discount = money->gross_minor - money->discount_minor;
    const std::int64_t base = std::max<std::int64_t>(0, after_discount - money->tax_minor);
    const core::Item net = item_of_base("", item.quantity, base, money->discount_minor);
    item.unit_price_minor = net.unit_price_minor;
    item.discount_minor = net.discount_minor;
  }
  return item;
}

core::Result<core::Order> order_of(const json::object& body, core::BrandId brand) {
  const auto currency = core::Currency::parse(loose_text(body, "currency"));
  if (!currency) return currency.error();
  const auto placed_at = loose_instant(body, {"processed_at", "created_at"});
  if (!placed_at) return placed_at.error();
  core::Order order{.brand = brand,
                    .order_ref = loose_text(body, "id"),
                    .placed_at = *placed_at,
                    .currency = *currency,
                    .items = {},
                    .codes = codes_in(body),
                    .click_ids = click_ids_in(body),
                    .customer = customer_in(body),
                    .source = "shopify",
                    .is_test = loose_flag(body, "test")};
  if (order.order_ref.empty()) return core::fail(core::Errc::invalid, "the order has no \"id\"");
  const bool taxes_included = loose_flag(body, "taxes_included");
  std::int64_t line_tax = 0;
  const auto lines = objects_in(body, "line_items");
  if (lines.size() > shop_lines_max)
    return core::fail(core::Errc::overflow, "it has too many lines");
  for (const auto* line : lines) {
    if (loose_flag(*line, "gift_card")) continue;
    auto item = item_of(*line, *currency, taxes_included);
    if (!item) return item.error();
    if (item->quantity == 0) continue;  // removed before it was paid
    line_tax += item->tax_minor;
    order.items.push_back(*std::move(item));
  }
  const auto shipping = sum_money(objects_in(body, "shipping_lines"), "price", *currency);
  if (!shipping) return shipping.error();
  const auto tax = loose_money(body, "total_tax", *currency);
  if (!tax) return tax.error();
  order.shipping_minor = *shipping;
  order.tax_minor = std::max(*tax, line_tax);
  return order;
}

// "authorized" is a promise of money; "voided" and "expired" never became more.
bool is_paid(const std::string& status) {
  return status != "pending" && status != "authorized" && status != "partially_paid" &&
         status != "voided" && status != "expired" && status != "unpaid";
}

core::Result<Notice> read_order_body(const json::object& body, core::BrandId brand) {
  auto order = order_of(body, brand);
  if (!order) return order.error();
  const std::string status = loose_text(body, "financial_status");
  Notice notice;
  notice.is_paid = is_paid(status);
  const auto updated_at = loose_instant(body, {"updated_at"});
  notice.state_at = updated_at ? *updated_at : order->placed_at;
  for (const auto* refund : objects_in(body, "refunds")) {
    auto read = read_shopify_refund(*refund, order->order_ref);
    if (!read) return read.error();
    notice.changes.push_back(*std::move(read));
  }
  const bool is_cancelled = find_member(body, "cancelled_at") != nullptr || status == "voided";
  notice.changes.push_back(cancellation(
      order->order_ref, is_cancelled ? Cancelled::yes : Cancelled::no, notice.state_at));
  notice.order = *std::move(order);
  return notice;
}

core::Result<Notice> read(const Received& received) {
  const std::string_view topic = received.topic;
  const bool says_order =
      std::find(std::begin(order_topics), std::end(order_topics), topic) != std::end(order_topics);
  const bool says_refund = topic == refund_topic;
  if (!topic.empty() && !says_order && !says_refund) {
    Notice notice;
    notice.ignored = "deliveries of the topic \"" + std::string(topic) + "\" are not used";
    return notice;
  }
  const auto body = parse_loose(received.body);
  if (!body) return body.error();
  const bool is_refund = body->contains("order_id") && body->contains("refund_line_items");
  const bool is_order = !is_refund && body->contains("line_items");
  if ((says_order && !is_order) || (says_refund && !is_refund) || (!is_order && !is_refund)) {
    return core::fail(core::Errc::invalid, "the body is not what the topic \"" +
                                               std::string(topic) +
                                               "\" stands for: an order has "
                                               "\"line_items\", a refund \"refund_line_items\"");
  }
  if (is_order) return read_order_body(*body, received.brand);
  auto refund = read_shopify_refund(*body, loose_text(*body, "order_id"));
  if (!refund) return refund.error();
  Notice notice;
  notice.changes.push_back(*std::move(refund));
  return notice;
}

}  // namespace

Platform shopify() {
  return {"shopify", is_signed, topic_of, delivery_id_of, read};
}

}  // namespace fairlead::attribution
