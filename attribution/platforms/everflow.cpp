// Everflow: GET with a query to the root, helpdesk.everflow.io "S2S postback URLs". The click is
// transaction_id, coupon_code is worth as much, verification_token is the secret. 12,34 is 12.34
// here and nowhere else. The body of the answer is not documented: {"error_code"} with the codes of
// Everflow's conversion errors, 0 when all is well.
#include <algorithm>

#include "attribution/platforms/tracker_parts.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view secret_name = "verification_token";

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(net::query_value(request.query, secret_name).value_or(""), secrets);
}

std::string topic_of(const net::Request&) {
  return "";
}

std::string message_of(const net::Request& request) {
  return form_of(request, {secret_name});
}

std::string decimal_of(std::string amount) {
  const auto commas = std::count(amount.begin(), amount.end(), ',');
  const bool is_plain = amount.find('.') == amount.npos && commas == 1;
  if (is_plain) std::replace(amount.begin(), amount.end(), ',', '.');
  return amount;
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.click = call.text("transaction_id");
  sale.code = call.text("coupon_code", 64);
  sale.number = call.text("order_id", 100);
  const char* event = call.has("adv_event_id") ? "adv_event_id" : "event_id";
  sale.event = call.text(event, 40);
  if (sale.event == "0") sale.event.clear();
  sale.amount_minor = call.money_of("amount", decimal_of(call.text("amount", 40)), sale.currency);
  if (sale.click.empty() && sale.code.empty()) call.refuse("\"transaction_id\" is missing");
  if (sale.click.empty() && sale.number.empty())
    call.refuse("a conversion by \"coupon_code\" alone needs an \"order_id\"");
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(sale, Numbers::of_brand, received, "everflow");
}

// Of the documented conversion errors.
int error_code_of(const Settled& settled) {
  switch (settled.refusal) {
    case Refusal::unauthorized:
      return 21;  // verification token
    case Refusal::removed:
      return 18;  // inactive
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      return 13;  // click not found
    case Refusal::conflict:
      return 8;  // duplicate
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return 12;  // transaction id
    case Refusal::none:
      return settled.outcome == DeliveryOutcome::duplicate ? 8 : 0;
  }
  return 0;
}

core::Answer answer(const Told& told) {
  const int code = error_code_of(told.settled);
  boost::json::object body{{"error_code", code}};
  if (code != 0) body["message"] = told.settled.detail;
  return net::json_answer(200, body);
}

}  // namespace

Platform everflow() {
  return {.name = "everflow",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{
              .endpoints = {{net::Method::get, ""}}, .message_of = message_of, .answer = answer}};
}

}  // namespace fairlead::attribution
