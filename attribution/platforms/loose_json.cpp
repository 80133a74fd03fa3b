#include "attribution/platforms/loose_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "attribution/order_body.hpp"
#include "core/rate.hpp"
#include "core/utf8.hpp"
#include "net/json.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

core::Error not_usable(std::string_view name, const core::Error& why) {
  return core::fail(why.code, "\"" + std::string(name) + "\": " + why.detail);
}

// Digits of a text or number; "" for anything else.
std::string digits_of(const json::value& value) {
  if (const auto source = net::number_source(value)) return std::string(*source);
  if (value.is_int64()) return std::to_string(value.as_int64());
  if (const json::string* text = value.if_string()) return std::string(text->data(), text->size());
  return "";
}

}  // namespace

core::Result<json::object> parse_loose(std::string_view body) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
  auto parsed = net::parse_json(core::utf8_repaired(body), {.refuse_duplicate_keys = false});
  if (!parsed) return parsed.error();
  if (json::object* object = parsed->if_object()) return std::move(*object);
  return core::fail(core::Errc::invalid, "the body is not a JSON object");
}

const json::value* find_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::object* find_object(const json::object& object, std::string_view name) {
  const json::value* value = find_member(object, name);
  return value == nullptr ? nullptr : value->if_object();
}

std::vector<const json::object*> objects_in(const json::object& object, std::string_view name) {
  std::vector<const json::object*> objects;
  const json::value* value = find_member(object, name);
  if (value == nullptr || !value->is_array()) return objects;
  for (const json::value& element : value->get_array()) {
    if (const json::object* part = element.if_object()) objects.push_back(part);
  }
  return objects;
}

std::string loose_text(const json::object& object, std::string_view name, std::size_t bytes_max) {
  const json::value* value = find_member(object, name);
  if (value == nullptr) return "";
  std::string text = value->is_bool() ? (value->get_bool() ? "true" : "false") : digits_of(*value);
  std::erase(text, '\0');
  if (text.size() > bytes_max)
    text.resize(core::utf8_prefix(std::string_view(text).substr(0, bytes_max)));
  return text;
}

bool loose_flag(const json::object& object, std::string_view name) {
  return loose_text(object, name) == "true";
}

core::Result<std::int64_t> loose_integer(const json::object& object, std::string_view name,
                                         std::int64_t when_absent) {
  const json::value* value = find_member(object, name);
  if (value == nullptr) return when_absent;
  const std::string digits = digits_of(*value);
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (digits.empty() || error != std::errc{} || rest != end) {
    return core::fail(core::Errc::invalid, "\"" + std::string(name) +
                                               "\" is not a whole number: " + digits.substr(0, 40));
  }
  return number;
}

core::Result<std::int64_t> loose_money(const json::object& object, std::string_view name,
                                       core::Currency currency) {
  const json::value* value = find_member(object, name);
  if (value == nullptr) return 0;
  const std::string digits = digits_of(*value);
  if (digits.empty() && value->is_string()) return 0;
  const auto money = core::parse_decimal(digits, currency);
  if (!money) return not_usable(name, money.error());
  if (money->minor > amount_minor_max || money->minor < -amount_minor_max)
    return core::fail(core::Errc::overflow, "\"" + std::string(name) + "\" is too large an amount");
  return money->minor;
}

core::Result<std::int64_t> sum_money(const std::vector<const json::object*>& objects,
                                     std::string_view name, core::Currency currency) {
  std::int64_t sum = 0;
  for (const json::object* object : objects) {
    const auto part = loose_money(*object, name, currency);
    if (!part) return part.error();
    const auto next = core::add_minor(sum, *part);
    if (!next) return not_usable(name, next.error());
    sum = *next;
  }
  return sum;
}

core::Result<std::int64_t> loose_micros(const json::object& object, std::string_view name) {
  // Six digits are what no currency has, so the text is taken apart here.
  constexpr std::size_t decimals = 6;
  constexpr std::size_t whole_max = 12;
  const std::string text = loose_text(object, name);
  const auto refuse = [&](core::Errc code) {
    return core::fail(
        code, "\"" + std::string(name) + "\" is not a usable amount: " + text.substr(0, 40));
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  if (text.empty()) return 0;
  const auto point = rest.find('.');
  std::string digits(rest.substr(0, point));
  std::string fraction(point == rest.npos ? "" : rest.substr(point + 1));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit) ||
      !std::all_of(fraction.begin(), fraction.end(), is_digit) || fraction.size() > 18)
    return refuse(core::Errc::invalid);
  while (fraction.size() > decimals && fraction.back() == '0')
    fraction.pop_back();
  if (fraction.size() > decimals) return refuse(core::Errc::invalid);
  fraction.resize(decimals, '0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > whole_max) return refuse(core::Errc::overflow);
  digits += fraction;
  std::int64_t micros = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), micros);
  return negative ? -micros : micros;
}

std::int64_t minor_of_micros(std::int64_t micros, core::Currency currency) {
  std::int64_t minor_per_unit = 1;
  for (int i = 0; i < currency.exponent(); ++i)
    minor_per_unit *= 10;
  return core::multiply_divide(micros, minor_per_unit, 1'000'000).value();
}

core::Result<core::Instant> loose_instant(const json::object& object,
                                          std::initializer_list<std::string_view> names) {
  core::Error last = core::fail(core::Errc::invalid, "it has no time");
  for (const std::string_view name : names) {
    const std::string text = loose_text(object, name);
    if (text.empty()) continue;
    const auto at = core::parse_instant(text);
    if (at) return *at;
    last = not_usable(name, at.error());
  }
  return last;
}

core::Result<core::Instant> loose_utc(const json::object& object,
                                      std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const std::string text = loose_text(object, name);
    if (text.empty()) continue;
    if (const auto at = core::parse_instant(text)) return *at;
    if (const auto at = core::parse_instant(text + "Z")) return *at;
  }
  return loose_instant(object, names);  // says why
}

core::Result<core::Instant> loose_seconds(const json::object& object, std::string_view name) {
  constexpr std::int64_t seconds_max = 253'402'300'799;  // the last of the year 9999
  const auto seconds = loose_integer(object, name, 0);
  if (!seconds) return seconds.error();
  if (*seconds < 0 || *seconds > seconds_max)
    return core::fail(core::Errc::invalid, "\"" + std::string(name) + "\" is not a time");
  return core::Instant{}.plus_seconds(*seconds);
}

}  // namespace fairlead::attribution
