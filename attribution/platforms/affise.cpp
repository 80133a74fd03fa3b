// Affise: GET /postback, help-center.affise.com "Affise postback URL parameters" and "Postback
// errors". The click is clickid (or click_id), action_id the advertiser's number, `secure` the
// secret. Only what is pending may still be changed. The status is 200 either way; the body says
// 1, or 2 with the reason, as the postback log of Affise does.
#include <algorithm>

#include "attribution/platforms/tracker_parts.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view secret_name = "secure";

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(net::query_value(request.query, secret_name).value_or(""), secrets);
}

std::string topic_of(const net::Request&) {
  return "/postback";
}

std::string message_of(const net::Request& request) {
  return form_of(request, {secret_name});
}

Standing standing_of(Parameters& call) {
  const std::string status = call.text("status", 8);
  if (status == "3") return Standing::rejected;
  if (status == "2" || status == "5") return Standing::unconfirmed;
  if (!status.empty() && status != "1")
    call.refuse("\"status\" must be 1 approved, 2 pending, 3 declined or 5 hold");
  return Standing::confirmed;
}

// Goals are told apart without case; the first is the sale.
std::string goal_of(Parameters& call) {
  std::string goal = call.text("goal", 40);
  std::transform(goal.begin(), goal.end(), goal.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return goal == "1" ? "" : goal;
}

Change declined(std::string order_ref, core::Instant at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [at](const SoldOrder& order) -> core::Result<Judged> {
    const Effect* open = find_effect(order.effects, EffectKind::cancellation, unconfirmed_ref);
    if (open == nullptr || open->stated_minor == 0)
      return core::fail(core::Errc::conflict, "Conversion status is not pending");
    Judged judged;
    Statement& statement = judged.statements.emplace_back();
    statement.effect.ref = "cancelled";
    statement.effect.kind = EffectKind::cancellation;
    statement.effect.stated_at = at;
    statement.effect.stated_minor = 1;
    statement.placed_at = at;
    statement.reason = "declined";
    return judged;
  };
  return change;
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.click = call.text(call.has("clickid") ? "clickid" : "click_id");
  sale.code = call.text("promo_code", 64);
  sale.number = call.text("action_id");
  sale.event = goal_of(call);
  sale.customer.key = call.text("user_id");
  sale.amount_minor = call.money("sum", sale.currency);
  sale.standing = standing_of(call);
  if (sale.click.empty() && sale.code.empty())
    call.refuse("Missing mandatory parameter clickid/click_id");
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  if (sale.standing != Standing::rejected)
    return notice_of(sale, Numbers::of_click, received, "affise");
  Notice notice;
  notice.state_at = received.at;
  notice.changes.push_back(declined(order_ref_of(sale, Numbers::of_click), received.at));
  return notice;
}

std::string reason_of(const Settled& settled) {
  switch (settled.refusal) {
    case Refusal::unauthorized:
      return "Access denied";
    case Refusal::removed:
      return "Offer disabled";
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      return "Broken clickid";
    case Refusal::conflict:
      return "Conversion status is not pending";
    case Refusal::none:
    case Refusal::invalid:
    case Refusal::key_reused:
    case Refusal::unavailable:
      return settled.detail;
  }
  return settled.detail;
}

core::Answer answer(const Told& told) {
  if (told.settled.outcome != DeliveryOutcome::failed)
    return net::json_answer(200, boost::json::object{{"status", 1}});
  return net::json_answer(200,
                          boost::json::object{{"status", 2}, {"message", reason_of(told.settled)}});
}

}  // namespace

Platform affise() {
  return {.name = "affise",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::get, "/postback"}},
                               .message_of = message_of,
                               .answer = answer}};
}

}  // namespace fairlead::attribution
