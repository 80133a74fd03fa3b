#include "attribution/platforms/tracker_parts.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>

#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "core/crypto.hpp"
#include "core/utf8.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

// The values of one name, as far as it takes to see that there are several.
std::vector<std::string> values_of(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  while (!query.empty() && values.size() < 2) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (auto value = net::query_value(pair, name)) values.push_back(*std::move(value));
  }
  return values;
}

bool is_plain(std::string_view text) {
  return core::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

bool is_macro(std::string_view text) {
  return text.size() > 2 && text.front() == '{' && text.back() == '}';
}

// Of a form, so that any text goes through as it is.
std::string encoded(std::string_view text) {
  std::string form;
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (is_word)
      form += c;
    else
      form.append("%").append(core::hex({&c, 1}));
  }
  return form;
}

bool starts_as_json(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && text[start] == '{';
}

std::string digest_of(std::string_view click) {
  return core::hex(core::as_text(core::sha256(click))).substr(0, 12);
}

std::string without(std::string_view query, std::initializer_list<std::string_view> names) {
  std::string kept;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const bool is_dropped = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return net::query_value(pair, name).has_value();
    });
    if (!pair.empty() && !is_dropped) kept.append(kept.empty() ? "" : "&").append(pair);
  }
  return kept;
}

core::Order order_of(const Conversion& conversion, std::string order_ref, const Received& received,
                     std::string_view source) {
  core::Item item;
  item.line_id = "1";
  item.unit_price_minor = conversion.amount_minor;
  core::Order order{.brand = received.brand,
                    .order_ref = std::move(order_ref),
                    .placed_at = received.at,
                    .currency = conversion.currency,
                    .items = {std::move(item)},
                    .codes = {},
                    .click_ids = {},
                    .customer = conversion.customer,
                    .source = std::string(source)};
  if (!conversion.click.empty()) order.click_ids.push_back(conversion.click);
  add_code(order.codes, conversion.code);
  return order;
}

}  // namespace

std::string Parameters::text(std::string_view name, std::size_t bytes_max) {
  auto values = values_of(query_, name);
  const std::string shown = "\"" + std::string(name) + "\"";
  if (values.empty()) return "";
  std::string& value = values.front();
  if (values.size() > 1) refuse(shown + " must be sent once");
  if (value.size() > bytes_max)
    refuse(shown + " must have at most " + std::to_string(bytes_max) + " bytes");
  if (!is_plain(value)) refuse(shown + " must be UTF-8 without control characters");
  if (is_macro(value))
    refuse(shown + " is a placeholder that nobody has filled in: " + value.substr(0, 40));
  return problem_.empty() ? std::move(value) : std::string();
}

std::string Parameters::needed(std::string_view name, std::size_t bytes_max) {
  std::string value = text(name, bytes_max);
  if (value.empty()) refuse("\"" + std::string(name) + "\" is missing");
  return value;
}

std::int64_t Parameters::money(std::string_view name, core::Currency currency) {
  return money_of(name, text(name, 40), currency);
}

std::int64_t Parameters::money_of(std::string_view name, std::string_view text,
                                  core::Currency currency) {
  if (text.empty()) return 0;
  const auto money = core::parse_decimal(text, currency);
  if (money && money->minor >= 0 && money->minor <= core::amount_minor_max) return money->minor;
  refuse("\"" + std::string(name) + "\" must be an amount in " + std::string(currency.code()) +
         " such as " + core::decimal_text({1250, currency}));
  return 0;
}

core::Currency Parameters::currency(std::string_view name, core::Currency when_absent) {
  const std::string code = text(name, 8);
  if (code.empty()) return when_absent;
  const auto currency = core::Currency::parse(code);
  if (currency) return *currency;
  refuse("\"" + std::string(name) + "\" must be a currency such as EUR");
  return when_absent;
}

std::int64_t Parameters::integer(std::string_view name, std::int64_t least, std::int64_t most,
                                 std::int64_t when_absent) {
  const std::string digits = text(name, 40);
  if (digits.empty()) return when_absent;
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = error == std::errc{} && rest == digits.data() + digits.size();
  if (is_whole && number >= least && number <= most) return number;
  refuse("\"" + std::string(name) + "\" must be a whole number from " + std::to_string(least) +
         " to " + std::to_string(most));
  return when_absent;
}

Parameters Parameters::of_json(std::string_view body) {
  const auto object = parse_loose(body);
  std::string form;
  if (object) {
    for (const auto& [name, value] : *object) {
      if (value.is_object() || value.is_array() || value.is_null()) continue;
      form += (form.empty() ? "" : "&") + encoded(name) + "=" +
              encoded(loose_text(*object, name, 16'384));
    }
  }
  Parameters parameters(form);
  if (!object) parameters.refuse("the body must be a JSON object");
  return parameters;
}

Parameters Parameters::of_either(std::string_view message) {
  return starts_as_json(message) ? of_json(message) : Parameters(message);
}

bool Parameters::has(std::string_view name) {
  return !values_of(query_, name).empty();
}

void Parameters::refuse(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

bool is_secret(std::string_view given, std::span<const std::string> secrets) {
  const core::Digest digest = core::sha256(given);
  bool matches = false;
  for (const std::string& secret : secrets) {
    const core::Digest expected = core::sha256(secret);
    if (core::equal_in_constant_time(core::as_text(digest), core::as_text(expected)))
      matches = true;
  }
  return matches;
}

std::string bearer_of(const net::Request& request) {
  const std::string_view value = request.header("Authorization");
  constexpr std::string_view scheme = "bearer ";
  std::string start(value.substr(0, scheme.size()));
  std::transform(start.begin(), start.end(), start.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return start == scheme ? std::string(value.substr(scheme.size())) : "";
}

std::string_view rest_of(const net::Request& request) {
  std::string_view path = request.path;
  for (int segment = 0; segment < 4; ++segment) {  // "/v1", "/webhooks", "/tune", "/int_…"
    const auto slash = path.find('/', 1);
    path = slash == path.npos ? "" : path.substr(slash);
  }
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::string form_of(const net::Request& request, std::initializer_list<std::string_view> secrets) {
  std::string form = without(request.query, secrets);
  const std::string body = without(request.body, secrets);
  if (!body.empty()) form.append(form.empty() ? "" : "&").append(body);
  return form;
}

std::string form_or_json(const net::Request& request) {
  return starts_as_json(request.body) ? std::string(request.body) : form_of(request, {});
}

std::string order_ref_of(const Conversion& conversion, Numbers numbers) {
  std::string ref = conversion.number.empty() ? "click" : conversion.number;
  if (!conversion.event.empty()) ref += ":" + conversion.event;
  if (conversion.number.empty() || numbers == Numbers::of_click)
    ref += "~" + digest_of(conversion.click);
  if (ref.size() > 128) ref = core::hex(core::as_text(core::sha256(ref)));
  return ref;
}

core::Result<Notice> notice_of(const Conversion& conversion, Numbers numbers,
                               const Received& received, std::string_view source) {
  const std::string ref = order_ref_of(conversion, numbers);
  Notice notice;
  notice.state_at = received.at;
  if (conversion.standing == Standing::rejected) {
    notice.changes.push_back(cancellation(ref, Cancelled::yes, received.at));
    notice.changes.back().state_at.reset();
    return notice;
  }
  const bool is_confirmed = conversion.standing == Standing::confirmed;
  notice.tracked = Tracked{.is_confirmed = is_confirmed, .by_customer = conversion.by_customer};
  notice.order = order_of(conversion, ref, received, source);
  if (is_confirmed) notice.changes.push_back(confirmation(ref, received.at));
  return notice;
}

Change refund_of(std::string order_ref, std::string refund_ref, core::Money amount,
                 core::Instant at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [refund_ref = std::move(refund_ref), amount,
                  at](const SoldOrder& order) -> core::Result<Judged> {
    if (order.currency != amount.currency)
      return core::fail(core::Errc::conflict,
                        "the order is booked in " + std::string(order.currency.code()));
    Judged judged;
    Statement& statement = judged.statements.emplace_back();
    statement.effect.ref = refund_ref;
    statement.effect.stated_at = at;
    statement.effect.amount_minor = amount.minor;
    statement.placed_at = at;
    return judged;
  };
  return change;
}

std::string alias_of(const core::Customer& customer) {
  return "customer-" + core::hex(core::as_text(core::sha256(customer.identity()))).substr(0, 16);
}

Change confirmation(std::string order_ref, core::Instant state_at) {
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [state_at](const SoldOrder& order) -> core::Result<Judged> {
    Judged judged;
    const Effect* unconfirmed =
        find_effect(order.effects, EffectKind::cancellation, unconfirmed_ref);
    if (unconfirmed == nullptr || unconfirmed->stated_minor == 0) return judged;
    Statement& statement = judged.statements.emplace_back();
    statement.effect = *unconfirmed;
    statement.effect.stated_at = state_at;
    statement.effect.stated_minor = 0;
    statement.placed_at = state_at;
    statement.reason = "order confirmed";
    return judged;
  };
  return change;
}

core::Answer outcome_answer(const Told& told) {
  const std::string& detail = told.settled.detail;
  switch (told.settled.refusal) {
    case Refusal::none:
      return net::json_answer(
          200, boost::json::object{{"outcome", word_of(told.settled.outcome)}, {"detail", detail}});
    case Refusal::unauthorized:
      return net::problem(401, "key_invalid",
                          "Send the integration's secret as \"key\" or as a bearer token.");
    case Refusal::removed:
      return net::problem(410, "integration_removed", detail);
    case Refusal::unknown_click:
    case Refusal::unknown_customer:
      return net::problem(422, "click_unknown", detail);
    case Refusal::conflict:
      return net::problem(409, "order_conflict", detail);
    case Refusal::unavailable:
      return net::problem(503, "storage_failed", "The storage failed. Try again.");
    case Refusal::invalid:
    case Refusal::key_reused:
      return net::problem(400, "invalid_request", detail);
  }
  return net::problem(400, "invalid_request", detail);
}

core::Answer text_answer(std::string body, int status) {
  return {.status = status,
          .media_type = "text/plain; charset=utf-8",
          .body = std::move(body),
          .headers = {}};
}

std::string no_id(const net::Request&) {
  return "";
}

}  // namespace fairlead::attribution
