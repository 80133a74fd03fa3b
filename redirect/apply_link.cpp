#include "redirect/apply_link.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "redirect/destination.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::string_view default_parameter = "coupon";
constexpr std::string_view shopify_pattern = "https://{shop}/discount/{code}?redirect={path}";
constexpr std::string_view token_pair = "fl_click=";

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What needs no percent-encoding as a parameter's name.
bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
  });
}

// "12:1,15": ids, each maybe with a quantity.
bool is_product_list(std::string_view text) {
  constexpr std::size_t bytes_max = 500;
  bool follows_digit = false;
  bool has_quantity = false;
  for (const char c : text) {
    if (is_digit(c)) {
      follows_digit = true;
      continue;
    }
    if (!follows_digit || (c != ',' && c != ':') || (c == ':' && has_quantity)) return false;
    has_quantity = c == ':';
    follows_digit = false;
  }
  return follows_digit && text.size() <= bytes_max;
}

std::string_view parameter_of(const ApplyWay& way) {
  return way.parameter.empty() ? default_parameter : std::string_view(way.parameter);
}

// "//evil.example/" alone is an address on another host, and browsers read "/\\" and "/<tab>/" the
// same. Looked at decoded as often as it goes, for nobody knows how often a shop decodes, and
// without {click_id}, which is empty when there is no click.
bool names_a_host(std::string_view path) {
  std::string plain;
  for (Part part; next_part(path, part);) {
    if (part.macro == Macro::none) {
      plain += part.text;
    } else if (part.macro != Macro::click_id) {
      plain += 'x';
    }
  }
  for (std::string before; before != plain;) {
    before = std::exchange(plain, {});
    append_decoded(plain, before);
  }
  std::erase_if(plain, [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
  return plain.size() >= 2 && (plain[0] == '/' || plain[0] == '\\') &&
         (plain[1] == '/' || plain[1] == '\\');
}

// The page from its path on, as the value of one parameter. A token's letters and a slug's mean the
// same however often they are encoded, so these two macros may stay.
core::Result<std::string> path_value(const Destination& page) {
  std::string path(page.path());
  if (path.empty()) path = "/";
  if (names_a_host(path))
    return refuse(
        "destination's path must not begin with two slashes when it is applied as one "
        "value: the shop would lead to another host");
  path.append(page.has_query() ? "?" : "").append(page.query());
  if (path.back() != '?' && path.back() != '&') path += page.has_query() ? "&" : "?";
  path.append(token_pair).append("{click_id}");
  if (page.has_fragment()) path.append("#").append(page.fragment());
  std::string value;
  std::string_view rest = path;
  for (Part part; next_part(rest, part);) {
    if (part.macro == Macro::none) {
      append_encoded(value, part.text);
    } else if (part.macro == Macro::click_id || part.macro == Macro::slug) {
      value += part.macro == Macro::click_id ? "{click_id}" : "{slug}";
    } else {
      return refuse(
          "destination must not have {code} or {sub1} to {sub5} when its path is applied as one "
          "value");
    }
  }
  return value;
}

core::Result<std::string> filled(std::string_view pattern, const Destination& page,
                                 const UtmValues& utm) {
  std::string url;
  while (!pattern.empty()) {
    if (pattern.starts_with("{shop}")) {
      const std::string_view origin = page.origin();
      url += origin.substr(origin.find("://") + 3);
      pattern.remove_prefix(6);
      continue;
    }
    if (pattern.starts_with("{path}")) {
      auto value = path_value(page);
      if (!value) return value.error();
      url += *value;
      pattern.remove_prefix(6);
      continue;
    }
    bool is_utm = false;
    for (std::size_t i = 0; i < utm_names.size() && !is_utm; ++i) {
      const std::string slot = "{" + std::string(utm_names[i]) + "}";
      is_utm = pattern.starts_with(slot);
      if (!is_utm) continue;
      append_encoded(url, utm[i]);
      pattern.remove_prefix(slot.size());
    }
    if (is_utm) continue;
    url += pattern.front();
    pattern.remove_prefix(1);
  }
  return url;
}

core::Result<std::string> with_parameter(const Destination& page, std::string_view name) {
  std::string_view rest = page.query();
  QueryPair pair;
  while (next_pair(rest, pair)) {
    std::string plain;
    append_decoded(plain, pair.raw.substr(0, pair.raw.find('=')));
    if (plain == name)
      return refuse("destination has \"" + std::string(name) +
                    "\" already; leave it out, the code is put there");
  }
  std::string url(page.origin());
  url += page.path().empty() ? std::string_view("/") : page.path();
  url.append("?").append(page.query());
  if (url.back() != '?' && url.back() != '&') url += '&';
  url.append(name).append("={code}");
  if (page.has_fragment()) url.append("#").append(page.fragment());
  return url;
}

}  // namespace

std::string_view name_of(ApplyWay::Kind kind) {
  switch (kind) {
    case ApplyWay::Kind::none:
    case ApplyWay::Kind::custom:
      return "";
    case ApplyWay::Kind::shopify:
      return "shopify";
    case ApplyWay::Kind::woocommerce:
      return "woocommerce";
    case ApplyWay::Kind::generic:
      return "generic";
  }
  CHECK(false);
}

core::Result<void> check_apply(const ApplyWay& way) {
  using Kind = ApplyWay::Kind;
  const bool may_name =
      way.kind == Kind::generic || (way.kind == Kind::woocommerce && way.products.empty());
  if (!way.parameter.empty() && !may_name)
    return refuse("apply/parameter belongs to generic, and to woocommerce without products");
  if (!way.parameter.empty() && !is_plain_name(way.parameter))
    return refuse("apply/parameter must be letters, digits, '_', '-' and '.', such as coupon");
  if (!way.products.empty() && way.kind != Kind::woocommerce)
    return refuse("apply/products belongs to woocommerce");
  if (!way.products.empty() && !is_product_list(way.products))
    return refuse("apply/products must be ids with quantities, such as 12:1,15:2");
  if (way.kind == Kind::custom && way.pattern.find("{code}") == std::string::npos)
    return refuse("apply/template must have {code}");
  return {};
}

core::Result<std::string> apply_destination(const ApplyWay& way, std::string_view page,
                                            const UtmValues& utm) {
  const auto cut = split_destination(page);
  if (!cut) return cut.error();
  switch (way.kind) {
    case ApplyWay::Kind::none:
      return std::string(page);
    case ApplyWay::Kind::shopify:
      return filled(shopify_pattern, *cut, utm);
    case ApplyWay::Kind::woocommerce:
      if (way.products.empty()) return with_parameter(*cut, parameter_of(way));
      return filled("https://{shop}/checkout-link/?products=" + way.products + "&coupon={code}",
                    *cut, utm);
    case ApplyWay::Kind::generic:
      return with_parameter(*cut, parameter_of(way));
    case ApplyWay::Kind::custom:
      return filled(way.pattern, *cut, utm);
  }
  CHECK(false);
}

}  // namespace fairlead::redirect
