#include "attribution/platforms/tracker_parts.hpp"

#include <algorithm>

#include "attribution/platforms/shop_parts.hpp"
#include "core/crypto.hpp"
#include "core/utf8.hpp"

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

std::string order_ref_of(const Conversion& conversion, Numbers numbers) {
  std::string ref = conversion.number.empty() ? "click" : conversion.number;
  if (!conversion.event.empty()) ref += ":" + conversion.event;
  if (conversion.number.empty() || numbers == Numbers::of_click)
    ref += "~" + digest_of(conversion.click);
  return ref;
}

core::Result<Notice> notice_of(const Conversion& conversion, Numbers numbers,
                               const Received& received, std::string_view source) {
  const std::string ref = order_ref_of(conversion, numbers);
  if (ref.size() > 128)
    return core::fail(core::Errc::invalid,
                      "the number and the event of it must have at most 100 "
                      "bytes together");
  Notice notice;
  notice.state_at = received.at;
  if (conversion.standing == Standing::rejected) {
    notice.changes.push_back(cancellation(ref, Cancelled::yes, received.at));
    return notice;
  }
  const bool is_confirmed = conversion.standing == Standing::confirmed;
  notice.tracked = Tracked{.is_confirmed = is_confirmed, .by_customer = conversion.by_customer};
  notice.order = order_of(conversion, ref, received, source);
  if (is_confirmed) notice.changes.push_back(confirmation(ref, received.at));
  return notice;
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
