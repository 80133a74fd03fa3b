// TUNE (HasOffers): GET /aff_lsr, and GET /aff_goal for other events than the sale. The click is
// transaction_id; security_token is the secret. The status is 200 either way, the body says which:
// support.tune.com, "Receiving Conversions via Postback URL". One conversion for each click, goal
// and adv_sub; one that comes again is refused, as TUNE does.
#include "attribution/platforms/tracker_parts.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view secret_name = "security_token";

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(net::query_value(request.query, secret_name).value_or(""), secrets);
}

std::string topic_of(const net::Request& request) {
  return std::string(rest_of(request));
}

std::string message_of(const net::Request& request) {
  return form_of(request, {secret_name});
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.click = call.needed("transaction_id");
  sale.number = call.text("adv_sub");
  sale.amount_minor = call.money("amount", sale.currency);
  if (received.topic == "/aff_goal") sale.event = "goal-" + call.needed("goal_id", 40);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(sale, Numbers::of_click, received, "tune");
}

std::string error_of(const Told& told) {
  const std::string click = Parameters(told.body).text("transaction_id");
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return "Invalid security token";
    case Refusal::removed:
      return "This integration was removed";
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      return "Invalid Trans. ID #" + click;
    case Refusal::conflict:
      return "Duplicate conversion for Trans. ID #" + click;
    case Refusal::none:
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return told.settled.outcome == DeliveryOutcome::duplicate
                 ? "Duplicate conversion for Trans. ID #" + click
                 : told.settled.detail;
  }
  return told.settled.detail;
}

core::Answer answer(const Told& told) {
  const bool is_new = told.settled.outcome != DeliveryOutcome::failed &&
                      told.settled.outcome != DeliveryOutcome::duplicate;
  return text_answer(is_new ? "success=true;" : "success=false; err_msg=" + error_of(told) + ";");
}

}  // namespace

Platform tune() {
  return {.name = "tune",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{
              .endpoints = {{net::Method::get, "/aff_lsr"}, {net::Method::get, "/aff_goal"}},
              .message_of = message_of,
              .answer = answer}};
}

}  // namespace fairlead::attribution
