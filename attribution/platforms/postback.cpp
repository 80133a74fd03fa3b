// fairlead's own postback, for everything that can call a URL: GET or POST of a form to the
// integration's path, with the secret as `key` or as a bearer token. Fields, statuses and answers:
// docs/integrations/pixel-and-postback.md.
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/tracker_parts.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view secret_name = "key";

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  const auto key = net::query_value(request.query, secret_name);
  return is_secret(key ? *key : bearer_of(request), secrets);
}

std::string topic_of(const net::Request&) {
  return "";
}

std::string message_of(const net::Request& request) {
  return form_of(request, {secret_name});
}

Standing standing_of(Parameters& call) {
  const std::string status = call.text("status", 40);
  if (status == "pending") return Standing::unconfirmed;
  if (status == "rejected") return Standing::rejected;
  if (!status.empty() && status != "approved")
    call.refuse("\"status\" must be approved, pending or rejected");
  return Standing::confirmed;
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.number = call.needed("order", 100);
  sale.event = call.text("event", 40);
  sale.click = call.text("click");
  sale.code = call.text("code", 64);
  sale.customer.key = call.text("customer");
  sale.amount_minor = call.money("amount", sale.currency);
  sale.standing = standing_of(call);
  const std::string refund = call.text("refund", 100);
  if (!refund.empty() && !call.has("amount")) call.refuse("a refund needs an \"amount\"");
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  const std::string ref = order_ref_of(sale, Numbers::of_brand);
  const bool is_change = !call.has("amount") && sale.click.empty() && sale.code.empty();
  Notice notice;
  notice.state_at = received.at;
  if (!refund.empty()) {
    notice.changes.push_back(
        refund_of(ref, refund, {sale.amount_minor, sale.currency}, received.at));
  } else if (sale.standing == Standing::rejected) {
    notice.changes.push_back(cancellation(ref, Cancelled::yes, received.at));
  } else if (sale.standing == Standing::confirmed && is_change) {
    notice.changes.push_back(confirmation(ref, received.at));
  } else {
    auto whole = notice_of(sale, Numbers::of_brand, received, "postback");
    if (!whole) return whole.error();
    notice = *std::move(whole);
  }
  // What was rejected may be approved after all.
  if (sale.standing == Standing::confirmed && refund.empty())
    notice.changes.push_back(cancellation(ref, Cancelled::no, received.at));
  return notice;
}

}  // namespace

Platform postback() {
  return {.name = "postback",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::get, ""}, {net::Method::post, ""}},
                               .message_of = message_of,
                               .answer = outcome_answer}};
}

}  // namespace fairlead::attribution
