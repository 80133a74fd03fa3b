// Shopify: orders as they are created, paid, changed and cancelled, and refunds.
//
// The signature is base64(HMAC-SHA256(app secret, raw body)) and covers no header: topic, shop and
// delivery id are only hints, so the kind is taken from the body's shape and held against the
// topic. Headers are spelled X-Shopify-… or Shopify-…; both may be there when they agree.
//
// The commission base of a line is price × quantity − discount allocations, minus its tax where
// prices include tax. Gift cards are payment, not goods. Order totals are never used: they shrink
// with refunds.
#include <algorithm>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shopify_refund.hpp"
#include "codes/codes.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t codes_max = 10;
constexpr std::size_t lines_max = 5'000;
constexpr std::int64_t quantity_max = 1'000'000;
constexpr std::string_view order_topics[] = {"orders/create", "orders/paid", "orders/updated",
                                             "orders/cancelled"};
constexpr std::string_view refund_topic = "refunds/create";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// The one value of a header under both spellings. nullopt: absent, sent twice, or the two disagree.
std::optional<std::string_view> header_of(const net::Request& request, std::string_view name) {
  const std::string long_name = "X-Shopify-" + std::string(name);
  const std::string short_name = "Shopify-" + std::string(name);
  std::optional<std::string_view> values[2];
  for (const auto& [key, value] : request.headers) {
    const bool is_long = is_same_name(key, long_name);
    if (!is_long && !is_same_name(key, short_name)) continue;
    auto& slot = values[is_long ? 0 : 1];
    if (slot) return std::nullopt;
    slot = value;
  }
  if (values[0] && values[1] && *values[0] != *values[1]) return std::nullopt;
  return values[0] ? values[0] : values[1];
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets) {
  const auto header = header_of(request, "Hmac-Sha256");
  const auto given = core::parse_base64(header.value_or(""));
  const std::string mac = given ? *given : std::string();
  bool matches = false;
  // Every secret is tried whatever the earlier ones gave: the time says nothing about which one it
  // was.
  for (const std::string& secret : secrets) {
    const core::Digest expected = core::hmac_sha256(secret, request.body);
    if (core::equal_in_constant_time(mac, core::as_text(expected))) matches = true;
  }
  return matches;
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
  const auto add = [&](const std::string& code) {
    if (code.empty() || codes.size() == codes_max) return;
    const std::string folded = codes::fold(code);
    for (const std::string& known : codes) {
      if (codes::fold(known) == folded) return;
    }
    codes.push_back(code);
  };
  for (const auto* entry : objects_in(body, "discount_codes"))
    add(loose_text(*entry, "code"));
  for (const auto* entry : objects_in(body, "discount_applications")) {
    const std::string code = loose_text(*entry, "code");
    add(code.empty() ? loose_text(*entry, "title") : code);
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
  const std::string landing = loose_text(body, "landing_site", 4096);
  const auto question = landing.find('?');
  if (question == landing.npos) return {};
  const std::string_view query = std::string_view(landing).substr(question + 1);
  auto token = net::query_value(query.substr(0, query.find('#')), "fl_click");
  // Percent-decoding can give any byte; a token is plain text, and only text can be stored.
  const auto is_plain = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!token || token->empty() || token->size() > 128) return {};
  if (!std::all_of(token->begin(), token->end(), is_plain)) return {};
  return {*std::move(token)};
}

core::Customer customer_in(const json::object& body) {
  core::Customer customer;
  std::string email = loose_text(body, "email", 320);
  if (const json::object* who = find_object(body, "customer")) {
    customer.key = loose_text(*who, "id");
    if (email.empty()) email = loose_text(*who, "email", 320);
  }
  // The address itself is not kept: its digest tells customers apart just as well.
  std::erase_if(email, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  std::transform(email.begin(), email.end(), email.begin(), lower);
  if (!email.empty()) customer.email_sha256 = core::hex(core::as_text(core::sha256(email)));
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
  if (*quantity < 0 || *quantity > quantity_max)
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
    const std::int64_t net = base + money->discount_minor;
    item.unit_price_minor = (net + item.quantity - 1) / item.quantity;
    item.discount_minor = item.unit_price_minor * item.quantity - base;
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
  if (lines.size() > lines_max) return core::fail(core::Errc::overflow, "it has too many lines");
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

core::Result<Notice> read_order_body(const json::object& body, core::BrandId brand) {
  auto order = order_of(body, brand);
  if (!order) return order.error();
  Notice notice;
  notice.is_cancelled = find_member(body, "cancelled_at") != nullptr ||
                        loose_text(body, "financial_status") == "voided";
  for (const auto* refund : objects_in(body, "refunds")) {
    auto read = read_shopify_refund(*refund, order->order_ref);
    if (!read) return read.error();
    notice.refunds.push_back(*std::move(read));
  }
  notice.order = *std::move(order);
  return notice;
}

core::Result<Notice> read(std::string_view topic, std::string_view text, core::BrandId brand) {
  const bool says_order =
      std::find(std::begin(order_topics), std::end(order_topics), topic) != std::end(order_topics);
  const bool says_refund = topic == refund_topic;
  if (!topic.empty() && !says_order && !says_refund) {
    Notice notice;
    notice.ignored = "deliveries of the topic \"" + std::string(topic) + "\" are not used";
    return notice;
  }
  const auto body = parse_loose(text);
  if (!body) return body.error();
  const bool is_refund = body->contains("order_id") && body->contains("refund_line_items");
  const bool is_order = !is_refund && body->contains("line_items");
  if ((says_order && !is_order) || (says_refund && !is_refund) || (!is_order && !is_refund)) {
    return core::fail(core::Errc::invalid, "the body is not what the topic \"" +
                                               std::string(topic) +
                                               "\" stands for: an order has "
                                               "\"line_items\", a refund \"refund_line_items\"");
  }
  if (is_order) return read_order_body(*body, brand);
  auto refund = read_shopify_refund(*body, loose_text(*body, "order_id"));
  if (!refund) return refund.error();
  Notice notice;
  notice.refunds.push_back(*std::move(refund));
  return notice;
}

}  // namespace

Platform shopify() {
  return {"shopify", is_signed, topic_of, delivery_id_of, read};
}

}  // namespace fairlead::attribution
