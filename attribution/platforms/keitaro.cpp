// Keitaro: GET /{postback key}/postback, the key is the secret. docs.keitaro.io, "Postback": the
// click is subid, one conversion for each pair of subid and tid; a pair that is known is left as it
// is, but for its status: lead → sale, and lead, sale or rebill → rejected. Senders' own words for
// a status are told by sale_status, lead_status, rejected_status and ignore_status. The body of the
// answer is what `return` asks for, whatever becomes of the call.
#include <algorithm>

#include "attribution/platforms/tracker_parts.hpp"

namespace fairlead::attribution {

namespace {

std::string_view key_of(const net::Request& request) {
  std::string_view rest = rest_of(request);
  if (!rest.empty()) rest.remove_prefix(1);
  return rest.substr(0, rest.find('/'));
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(net::percent_decode(key_of(request)), secrets);
}

std::string topic_of(const net::Request&) {
  return "/postback";
}

std::string message_of(const net::Request& request) {
  return form_of(request, {});
}

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view entry = words.substr(0, words.find(','));
    words.remove_prefix(std::min(words.size(), entry.size() + 1));
    if (entry == word) return true;
  }
  return false;
}

// One of Keitaro's own words; "ignored", or "" for a word that nobody has explained.
std::string meaning_of(Parameters& call, const std::string& status) {
  if (status.empty()) return "sale";
  if (lists(call.text("ignore_status", 255), status)) return "ignored";
  for (const char* word : {"sale", "lead", "rejected"}) {
    if (lists(call.text(std::string(word) + "_status", 255), status)) return word;
  }
  const bool is_known =
      status == "sale" || status == "lead" || status == "rejected" || status == "rebill";
  return is_known ? status : "";
}

Standing standing_of(std::string_view meaning) {
  if (meaning == "rejected") return Standing::rejected;
  return meaning == "sale" || meaning == "rebill" ? Standing::confirmed : Standing::unconfirmed;
}

Notice ignored(std::string why) {
  Notice notice;
  notice.ignored = std::move(why);
  return notice;
}

core::Result<Notice> read(const Received& received) {
  Parameters call(received.body);
  const std::string status = call.text("status", 64);
  const std::string meaning = meaning_of(call, status);
  Conversion sale{.currency = call.currency("currency", received.currency)};
  sale.click = call.text("subid");
  if (sale.click.empty()) sale.click = call.needed("sub_id");
  sale.number = call.text("tid");
  sale.amount_minor = call.money(call.has("payout") ? "payout" : "revenue", sale.currency);
  sale.standing = standing_of(meaning);
  if (!call.problem().empty()) return core::fail(core::Errc::invalid, call.problem());
  if (meaning == "ignored") return ignored("the status \"" + status + "\" is to be ignored");
  if (meaning == "rebill" && sale.number.empty()) return ignored("a rebill needs a \"tid\"");
  auto notice = notice_of(sale, Numbers::of_click, received, "keitaro");
  if (notice && meaning.empty())
    notice->remarks.push_back("the status \"" + status + "\" is not known; taken for a lead");
  return notice;
}

core::Answer answer(const Told& told) {
  if (told.settled.refusal == Refusal::unauthorized || told.settled.refusal == Refusal::removed)
    return text_answer("The postback key is wrong.", 404);
  const std::string wanted = Parameters(told.body).text("return", 64);
  return text_answer(wanted.empty() ? "Success" : wanted);
}

}  // namespace

Platform keitaro() {
  return {.name = "keitaro",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = no_id,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::get, "/{key}/postback"}},
                               .message_of = message_of,
                               .answer = answer}};
}

}  // namespace fairlead::attribution
