// WooCommerce: whole states of an order. Several deliveries come for one change, in any order, and
// none when a refund is deleted; so the newest state by date_modified wins, and its refunds are the
// full list: one that is not in it any more is reinstated.
//
// The signature is base64(HMAC-SHA256(secret, raw body)) and covers no header, so the kind is taken
// from the body's shape. Saving a webhook sends an unsigned, form-encoded "webhook_id=…", which has
// to be answered 200.
//
// The commission base is the sum of the lines' totals, which are after discount and before tax and
// have up to six decimals: added exactly, rounded once, and split over the lines again. The order's
// total is never used for it: gift cards lower it. A refund says only what was paid back, tax and
// shipping included, so its part of the base is estimated unless it names its lines.
#include <algorithm>
#include <charconv>

#include "attribution/order_body.hpp"
#include "attribution/platforms.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::string_view off_states[] = {"pending", "on-hold", "failed", "cancelled", "trash"};
// Keys of things other than orders that can be signed with the same secret.
constexpr std::string_view foreign_keys[] = {"code", "sku", "slug", "email", "username"};

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  const auto header = single_header(request, "X-WC-Webhook-Signature");
  const auto mac = core::parse_base64(header.value_or(""));
  const std::string macs[] = {mac ? *mac : std::string()};
  return is_authentic(secrets, request.body, macs);
}

bool is_ping(const net::Request& request) {
  constexpr std::string_view name = "webhook_id=";
  const std::string_view number = request.body.substr(std::min(name.size(), request.body.size()));
  return request.body.starts_with(name) && !number.empty() && number.size() <= 20 &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string topic_of(const net::Request& request) {
  return std::string(single_header(request, "X-WC-Webhook-Topic").value_or(""));
}

// Every repetition has another delivery id: the content alone says what came before.
std::string delivery_id_of(const net::Request&) {
  return "";
}

std::vector<std::string> click_ids_in(const json::object& body) {
  std::string session_entry;
  for (const auto* entry : objects_in(body, "meta_data")) {
    const std::string key = loose_text(*entry, "key");
    if (key == "_fl_click") {
      const std::string token = loose_text(*entry, "value");
      if (!token.empty()) return {token};
    }
    if (key == "_wc_order_attribution_session_entry")
      session_entry = loose_text(*entry, "value", 4096);
  }
  std::string token = click_token_of(session_entry);
  if (token.empty()) return {};
  return {std::move(token)};
}

core::Customer customer_in(const json::object& body) {
  core::Customer customer;
  const std::string id = loose_text(body, "customer_id");
  if (id != "0") customer.key = id;
  if (const json::object* billing = find_object(body, "billing"))
    customer.email_sha256 = email_digest(loose_text(*billing, "email", 320));
  return customer;
}

// 1.5 kilograms are one thing here: our quantities are pieces.
std::int64_t pieces_of(const json::object& line) {
  const std::string text = loose_text(line, "quantity");
  std::int64_t pieces = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), pieces);
  const bool is_whole = error == std::errc{} && rest == text.data() + text.size();
  return is_whole ? std::clamp<std::int64_t>(pieces, 1, shop_quantity_max) : 1;
}

core::Result<std::int64_t> minor(const json::object& object, std::string_view name,
                                 core::Currency currency) {
  const auto micros = loose_micros(object, name);
  if (!micros) return micros.error();
  return minor_of_micros(*micros, currency);
}

struct Line {
  std::int64_t total_micros;
  std::int64_t discount_minor;
  std::int64_t tax_minor;
};

core::Result<Line> line_of(const json::object& line, core::Currency currency) {
  const auto total = loose_micros(line, "total");
  if (!total) return total.error();
  const auto subtotal = loose_micros(line, "subtotal");
  if (!subtotal) return subtotal.error();
  const auto tax = minor(line, "total_tax", currency);
  if (!tax) return tax.error();
  if (*total < 0) return core::fail(core::Errc::invalid, "a line's \"total\" is below zero");
  return Line{*total, minor_of_micros(std::max<std::int64_t>(0, *subtotal - *total), currency),
              std::max<std::int64_t>(0, *tax)};
}

core::Result<std::vector<core::Item>> items_of(const json::object& body, core::Currency currency) {
  constexpr std::int64_t sum_max = 1'000'000'000'000'000'000;
  const auto objects = objects_in(body, "line_items");
  if (objects.size() > shop_lines_max)
    return core::fail(core::Errc::overflow, "it has too many lines");
  std::vector<Line> lines;
  std::vector<std::int64_t> totals;
  std::int64_t sum = 0;
  for (const auto* object : objects) {
    const auto line = line_of(*object, currency);
    if (!line) return line.error();
    lines.push_back(*line);
    totals.push_back(line->total_micros);
    if (line->total_micros > sum_max - sum)
      return core::fail(core::Errc::overflow, "the lines add up to too large an amount");
    sum += line->total_micros;
  }
  std::vector<std::int64_t> bases(lines.size(), 0);
  if (sum > 0) bases = core::split(minor_of_micros(sum, currency), totals).value();
  std::vector<core::Item> items;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    core::Item item = item_of_base(loose_text(*objects[i], "id"), pieces_of(*objects[i]), bases[i],
                                   lines[i].discount_minor);
    if (item.line_id.empty()) return core::fail(core::Errc::invalid, "a line has no \"id\"");
    item.sku = loose_text(*objects[i], "sku");
    item.product_id = loose_text(*objects[i], "product_id");
    item.tax_minor = lines[i].tax_minor;
    items.push_back(std::move(item));
  }
  return items;
}

core::Result<core::Order> order_of(const json::object& body, core::BrandId brand) {
  const auto currency = core::Currency::parse(loose_text(body, "currency"));
  if (!currency) return currency.error();
  const auto placed_at = loose_utc(body, {"date_created_gmt", "date_paid_gmt"});
  if (!placed_at) return placed_at.error();
  auto items = items_of(body, *currency);
  if (!items) return items.error();
  const auto shipping = minor(body, "shipping_total", *currency);
  if (!shipping) return shipping.error();
  const auto tax = minor(body, "total_tax", *currency);
  if (!tax) return tax.error();
  core::Order order{.brand = brand,
                    .order_ref = loose_text(body, "id"),
                    .placed_at = *placed_at,
                    .currency = *currency,
                    .items = *std::move(items),
                    .shipping_minor = std::max<std::int64_t>(0, *shipping),
                    .codes = {},
                    .click_ids = click_ids_in(body),
                    .customer = customer_in(body),
                    .source = "woocommerce"};
  if (order.order_ref.empty()) return core::fail(core::Errc::invalid, "the order has no \"id\"");
  for (const auto* coupon : objects_in(body, "coupon_lines"))
    add_code(order.codes, loose_text(*coupon, "code"));
  std::int64_t line_tax = 0;
  for (const core::Item& item : order.items)
    line_tax += item.tax_minor;
  order.tax_minor = std::max(*tax, line_tax);
  return order;
}

// A refund as the order lists it, or with its lines as the REST API gives it.
struct Refund {
  std::string ref;
  std::string reason;
  std::int64_t gross_minor = 0;
  std::vector<EffectLine> lines;
  bool names_lines = false;
};

std::string refunded_line_id(const json::object& line) {
  for (const auto* entry : objects_in(line, "meta_data")) {
    if (loose_text(*entry, "key") == "_refunded_item_id") return loose_text(*entry, "value");
  }
  return "";
}

core::Result<Refund> refund_of(const json::object& object, core::Currency currency) {
  Refund refund{.ref = loose_text(object, "id"), .reason = loose_text(object, "reason", 500)};
  if (refund.ref.empty()) return core::fail(core::Errc::invalid, "a refund has no \"id\"");
  const bool has_total = find_member(object, "total") != nullptr;
  const auto gross = minor(object, has_total ? "total" : "amount", currency);
  if (!gross) return gross.error();
  refund.gross_minor = std::abs(*gross);
  const auto lines = objects_in(object, "line_items");
  if (lines.size() > shop_entries_max)
    return core::fail(core::Errc::overflow, "a refund has too many lines");
  refund.names_lines = !lines.empty() || !objects_in(object, "shipping_lines").empty();
  for (const auto* line : lines) {
    const auto total = minor(*line, "total", currency);
    if (!total) return total.error();
    EffectLine part{refunded_line_id(*line), std::nullopt, std::abs(*total)};
    const auto quantity = loose_integer(*line, "quantity", 0);
    if (quantity && *quantity != 0 && std::abs(*quantity) <= shop_quantity_max)
      part.quantity = std::abs(*quantity);
    if (part.line_id.empty()) refund.names_lines = false;
    refund.lines.push_back(std::move(part));
  }
  if (!refund.names_lines) refund.lines.clear();
  return refund;
}

// Ids rise with time: the shorter number is the older one.
bool is_older(const Refund& a, const Refund& b) {
  return a.ref.size() != b.ref.size() ? a.ref.size() < b.ref.size() : a.ref < b.ref;
}

struct RefundList {
  std::vector<Refund> refunds;
  std::int64_t whole_minor = 0;  // what the order's refunds are parts of
  core::Instant state_at;
};

// What is estimated is the estimate of all money together, in steps: no number of refunds drifts.
Judged judge(const RefundList& list, const SoldOrder& order) {
  Judged judged;
  std::int64_t base = 0;
  for (const StoredLine& line : order.lines)
    base += line.base_minor;
  std::int64_t money = 0;
  for (const Refund& refund : list.refunds) {
    Effect effect{.ref = refund.ref,
                  .kind = EffectKind::refund,
                  .integration = order.integration,
                  .stated_at = list.state_at,
                  .stated_minor = refund.gross_minor,
                  .whole_minor = list.whole_minor,
                  .lines = refund.lines};
    if (!refund.names_lines) {
      const std::int64_t before = base_part(base, money, list.whole_minor);
      money = std::min(money + refund.gross_minor, amount_minor_max);
      effect.amount_minor = base_part(base, money, list.whole_minor) - before;
      judged.remarks.push_back("refund " + refund.ref + ": estimated");
    }
    judged.statements.push_back({std::move(effect), list.state_at, refund.reason});
  }
  for (const Effect& known : order.effects) {
    const bool is_listed =
        std::any_of(list.refunds.begin(), list.refunds.end(),
                    [&](const Refund& refund) { return refund.ref == known.ref; });
    if (known.kind != EffectKind::refund || known.integration != order.integration || is_listed)
      continue;
    Effect gone{.ref = known.ref,
                .kind = EffectKind::refund,
                .integration = order.integration,
                .stated_at = list.state_at,
                .lines = {}};
    judged.statements.push_back({std::move(gone), list.state_at, "refund deleted in the shop"});
  }
  return judged;
}

core::Result<Change> refunds_in(const json::object& body, const core::Order& order,
                                core::Instant state_at) {
  RefundList list;
  list.state_at = state_at;
  const auto total = minor(body, "total", order.currency);
  if (!total) return total.error();
  list.whole_minor = std::max(*total, base_of(order) + order.tax_minor + order.shipping_minor);
  const auto objects = objects_in(body, "refunds");
  if (objects.size() > shop_entries_max)
    return core::fail(core::Errc::overflow, "it has too many refunds");
  for (const auto* object : objects) {
    auto refund = refund_of(*object, order.currency);
    if (!refund) return refund.error();
    list.refunds.push_back(*std::move(refund));
  }
  std::sort(list.refunds.begin(), list.refunds.end(), is_older);
  Change change;
  change.order_ref = order.order_ref;
  change.state_at = state_at;
  change.judge = [list = std::move(list)](const SoldOrder& sold) -> core::Result<Judged> {
    return judge(list, sold);
  };
  return change;
}

core::Result<Notice> read_order_body(const json::object& body, core::BrandId brand) {
  auto order = order_of(body, brand);
  if (!order) return order.error();
  const auto state_at = loose_utc(body, {"date_modified_gmt", "date_created_gmt"});
  if (!state_at) return state_at.error();
  const std::string status = loose_text(body, "status");
  const bool is_off =
      std::find(std::begin(off_states), std::end(off_states), status) != std::end(off_states);
  const bool counts = status == "processing" || status == "completed" || status == "refunded";
  const bool tells_refunds = find_member(body, "refunds") != nullptr;
  Notice notice;
  notice.state_at = *state_at;
  // An order that was paid and called off is booked and taken back: the states in between may
  // still come.
  notice.is_paid = (counts || is_off) && find_member(body, "date_paid_gmt") != nullptr;
  for (const auto* fee : objects_in(body, "fee_lines")) {
    if (loose_text(*fee, "total").starts_with('-')) notice.remarks = {"a negative fee is left out"};
  }
  if (tells_refunds) {
    auto change = refunds_in(body, *order, *state_at);
    if (!change) return change.error();
    notice.changes.push_back(*std::move(change));
  }
  if (counts || is_off) {
    const bool is_gone = is_off || (status == "refunded" && objects_in(body, "refunds").empty());
    notice.changes.push_back(
        cancellation(order->order_ref, is_gone ? Cancelled::yes : Cancelled::no, *state_at));
  }
  notice.order = *std::move(order);
  return notice;
}

core::Result<Notice> read(const Received& received) {
  Notice notice;
  if (!received.topic.empty() && !received.topic.starts_with("order.")) {
    notice.ignored = "deliveries of the topic \"" + std::string(received.topic) + "\" are not used";
    return notice;
  }
  const auto body = parse_loose(received.body);
  if (!body) return body.error();
  if (body->contains("line_items") && body->contains("status"))
    return read_order_body(*body, received.brand);
  const bool is_foreign = std::any_of(std::begin(foreign_keys), std::end(foreign_keys),
                                      [&](std::string_view key) { return body->contains(key); });
  const std::string id = loose_text(*body, "id");
  if (received.topic == "order.deleted" && !id.empty() && !is_foreign) {
    notice.changes.push_back(cancellation(id, Cancelled::yes, received.at));
    return notice;
  }
  return core::fail(core::Errc::invalid,
                    "the body is not an order: it has no \"line_items\" and \"status\"");
}

}  // namespace

Platform woocommerce() {
  return {"woocommerce", is_signed, topic_of, delivery_id_of, read, is_ping};
}

}  // namespace fairlead::attribution
