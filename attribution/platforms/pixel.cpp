// fairlead's pixel: an image that any thank-you page can show, GET of the integration's path. What
// a browser says proves nothing but its click, so what becomes of it depends on who vouches:
//
//   nobody            the order "{order}:pixel", not confirmed: nobody earns anything by it
//   sig=…             the shop's server, which signed the query: an order like any other
//   key=…             the shop's server itself, which confirms or rejects what a page said
//
// A page's order has a name of its own, so that nobody can take an order's place by guessing its
// number. The answer is the image, whatever becomes of the call: docs/integrations/
// pixel-and-postback.md.
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/tracker_parts.hpp"
#include "core/crypto.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::string_view mark = "vouched_by";
constexpr std::string_view signature_mark = "&sig=";

// A transparent GIF of one pixel.
constexpr std::string_view image(
    "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 43);

bool has(const net::Request& request, std::string_view name) {
  return net::query_value(request.query, name).has_value();
}

// The signature is the last parameter, over the query in front of it as it was sent.
bool is_signed_query(std::string_view query, std::span<const std::string> secrets) {
  const auto at = query.rfind(signature_mark);
  const std::string_view text = query.substr(0, at);
  const std::string given(at == query.npos ? "" : query.substr(at + signature_mark.size()));
  std::vector<std::string> good;
  for (const std::string& secret : secrets)
    good.push_back(core::hex(core::as_text(core::hmac_sha256(secret, text))));
  return is_secret(given, good);
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  if (const auto key = net::query_value(request.query, "key")) return is_secret(*key, secrets);
  return !has(request, "sig") || is_signed_query(request.query, secrets);
}

std::string topic_of(const net::Request&) {
  return "";
}

std::string message_of(const net::Request& request) {
  std::string message(mark);
  message += has(request, "key") ? "=server&" : has(request, "sig") ? "=signature&" : "=nobody&";
  return message + form_of(request, {"key", "sig", mark});
}

std::string text_of(core::Money money) {
  return core::decimal_text(money) + " " + std::string(money.currency.code());
}

Statement cancelled(std::string_view ref, bool is_cancelled, std::string reason, core::Instant at) {
  Statement statement;
  statement.effect.ref = ref;
  statement.effect.kind = EffectKind::cancellation;
  statement.effect.stated_at = at;
  statement.effect.stated_minor = is_cancelled ? 1 : 0;
  statement.placed_at = at;
  statement.reason = std::move(reason);
  return statement;
}

Statement sold_for(std::int64_t amount_minor, core::Instant at) {
  Statement statement;
  statement.effect.ref = "edit";
  statement.effect.kind = EffectKind::edit;
  statement.effect.stated_at = at;
  statement.effect.lines.push_back({"1", 1, amount_minor});
  statement.placed_at = at;
  statement.reason = "the shop's amount";
  return statement;
}

// The shop's own word about what a page said. Its amount counts, and where the two differ a person
// should look at it.
Change word_of_shop(std::string order_ref, Standing standing, core::Money amount,
                    core::Instant at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [standing, amount, at](const SoldOrder& order) -> core::Result<Judged> {
    Judged judged;
    if (standing == Standing::rejected) {
      judged.statements.push_back(cancelled("cancelled", true, "order rejected", at));
      return judged;
    }
    if (order.currency != amount.currency)
      return core::fail(core::Errc::conflict,
                        "the page said " + std::string(order.currency.code()));
    std::int64_t sold = 0;
    for (const StoredLine& line : order.lines)
      sold += line.base_minor;
    if (sold != amount.minor) {
      judged.statements.push_back(sold_for(amount.minor, at));
      judged.notes.push_back("the page said " + text_of({sold, order.currency}));
    }
    for (const std::string_view ref : {unconfirmed_ref, std::string_view("cancelled")}) {
      const Effect* known = find_effect(order.effects, EffectKind::cancellation, ref);
      if (known != nullptr && known->stated_minor != 0)
        judged.statements.push_back(cancelled(ref, false, "order confirmed", at));
    }
    return judged;
  };
  return change;
}

std::string page_event(const std::string& event) {
  return event.empty() ? "pixel" : event + ":pixel";
}

core::Result<Notice> read_word(Parameters& call, Conversion sale, const Received& received) {
  const std::string status = call.text("status", 40);
  if (!status.empty() && status != "approved" && status != "rejected")
    call.refuse("\"status\" must be approved or rejected");
  const bool is_rejected = status == "rejected";
  if (!is_rejected) call.needed("amount", 40);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  sale.event = page_event(sale.event);
  Notice notice;
  notice.state_at = received.at;
  notice.changes.push_back(word_of_shop(order_ref_of(sale, Numbers::of_brand),
                                        is_rejected ? Standing::rejected : Standing::confirmed,
                                        {sale.amount_minor, sale.currency}, received.at));
  return notice;
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  const std::string vouched_by = call.text(mark, 20);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.number = call.needed("order", 100);
  sale.event = call.text("event", 40);
  sale.amount_minor = call.money("amount", sale.currency);
  if (vouched_by == "server") return read_word(call, sale, received);
  sale.click = call.text("click");
  sale.code = call.text("code", 64);
  if (vouched_by != "signature") {
    sale.standing = Standing::unconfirmed;
    sale.event = page_event(sale.event);
    if (sale.click.empty()) call.refuse("\"click\" is missing");
  }
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  return notice_of(sale, Numbers::of_brand, received, "pixel");
}

core::Answer answer(const Told& told) {
  if (told.body.starts_with("vouched_by=server")) return outcome_answer(told);
  return {
      .status = 200,
      .media_type = "image/gif",
      .body = std::string(image),
      .headers = {{"Cache-Control", "no-store"}, {"Cross-Origin-Resource-Policy", "cross-origin"}}};
}

}  // namespace

Platform pixel() {
  return {.name = "pixel",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::get, ""}},
                               .message_of = message_of,
                               .answer = answer,
                               .is_public = true}};
}

}  // namespace fairlead::attribution
