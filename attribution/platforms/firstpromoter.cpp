// FirstPromoter: POST /api/v2/track/{signup|sale|refund|cancellation} with a bearer key and an
// Account-ID, and the same under /api/v1 with X-API-KEY; docs.firstpromoter.com. Parameters come as
// JSON, as a form or in the query. A signup makes a customer known by the click in `tid`; a sale
// names the customer. Amounts are whole minor units.
#include <boost/json.hpp>

#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/tracker_parts.hpp"
#include "core/crypto.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

bool is_v1(const net::Request& request) {
  return rest_of(request).starts_with("/api/v1/");
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  const std::string key =
      is_v1(request) ? std::string(request.header("X-API-KEY")) : bearer_of(request);
  const bool has_account = is_v1(request) || !request.header("Account-ID").empty();
  return is_secret(key, secrets) && has_account;
}

// "signup", …
std::string topic_of(const net::Request& request) {
  const std::string_view rest = rest_of(request);
  return std::string(rest.substr(rest.rfind('/') + 1));
}

std::string message_of(const net::Request& request) {
  return form_or_json(request);
}

core::Customer customer_of(Parameters& call) {
  core::Customer customer;
  customer.key = call.text("uid");
  customer.email_sha256 = email_digest(call.text("email", 254));
  if (customer.identity().empty()) call.refuse("\"email\" or \"uid\" is missing");
  return customer;
}

core::Result<Notice> read_signup(Parameters& call, const Received& received) {
  Conversion signup{.currency = received.currency};
  signup.customer = customer_of(call);
  signup.number = alias_of(signup.customer);
  signup.event = "signup";
  signup.click = call.text("tid");
  if (signup.click.empty()) signup.code = call.needed("ref_id", 64);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(signup, Numbers::of_brand, received, "firstpromoter");
}

core::Result<Notice> read_sale(Parameters& call, const Received& received) {
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.customer = customer_of(call);
  sale.number = call.needed("event_id", 100);
  call.needed("amount", 40);
  sale.amount_minor = call.integer("amount", 0, core::amount_minor_max, 0);
  sale.click = call.text("tid");
  const std::string code = call.text("promo_code", 64);
  sale.code = code.empty() ? call.text("ref_id", 64) : code;
  sale.by_customer = sale.click.empty() && sale.code.empty();
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(sale, Numbers::of_brand, received, "firstpromoter");
}

core::Result<Notice> read_refund(Parameters& call, const Received& received) {
  const core::Currency currency = call.currency("currency", received.currency);
  customer_of(call);
  const std::string number = call.needed("event_id", 100);
  const std::string sale = call.needed("sale_event_id", 100);
  call.needed("amount", 40);
  const std::int64_t amount = call.integer("amount", 0, core::amount_minor_max, 0);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  Notice notice;
  notice.state_at = received.at;
  notice.changes.push_back(refund_of(sale, number, {amount, currency}, received.at));
  return notice;
}

core::Result<Notice> read(const Received& received) {
  Parameters call = Parameters::of_either(received.body);
  if (received.topic == "signup") return read_signup(call, received);
  if (received.topic == "sale") return read_sale(call, received);
  if (received.topic == "refund") return read_refund(call, received);
  customer_of(call);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  Notice notice;
  notice.ignored = "a cancelled subscription moves no money";
  return notice;
}

// The same message has the same number.
std::int64_t number_of(const Told& told) {
  const core::Digest digest = core::sha256(std::string(told.topic) + "\n" + std::string(told.body));
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 6; ++i)
    number = number * 256 + digest[i];
  return number;
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object refund_json(const Told& told, Parameters& call, json::object lead) {
  const std::int64_t amount = call.integer("amount", 0, core::amount_minor_max, 0);
  return {{"id", number_of(told)},
          {"type", "refund"},
          {"amount_cents", -amount},
          {"event_id", text_or_null(call.text("event_id"))},
          {"lead", std::move(lead)}};
}

core::Answer taken(const Told& told) {
  Parameters call = Parameters::of_either(told.body);
  json::object person{{"email", text_or_null(call.text("email", 254))},
                      {"uid", text_or_null(call.text("uid"))}};
  if (told.topic == "refund") return net::json_answer(200, refund_json(told, call, person));
  if (told.topic == "cancellation") return net::json_answer(200, person);
  const bool is_sale = told.topic == "sale";
  const std::int64_t amount = call.integer("amount", 0, core::amount_minor_max, 0);
  const auto currency = call.currency("currency", told.currency);
  return net::json_answer(
      200,
      json::object{
          {"id", number_of(told)},
          {"etype", told.topic},
          {"sale_amount", is_sale ? json::value(amount) : json::value(nullptr)},
          {"original_sale_amount", is_sale ? json::value(amount) : json::value(nullptr)},
          {"original_sale_currency", is_sale ? json::value(currency.code()) : json::value(nullptr)},
          {"event_id", text_or_null(call.text("event_id"))},
          {"plan_id", text_or_null(call.text("plan"))},
          {"billing_period", nullptr},
          {"referral", std::move(person)},
          {"commissions", json::array{}}});
}

core::Answer refusal(int status, std::string_view message) {
  return net::json_answer(status, json::object{{"message", message}, {"code", status}});
}

// {"errors": {the parameter: [what is wrong]}}
core::Answer invalid(const std::string& detail) {
  const auto end = detail.find('"', 1);
  const bool is_named = detail.starts_with('"') && end != detail.npos;
  const std::string field = is_named ? detail.substr(1, end - 1) : "base";
  return net::json_answer(
      422, json::object{{"message", detail}, {"code", 422}, {"errors", {{field, {detail}}}}});
}

core::Answer answer(const Told& told) {
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return refusal(401, "The API key or the Account-ID is missing or wrong.");
    case Refusal::removed:
      return refusal(403, told.settled.detail);
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      return refusal(404, "Referral not found: " + told.settled.detail);
    case Refusal::conflict:
      return refusal(409, told.settled.detail);
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return invalid(told.settled.detail);
    case Refusal::none:
      return taken(told);
  }
  return taken(told);
}

std::vector<Endpoint> endpoints() {
  std::vector<Endpoint> all;
  for (const char* version : {"/api/v2/track/", "/api/v1/track/"}) {
    for (const char* kind : {"signup", "sale", "refund", "cancellation"})
      all.push_back({net::Method::post, std::string(version) + kind});
  }
  return all;
}

}  // namespace

Platform firstpromoter() {
  return {
      .name = "firstpromoter",
      .is_signed = is_signed,
      .topic_of = topic_of,
      .delivery_id_of = no_id,
      .read = read,
      .protocol = Protocol{.endpoints = endpoints(), .message_of = message_of, .answer = answer}};
}

}  // namespace fairlead::attribution
