// Dub: POST /track/lead and /track/sale with a bearer key, from dubinc/dub's lib/zod/schemas and
// lib/api/conversions. A lead makes a customer known by a click; a sale names the customer, or a
// click of its own. Amounts are whole minor units. A lead is there once for each customer and
// event, a sale once for each invoiceId; without one, what is said must differ.
#include <algorithm>
#include <boost/json.hpp>

#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/tracker_parts.hpp"
#include "core/crypto.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

constexpr std::string_view lead_topic = "/track/lead";
constexpr std::size_t metadata_bytes_max = 10'000;

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(bearer_of(request), secrets);
}

std::string topic_of(const net::Request& request) {
  return std::string(rest_of(request));
}

std::string message_of(const net::Request& request) {
  return std::string(request.body);
}

// "Sign up" and "sign-up" are one event.
std::string slug_of(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    if (c == ' ') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

// The two older names of the field are accepted.
std::string customer_of(Parameters& call) {
  for (const char* name : {"customerExternalId", "externalId", "customerId"}) {
    std::string id = call.text(name, 100);
    if (!id.empty()) return id;
  }
  call.refuse("\"customerExternalId\" is missing");
  return "";
}

void check_words(Parameters& call, std::string_view body) {
  for (const char* name : {"customerName", "customerEmail"})
    call.text(name, 100);
  const auto object = parse_loose(body);
  const json::value* metadata = object ? find_member(*object, "metadata") : nullptr;
  if (metadata == nullptr) return;
  if (!metadata->is_object()) call.refuse("\"metadata\" must be an object");
  if (json::serialize(*metadata).size() > metadata_bytes_max)
    call.refuse("\"metadata\" must have at most 10000 characters");
}

core::Result<Notice> read_lead(const Received& received) {
  Parameters call = Parameters::of_json(received.body);
  Conversion lead{.currency = received.currency};
  lead.customer.key = customer_of(call);
  lead.number = alias_of(lead.customer);
  lead.event = "lead-" + slug_of(call.needed("eventName", 255));
  lead.click = call.text("clickId");
  lead.by_customer = lead.click.empty();
  const std::string mode = call.text("mode", 20);
  if (!mode.empty() && mode != "async" && mode != "wait" && mode != "deferred")
    call.refuse("\"mode\" must be async, wait or deferred");
  // A deferred lead only makes the customer known.
  if (mode == "deferred") lead.event = "deferred";
  call.integer("eventQuantity", 1, 100, 1);
  check_words(call, received.body);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(lead, Numbers::of_brand, received, "dub");
}

core::Result<Notice> read_sale(const Received& received) {
  Parameters call = Parameters::of_json(received.body);
  Conversion sale{.currency = call.currency("currency", core::Currency::of("USD"))};
  sale.customer.key = customer_of(call);
  sale.click = call.text("clickId");
  sale.by_customer = sale.click.empty();
  call.needed("amount", 40);
  sale.amount_minor = call.integer("amount", 0, core::amount_minor_max, 0);
  sale.number = call.text("invoiceId");
  if (sale.number.empty())
    sale.number = "sale-" + core::hex(core::as_text(core::sha256(received.body))).substr(0, 16);
  call.text("eventName", 255);
  check_words(call, received.body);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  if (sale.amount_minor == 0) {
    Notice notice;
    notice.ignored = "a sale of nothing is not recorded";
    return notice;
  }
  return notice_of(sale, Numbers::of_brand, received, "dub");
}

core::Result<Notice> read(const Received& received) {
  return received.topic == lead_topic ? read_lead(received) : read_sale(received);
}

// A field as it was sent; null when it was not.
json::value sent(const json::object& body, std::string_view name) {
  const json::value* value = find_member(body, name);
  return value == nullptr ? json::value(nullptr) : *value;
}

json::object customer_json(const json::object& body, std::string_view id) {
  return {{"name", sent(body, "customerName")},
          {"email", sent(body, "customerEmail")},
          {"avatar", sent(body, "customerAvatar")},
          {"externalId", id}};
}

core::Answer sale_answer(const json::object& body, std::string_view id, const Settled& settled) {
  const json::value event =
      find_member(body, "eventName") == nullptr ? json::value("Purchase") : sent(body, "eventName");
  const bool is_recorded =
      settled.outcome != DeliveryOutcome::ignored && settled.refusal == Refusal::none;
  if (!is_recorded)
    return net::json_answer(
        200, json::object{{"eventName", event}, {"customer", nullptr}, {"sale", nullptr}});
  core::Customer customer;
  customer.key = id;
  json::object shown = customer_json(body, id);
  shown["id"] = "cus_" + alias_of(customer).substr(9);
  const std::string currency = loose_text(body, "currency");
  const std::string processor = loose_text(body, "paymentProcessor");
  return net::json_answer(
      200, json::object{{"eventName", event},
                        {"customer", std::move(shown)},
                        {"sale",
                         {{"amount", sent(body, "amount")},
                          {"currency", slug_of(currency.empty() ? "usd" : currency)},
                          {"paymentProcessor", processor.empty() ? "custom" : processor},
                          {"invoiceId", sent(body, "invoiceId")},
                          {"metadata", sent(body, "metadata")}}}});
}

core::Answer refusal(int status, std::string_view code, std::string_view message) {
  std::string page(code);
  std::replace(page.begin(), page.end(), '_', '-');
  return net::json_answer(
      status, json::object{{"error",
                            {{"code", code},
                             {"message", message},
                             {"doc_url", "https://dub.co/docs/api-reference/errors#" + page}}}});
}

core::Answer answer(const Told& told) {
  const auto parsed = parse_loose(told.body);
  const json::object body = parsed ? *parsed : json::object{};
  const bool is_lead = told.topic == lead_topic;
  const std::string click = loose_text(body, "clickId");
  Parameters call = Parameters::of_json(told.body);
  const std::string id = customer_of(call);
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return refusal(401, "unauthorized", "Unauthorized: Invalid API key.");
    case Refusal::removed:
      return refusal(403, "forbidden", told.settled.detail);
    case Refusal::unknown_click:
      return refusal(404, "not_found", "Click event not found for clickId: " + click);
    case Refusal::conflict:
      return refusal(409, "conflict", told.settled.detail);
    case Refusal::unknown_customer:
      if (is_lead)
        return refusal(400, "bad_request",
                       "The `clickId` property was not provided and no existing customer with the "
                       "provided `customerExternalId` was found.");
      return sale_answer(body, id, told.settled);
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return refusal(422, "unprocessable_entity", told.settled.detail);
    case Refusal::none:
      break;
  }
  if (!is_lead) return sale_answer(body, id, told.settled);
  return net::json_answer(200, json::object{{"click", {{"id", click}}},
                                            {"link", nullptr},
                                            {"customer", customer_json(body, id)}});
}

}  // namespace

Platform dub() {
  return {.name = "dub",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{
              .endpoints = {{net::Method::post, "/track/lead"}, {net::Method::post, "/track/sale"}},
              .message_of = message_of,
              .answer = answer}};
}

}  // namespace fairlead::attribution
