// Voluum: GET /postback, doc.voluum.com "Postback URL". The click is cid; txid tells several
// conversions of one click apart, and the same txid again is the newer figure of the same one; et
// names another event than the sale. Voluum has no secret of its own: ours is `token`. Voluum does
// not document its answer: 1, or a sentence with a status that says why not.
#include "attribution/platforms/tracker_parts.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view secret_name = "token";

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(net::query_value(request.query, secret_name).value_or(""), secrets);
}

std::string topic_of(const net::Request&) {
  return "/postback";
}

std::string message_of(const net::Request& request) {
  return form_of(request, {secret_name});
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.click = call.needed("cid");
  sale.number = call.text("txid");
  sale.event = call.text("et", 40);
  sale.amount_minor = call.money("payout", sale.currency);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  auto notice = notice_of(sale, Numbers::of_click, received, "voluum");
  if (notice) notice->tracked->is_editable = true;
  return notice;
}

core::Answer answer(const Told& told) {
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return text_answer("The token is wrong.", 401);
    case Refusal::removed:
      return text_answer(told.settled.detail, 410);
    case Refusal::none:
    case Refusal::invalid:
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
    case Refusal::conflict:
    case Refusal::key_reused:
    case Refusal::unavailable:
      break;
  }
  if (told.settled.outcome == DeliveryOutcome::failed) return text_answer(told.settled.detail, 400);
  return text_answer("1");
}

}  // namespace

Platform voluum() {
  return {.name = "voluum",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::get, "/postback"}},
                               .message_of = message_of,
                               .answer = answer}};
}

}  // namespace fairlead::attribution
