// fairlead as an attribution provider of the Agentic Commerce Protocol (rfc.affiliate_attribution):
// `token` is a click token. The shop's server passes on what an agent sent it, and what became of
// the checkout; docs/integrations/agentic-commerce.md. The first touch is told when the session is
// created and waits for the order, the last one comes with its completion; both are touches of the
// order, and the campaign's model decides.
//
// What is kept of a call is what an order needs: nothing of a buyer, nothing that was refused, and
// no metadata. The object is never given back.
#include <boost/json.hpp>

#include "attribution/platforms/acp_claim.hpp"
#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "attribution/platforms/tracker_parts.hpp"
#include "core/crypto.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

// From this version on the published OpenAPI wants a key, and says 422 where the RFC says 409.
constexpr std::string_view strict_version = "2026-04-17";
constexpr std::string_view create_topic = "create";

bool is_strict(const net::Request& request) {
  return request.header("API-Version") >= strict_version;
}

bool is_signed(const net::Request& request, std::span<const std::string> secrets, core::Instant) {
  return is_secret(bearer_of(request), secrets);
}

std::string topic_of(const net::Request& request) {
  return std::string(rest_of(request).ends_with("/complete") ? "complete" : create_topic);
}

// A key is one caller's and one endpoint's.
std::string delivery_id_of(const net::Request& request) {
  const std::string_view key = request.header("Idempotency-Key");
  if (key.empty()) return "";
  return core::hex(
      core::as_text(core::sha256(std::string(rest_of(request)) + "\n" + std::string(key))));
}

json::object problem_json(const AcpProblem& problem) {
  return {{"code", problem.code}, {"param", problem.param}, {"message", problem.message}};
}

std::optional<AcpProblem> problem_of_call(const net::Request& request, const json::object& body) {
  const std::string_view key = request.header("Idempotency-Key");
  if (key.empty() && is_strict(request))
    return AcpProblem{"idempotency_key_required", "", "Send an Idempotency-Key."};
  if (key.size() > 255)
    return AcpProblem{"invalid_idempotency_key", "", "An Idempotency-Key has at most 255 bytes."};
  const json::value* claim = body.if_contains("affiliate_attribution");
  return claim == nullptr ? std::nullopt : find_problem(*claim);
}

// Of the session in the path, else of the one in the body.
std::string session_of(const net::Request& request, const json::object& session) {
  std::string_view rest = rest_of(request);
  const auto id = rest.find('/', 1);
  if (id == rest.npos) return loose_text(session, "id");
  rest = rest.substr(id + 1);
  return net::percent_decode(rest.substr(0, rest.find('/')));
}

// A number as it was sent, or nothing.
void keep(json::object& kept, const json::object& from, const char* name) {
  std::string text = loose_text(from, name);
  if (!text.empty()) kept[name] = std::move(text);
}

json::array lines_of(const json::object& session) {
  json::array lines;
  for (const json::object* line : objects_in(session, "line_items")) {
    const json::object* item = find_object(*line, "item");
    json::object kept{{"id", loose_text(*line, "id")}};
    if (item != nullptr) {
      kept["product_id"] = loose_text(*item, "id");
      keep(kept, *item, "quantity");
    }
    for (const char* name : {"subtotal", "discount", "tax"})
      keep(kept, *line, name);
    lines.push_back(std::move(kept));
  }
  return lines;
}

// Without what was wrong, and without what is nobody's business.
std::string message_of(const net::Request& request) {
  const auto body = parse_loose(request.body);
  json::object kept{{"payload", core::hex(core::as_text(core::sha256(request.body)))}};
  if (!body) {
    kept["problem"] = problem_json({"invalid_json", "$", "The body must be a JSON object."});
    return json::serialize(kept);
  }
  if (const auto problem = problem_of_call(request, *body)) {
    kept["problem"] = problem_json(*problem);
    return json::serialize(kept);
  }
  if (const json::object* claim = find_object(*body, "affiliate_attribution")) {
    kept["claim"] = json::object{{"provider", loose_text(*claim, "provider")},
                                 {"token", loose_text(*claim, "token")},
                                 {"publisher_id", loose_text(*claim, "publisher_id")}};
  }
  const json::object* found = find_object(*body, "checkout_session");
  const json::object session = found == nullptr ? json::object{} : *found;
  const json::object* order = find_object(session, "order");
  kept["session"] = session_of(request, session);
  kept["order"] = order == nullptr ? "" : loose_text(*order, "id");
  kept["currency"] = loose_text(session, "currency");
  kept["lines"] = lines_of(session);
  for (const json::object* total : objects_in(session, "totals")) {
    const std::string type = loose_text(*total, "type");
    if (type == "tax" || type == "fulfillment") kept[type] = loose_text(*total, "amount");
  }
  return json::serialize(kept);
}

core::Result<core::Item> item_of(const json::object& line) {
  const auto quantity = loose_integer(line, "quantity", 1);
  if (!quantity) return quantity.error();
  const auto subtotal = loose_integer(line, "subtotal", 0);
  if (!subtotal) return subtotal.error();
  const auto discount = loose_integer(line, "discount", 0);
  if (!discount) return discount.error();
  const auto tax = loose_integer(line, "tax", 0);
  if (!tax) return tax.error();
  if (*quantity < 1 || *quantity > shop_quantity_max || *subtotal < 0 || *discount < 0 ||
      *tax < 0 || *subtotal > core::amount_minor_max || *discount > core::amount_minor_max)
    return core::fail(core::Errc::invalid, "a line's quantity or amount is out of range");
  core::Item item = item_of_base(loose_text(line, "id"), *quantity, *subtotal, *discount);
  item.product_id = loose_text(line, "product_id");
  item.tax_minor = *tax;
  if (item.line_id.empty()) return core::fail(core::Errc::invalid, "a line has no \"id\"");
  return item;
}

core::Result<core::Order> order_of(const json::object& kept, const Received& received) {
  const auto currency = core::Currency::parse(loose_text(kept, "currency"));
  if (!currency) return currency.error();
  const auto shipping = loose_integer(kept, "fulfillment", 0);
  if (!shipping) return shipping.error();
  const auto tax = loose_integer(kept, "tax", 0);
  if (!tax) return tax.error();
  core::Order order{.brand = received.brand,
                    .order_ref = loose_text(kept, "order"),
                    .placed_at = received.at,
                    .currency = *currency,
                    .items = {},
                    .shipping_minor = *shipping,
                    .codes = {},
                    .click_ids = {},
                    .customer = {},
                    .source = "acp"};
  std::int64_t taxes = 0;
  const auto lines = objects_in(kept, "lines");
  if (lines.empty() || lines.size() > shop_lines_max)
    return core::fail(core::Errc::invalid, "\"checkout_session.line_items\" is missing");
  for (const json::object* line : lines) {
    auto item = item_of(*line);
    if (!item) return item.error();
    taxes += item->tax_minor;
    order.items.push_back(*std::move(item));
  }
  order.tax_minor = std::max(*tax, taxes);
  return order;
}

core::Result<Notice> read(const Received& received) {
  const auto kept = parse_loose(received.body);
  if (!kept) return kept.error();
  if (const json::object* problem = find_object(*kept, "problem"))
    return core::fail(core::Errc::invalid,
                      loose_text(*problem, "code") + " " + loose_text(*problem, "param", 200));
  const std::string session = loose_text(*kept, "session");
  if (session.empty()) return core::fail(core::Errc::invalid, "\"checkout_session.id\" is missing");
  Claim claim{.order_ref = "acp:" + session, .provider = {}, .publisher = {}, .click = {}};
  if (const json::object* said = find_object(*kept, "claim")) {
    claim.provider = loose_text(*said, "provider");
    claim.publisher = loose_text(*said, "publisher_id");
    claim.click = loose_text(*said, "token");
  }
  Notice notice;
  notice.state_at = received.at;
  if (received.topic == create_topic) {
    if (claim.provider.empty())
      notice.ignored = "no attribution came with it";
    else
      notice.claim = std::move(claim);
    return notice;
  }
  if (loose_text(*kept, "order").empty())
    return core::fail(core::Errc::invalid, "\"checkout_session.order.id\" is missing");
  auto order = order_of(*kept, received);
  if (!order) return order.error();
  if (!claim.click.empty()) order->click_ids.push_back(claim.click);
  notice.tracked = Tracked{.is_optional = true};
  notice.aliases.push_back(claim.order_ref);
  notice.order = *std::move(order);
  return notice;
}

core::Answer flat(int status, json::object body, const Told& told) {
  core::Answer answer = net::json_answer(status, body);
  for (const char* name : {"Idempotency-Key", "Request-Id"}) {
    const std::string_view value = told.request.header(name);
    if (!value.empty() && value.size() <= 255) answer.headers.emplace_back(name, value);
  }
  if (told.settled.is_replay) answer.headers.emplace_back("Idempotent-Replayed", "true");
  return answer;
}

core::Answer refusal(int status, std::string_view type, std::string_view code,
                     std::string_view message, std::string_view param, const Told& told) {
  json::object body{{"type", type}, {"code", code}, {"message", message}};
  if (!param.empty()) body["param"] = param;
  return flat(status, std::move(body), told);
}

core::Answer invalid(const Told& told) {
  const auto kept = parse_loose(told.body);
  const json::object* problem = kept ? find_object(*kept, "problem") : nullptr;
  if (problem == nullptr)
    return refusal(400, "invalid_request", "invalid", told.settled.detail, "$.checkout_session",
                   told);
  return refusal(400, "invalid_request", loose_text(*problem, "code"),
                 loose_text(*problem, "message", 300), loose_text(*problem, "param", 300), told);
}

core::Answer answer(const Told& told) {
  switch (told.settled.refusal) {
    case Refusal::unauthorized:
      return refusal(401, "invalid_request", "unauthorized", "The bearer key is wrong.", "", told);
    case Refusal::removed:
      return refusal(403, "invalid_request", "integration_removed", told.settled.detail, "", told);
    case Refusal::invalid:
      return invalid(told);
    case Refusal::key_reused:
      return refusal(is_strict(told.request) ? 422 : 409, "invalid_request", "idempotency_conflict",
                     "This Idempotency-Key came with another payload.", "", told);
    case Refusal::unavailable:
      return refusal(503, "service_unavailable", "storage_failed", "Try again.", "", told);
    case Refusal::none:
    case Refusal::conflict:
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      break;
  }
  // What becomes of a claim is nobody's at the checkout: it is never in its way.
  return flat(told.topic == create_topic ? 201 : 200, {{"status", "recorded"}}, told);
}

}  // namespace

Platform acp() {
  return {.name = "acp",
          .is_signed = is_signed,
          .topic_of = topic_of,
          .delivery_id_of = delivery_id_of,
          .read = read,
          .protocol = Protocol{.endpoints = {{net::Method::post, "/checkout_sessions"},
                                             {net::Method::post,
                                              "/checkout_sessions/{checkout_session_id}/complete"}},
                               .message_of = message_of,
                               .answer = answer,
                               .words_failures = true,
                               .is_idempotent = true}};
}

}  // namespace fairlead::attribution
