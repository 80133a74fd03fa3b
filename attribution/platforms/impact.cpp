// Impact: POST, PUT and DELETE below /Advertisers/{AccountSID}, integrations.impact.com "Submit a
// conversion" and the brand API. Basic authentication with the account's SID and its token, which
// is the secret. A conversion is known by CampaignId, its event and OrderId; money is decimal and
// needs its currency. What is modified is a target: Amount is what the order is worth from then on,
// and 0 takes it back.
#include <array>
#include <boost/json.hpp>

#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/tracker_parts.hpp"
#include "core/crypto.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::size_t items_max = 500;

std::string_view account_of(const net::Request& request) {
  std::string_view rest = rest_of(request);  // "/Advertisers/{sid}/Conversions"
  rest.remove_prefix(std::min(rest.size(), rest.find('/', 1)));
  if (!rest.empty()) rest.remove_prefix(1);
  return rest.substr(0, rest.find('/'));
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  constexpr std::string_view scheme = "Basic ";
  const std::string_view value = request.header("Authorization");
  const auto pair = value.starts_with(scheme) ? core::parse_base64(value.substr(scheme.size()))
                                              : core::Result<std::string>(std::string());
  const std::string text = pair ? *pair : "";
  const auto colon = text.find(':');
  const std::string_view token =
      colon == text.npos ? std::string_view() : std::string_view(text).substr(colon + 1);
  const bool is_account = colon != text.npos && text.substr(0, colon) == account_of(request);
  return is_secret(token, secrets) && is_account;
}

// What is asked for, then whose account it is: "POST IRabc".
std::string topic_of(const net::Request& request) {
  return std::string(net::name_of(request.method)) + " " + std::string(account_of(request));
}

std::string message_of(const net::Request& request) {
  return form_or_json(request);
}

// "{CampaignId}-{event}": beside the order's number.
std::string event_of(Parameters& call) {
  const std::string campaign = call.needed("CampaignId", 20);
  for (const char* name : {"ActionTrackerId", "EventTypeId", "EventTypeCode"}) {
    const std::string event = call.text(name, 40);
    if (!event.empty()) return campaign + "-" + event;
  }
  call.refuse("\"ActionTrackerId\" is missing; EventTypeId or EventTypeCode will do");
  return "";
}

core::Instant placed_at(Parameters& call, core::Instant now) {
  const std::string date = call.needed("EventDate", 40);
  if (date == "NOW" || date.empty()) return now;
  const auto at = core::parse_instant(date);
  if (at && *at <= now.plus_seconds(86'400)) return *at;
  call.refuse(
      "\"EventDate\" must be NOW or an ISO 8601 time with its zone, such as 2026-03-02T09:15:00Z");
  return now;
}

core::Currency currency_of(Parameters& call, const Received& received) {
  bool has_money = false;
  for (const char* name : {"Amount", "OrderSubTotalPostDiscount", "ItemPrice1", "ItemSubTotal1"})
    has_money = has_money || call.has(name);
  if (has_money && !call.has("CurrencyCode"))
    call.refuse("\"CurrencyCode\" is missing; an amount needs it");
  return call.currency("CurrencyCode", received.currency);
}

// One line of "ItemSku1", "ItemQuantity1", …; its base is price × quantity, or the subtotal, less
// its discounts.
core::Item item_at(Parameters& call, const std::string& number, core::Currency currency) {
  const std::int64_t quantity = call.integer("ItemQuantity" + number, 1, shop_quantity_max, 1);
  const std::int64_t price = call.money("ItemPrice" + number, currency);
  const std::int64_t subtotal = call.money("ItemSubTotal" + number, currency);
  const std::int64_t each = call.money("ItemDiscount" + number, currency);
  const std::int64_t all = call.money("ItemTotalDiscount" + number, currency);
  if (price > 0 && subtotal > 0)
    call.refuse("\"ItemPrice" + number + "\" and \"ItemSubTotal" + number +
                "\" exclude each other");
  const auto priced = core::multiply_minor(price, quantity);
  const auto given = core::multiply_minor(each, quantity);
  if (!priced || !given || *priced > core::amount_minor_max || *given > core::amount_minor_max) {
    call.refuse("\"ItemPrice" + number + "\" is too large");
    return {};
  }
  const std::int64_t gross = *priced + subtotal;
  const std::int64_t discount = *given + all;
  if (discount > gross) call.refuse("\"ItemDiscount" + number + "\" is more than its item");
  if (!call.problem().empty()) return {};
  core::Item item = item_of_base(number, quantity, gross - discount, discount);
  item.sku = call.text("ItemSku" + number);
  return item;
}

// The order's own discount lies over its items in proportion, by the largest remainder.
void spread_discount(Parameters& call, std::vector<core::Item>& items, std::int64_t discount) {
  std::vector<std::int64_t> worth;
  std::int64_t sum = 0;
  for (const core::Item& item : items) {
    worth.push_back(item.unit_price_minor * item.quantity - item.discount_minor);
    sum += worth.back();
  }
  if (discount > sum) call.refuse("\"OrderDiscount\" is more than the items are worth");
  if (discount == 0 || !call.problem().empty()) return;
  const auto parts = core::split(discount, worth).value();
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].discount_minor += parts[i];
}

std::vector<core::Item> items_of(Parameters& call, core::Currency currency) {
  std::vector<core::Item> items;
  for (std::size_t i = 1; i <= items_max && call.problem().empty(); ++i) {
    const std::string number = std::to_string(i);
    if (!call.has("ItemPrice" + number) && !call.has("ItemSubTotal" + number)) break;
    items.push_back(item_at(call, number, currency));
  }
  if (!items.empty() && call.problem().empty())
    spread_discount(call, items, call.money("OrderDiscount", currency));
  return items;
}

core::Result<Notice> read_conversion(Parameters& call, const Received& received) {
  Conversion sale{.currency = currency_of(call, received)};
  sale.number = call.needed("OrderId", 80);
  sale.event = event_of(call);
  const core::Instant at = placed_at(call, received.at);
  sale.click = call.text("ClickId");
  const std::string code = call.text("OrderPromoCode", 64);
  sale.code = code.empty() ? call.text("PromoCode", 64) : code;
  sale.customer.key = call.text("CustomerId");
  sale.by_customer = sale.click.empty() && sale.code.empty();
  if (sale.by_customer && sale.customer.key.empty())
    call.refuse("\"ClickId\" is missing; CustomerId or OrderPromoCode will do");
  const char* amount =
      call.has("OrderSubTotalPostDiscount") ? "OrderSubTotalPostDiscount" : "Amount";
  sale.amount_minor = call.money(amount, sale.currency);
  auto items = items_of(call, sale.currency);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  auto notice = notice_of(sale, Numbers::of_brand, received, "impact");
  if (!notice) return notice;
  notice->order->placed_at = at;
  if (!items.empty()) notice->order->items = std::move(items);
  return notice;
}

// What the order is worth from now on, as a refund of the rest.
Change worth(std::string order_ref, core::Money amount, std::string reason, core::Instant at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [amount, reason = std::move(reason),
                  at](const SoldOrder& order) -> core::Result<Judged> {
    std::int64_t sold = 0;
    for (const StoredLine& line : order.lines)
      sold += line.base_minor;
    if (order.currency != amount.currency && amount.minor != 0)
      return core::fail(core::Errc::conflict,
                        "the order is booked in " + std::string(order.currency.code()));
    if (amount.minor > sold)
      return core::fail(core::Errc::conflict, "the order was worth " +
                                                  core::decimal_text({sold, order.currency}) +
                                                  ", and cannot become worth more");
    Judged judged;
    Statement& statement = judged.statements.emplace_back();
    statement.effect.ref = "modification";
    statement.effect.stated_at = at;
    statement.effect.amount_minor = sold - amount.minor;
    statement.placed_at = at;
    statement.reason = reason;
    return judged;
  };
  return change;
}

core::Result<Notice> read_modification(Parameters& call, const Received& received,
                                       bool is_reversal) {
  const core::Currency currency = call.currency("CurrencyCode", received.currency);
  Conversion sale{.currency = currency};
  sale.number = call.needed("OrderId", 80);
  sale.event = event_of(call);
  const std::string reason = call.needed(is_reversal ? "DispositionCode" : "Reason", 64);
  std::int64_t amount = 0;
  if (!is_reversal) {
    call.needed("Amount", 40);
    amount = call.money("Amount", currency);
  }
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  Notice notice;
  notice.state_at = received.at;
  notice.changes.push_back(
      worth(order_ref_of(sale, Numbers::of_brand), {amount, currency}, reason, received.at));
  return notice;
}

core::Result<Notice> read(const Received& received) {
  Parameters call = Parameters::of_either(received.body);
  if (received.topic.starts_with("PUT")) return read_modification(call, received, false);
  if (received.topic.starts_with("DELETE")) return read_modification(call, received, true);
  return read_conversion(call, received);
}

// The parameter that is in quotes at the start of the sentence, or the one it must be about.
std::string field_of(const Settled& settled) {
  const auto end = settled.detail.find('"', 1);
  if (settled.detail.starts_with('"') && end != std::string::npos)
    return settled.detail.substr(1, end - 1);
  return settled.refusal == Refusal::conflict ? "OrderId" : "ClickId";
}

core::Answer refusal(int status, std::string_view field, std::string_view message) {
  return net::json_answer(
      status,
      json::object{{"Status", "ERROR"},
                   {"errors", json::array{json::object{
                                  {"field", field}, {"level", "ERROR"}, {"message", message}}}}});
}

core::Answer answer(const Told& told) {
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return refusal(401, "AuthToken", "The AccountSID or the AuthToken is wrong.");
    case Refusal::removed:
      return refusal(403, "AccountSID", told.settled.detail);
    case Refusal::conflict:
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return refusal(400, field_of(told.settled), told.settled.detail);
    case Refusal::none:
      break;
  }
  const std::string_view account = told.topic.substr(told.topic.find(' ') + 1);
  const std::string said = std::string(told.topic) + "\n" + std::string(told.body);
  const std::string id = core::hex(core::as_text(core::sha256(said))).substr(0, 24);
  return net::json_answer(200, json::object{{"Status", "QUEUED"},
                                            {"QueuedUri", "/Advertisers/" + std::string(account) +
                                                              "/APISubmissions/" + id}});
}

}  // namespace

Platform impact() {
  return {
      .name = "impact",
      .is_signed = is_signed,
      .topic_of = topic_of,
      .delivery_id_of = no_id,
      .read = read,
      .protocol = Protocol{.endpoints = {{net::Method::post, "/Advertisers/{account}/Conversions"},
                                         {net::Method::put, "/Advertisers/{account}/Actions"},
                                         {net::Method::del, "/Advertisers/{account}/Actions"}},
                           .message_of = message_of,
                           .answer = answer}};
}

}  // namespace fairlead::attribution
