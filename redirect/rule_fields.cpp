#include "redirect/rule_fields.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>
#include <utility>

#include "redirect/holdout_fields.hpp"
#include "redirect/rule_words.hpp"

namespace fairlead::redirect {

namespace {

constexpr net::TextRule url_rule{.min = 1, .max = 4096};
constexpr std::size_t words_max = 250;  // of one condition; there are 249 countries
constexpr std::size_t parameters_max = 10;
constexpr std::size_t parameter_values_max = 20;
constexpr std::int64_t variant_max = 255;  // recorded in one byte
constexpr std::int64_t weight_max = 10'000;

bool is_given(net::Fields& body, std::string_view name) {
  return body.raw(name) != nullptr;
}

void read_url(net::Fields& body, std::string_view name, std::string& url) {
  if (is_given(body, name)) url = body.maybe_text(name, url_rule).value_or("");
}

using Known = std::span<const std::string_view>;

std::string listed(Known words) {
  std::string list;
  for (const std::string_view word : words)
    list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

// A list that is there but empty would match nothing or everything; nobody means that.
std::vector<std::string> read_list(net::Fields& part, std::string_view name) {
  std::vector<std::string> list = part.texts(name, words_max, {.min = 1, .max = 40});
  const boost::json::value* const raw = part.raw(name);
  if (raw != nullptr && raw->is_array() && raw->get_array().empty())
    part.refuse(name, "out_of_range",
                "\"" + std::string(name) + "\" must have an entry; leave it out for any");
  std::erase(list, "");  // a problem that is noted already
  return list;
}

std::vector<std::string> read_words(net::Fields& part, std::string_view name, Known known) {
  std::vector<std::string> list = read_list(part, name);
  for (const std::string& word : list) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    part.refuse(name, "invalid_value",
                "\"" + std::string(name) + "\" knows " + listed(known) + "; not \"" + word + "\"");
  }
  return list;
}

std::vector<std::string> read_countries(net::Fields& part) {
  std::vector<std::string> list = read_list(part, "country");
  for (std::string& country : list) {
    for (char& c : country)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (is_country(country)) continue;
    part.refuse("country", "invalid_value",
                "\"country\" takes ISO 3166 codes of two letters such as \"DE\" or \"GB\"; not \"" +
                    country + "\"");
  }
  return list;
}

std::vector<std::string> read_languages(net::Fields& part) {
  std::vector<std::string> list = read_list(part, "language");
  for (const std::string& language : list) {
    const bool is_plain =
        language.size() >= 2 && language.size() <= 3 &&
        std::all_of(language.begin(), language.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (is_plain) continue;
    part.refuse("language", "invalid_value",
                "\"language\" takes language codes in lower case without a region, such as \"de\"; "
                "not \"" +
                    language + "\"");
  }
  return list;
}

// {"ref": "a"} is that value, {"ref": ["a", "b"]} one of them, {"ref": true} any value.
void read_parameters(net::Fields& part, std::vector<QueryCondition>& query) {
  const boost::json::value* const raw = part.raw("query");
  part.object("query", false, [&](net::Fields& names) {
    const boost::json::object& object = raw->get_object();
    if (object.empty() || object.size() > parameters_max) {
      names.refuse("", "out_of_range", "\"query\" must have 1 to 10 parameters");
    }
    for (const auto& [key, value] : object) {
      const std::string name(key);
      QueryCondition wanted{.name = name, .values = {}};
      if (name.empty() || name.size() > 64)
        names.refuse(name, "invalid_value", "a parameter's name must have 1 to 64 bytes");
      if (value.is_array()) {
        wanted.values = names.texts(name, parameter_values_max, {.min = 0, .max = 200});
        if (value.get_array().empty())
          names.refuse(name, "out_of_range", "list a value, or write true for any");
      } else if (value.is_string()) {
        wanted.values = {names.text(name, {.min = 0, .max = 200})};
      } else if (names.raw(name); !value.is_bool() || !value.get_bool()) {
        names.refuse(name, "wrong_type",
                     "a parameter's condition must be a text, a list of texts, or true for any");
      }
      query.push_back(std::move(wanted));
    }
  });
}

Condition read_condition(net::Fields& part) {
  Condition when;
  when.devices = read_words(part, "device", device_words);
  when.systems = read_words(part, "os", os_words);
  when.countries = read_countries(part);
  when.languages = read_languages(part);
  when.apps = read_words(part, "app", app_words);
  read_parameters(part, when.query);
  when.from = part.maybe_instant("from");
  when.to = part.maybe_instant("to");
  if (when.from && when.to && *when.to <= *when.from)
    part.refuse("to", "invalid_value", "\"to\" must be later than \"from\"");
  const auto is_any = [&](std::string_view name) { return part.has(name); };
  constexpr std::array names = {"device", "os",    "country", "language",
                                "app",    "query", "from",    "to"};
  if (std::none_of(names.begin(), names.end(), is_any))
    part.refuse("", "required",
                "\"if\" must have a condition: device, os, country, language, app, query, from or "
                "to");
  return when;
}

void read_targets(net::Fields& body, std::vector<RuleTarget>& targets) {
  if (!is_given(body, "targets")) return;
  targets.clear();
  body.objects("targets", 0, targets_max, [&](net::Fields& part) {
    RuleTarget target;
    part.object("if", true, [&](net::Fields& when) { target.when = read_condition(when); });
    target.destination = part.text("destination", url_rule);
    targets.push_back(std::move(target));
  });
}

// Branches without a number take the lowest that is free.
void number_branches(std::vector<Branch>& split) {
  std::uint8_t next = 1;
  const auto is_taken = [&](std::uint8_t variant) {
    return std::any_of(split.begin(), split.end(),
                       [&](const Branch& branch) { return branch.variant == variant; });
  };
  for (Branch& branch : split) {
    if (branch.variant != 0) continue;
    while (is_taken(next))
      ++next;
    branch.variant = next;
  }
}

void read_split(net::Fields& body, std::vector<Branch>& split) {
  if (!is_given(body, "split")) return;
  split.clear();
  body.objects("split", 0, branches_max, [&](net::Fields& part) {
    Branch branch;
    branch.destination = part.text("destination", url_rule);
    branch.weight = part.integer("weight", 1, weight_max);
    branch.variant =
        static_cast<std::uint8_t>(part.maybe_integer("variant", 1, variant_max).value_or(0));
    for (const Branch& other : split)
      if (branch.variant != 0 && other.variant == branch.variant)
        part.refuse("variant", "invalid_value", "two branches must not have the same \"variant\"");
    split.push_back(std::move(branch));
  });
  if (split.size() == 1)
    body.refuse("split", "out_of_range",
                "\"split\" must have 2 to 20 branches; for one, set \"destination\"");
  number_branches(split);
}

void read_android(net::Fields& part, AndroidApp& android) {
  android.package = part.text("package", {.min = 3, .max = 200});
  if (!android.package.empty() && !is_android_package(android.package))
    part.refuse("package", "invalid_value",
                "\"package\" must be an Android package name such as \"com.example.shop\"");
  android.scheme = part.maybe_text("scheme", {.min = 2, .max = 40}).value_or("https");
  if (!is_app_scheme(android.scheme))
    part.refuse("scheme", "invalid_value",
                "\"scheme\" must be https or the app's own scheme in lower case, such as \"shop\"");
}

void read_deep_links(net::Fields& body, LinkRules& rules) {
  if (!is_given(body, "deep_links")) return;
  rules.ios_url.clear();
  rules.android = {};
  body.object("deep_links", false, [&](net::Fields& part) {
    part.object("ios", false, [&](net::Fields& ios) { rules.ios_url = ios.text("url", url_rule); });
    part.object("android", false,
                [&](net::Fields& android) { read_android(android, rules.android); });
  });
}

// "shopify", or {"kind":"woocommerce","products":"12:1"}, or {"template":"https://{shop}/…"}.
void read_apply(net::Fields& body, ApplyWay& way) {
  using Kind = ApplyWay::Kind;
  const boost::json::value* const raw = body.raw("apply");
  if (raw == nullptr) return;
  way = {};
  const auto read_kind = [&way](net::Fields& fields, std::string_view name) {
    const std::string kind = fields.one_of(name, {"shopify", "woocommerce", "generic"});
    for (const Kind one : {Kind::shopify, Kind::woocommerce, Kind::generic})
      if (kind == name_of(one)) way.kind = one;
  };
  if (raw->is_null()) return;
  if (raw->is_string()) return read_kind(body, "apply");
  body.object("apply", true, [&](net::Fields& part) {
    if (part.has("template")) {
      way.kind = Kind::custom;
      way.pattern = part.text("template", url_rule);
      return;
    }
    read_kind(part, "kind");
    way.parameter = part.maybe_text("parameter", {.min = 1, .max = 64}).value_or("");
    way.products = part.maybe_text("products", {.min = 1, .max = 500}).value_or("");
  });
}

void read_code(net::Fields& body, LinkCode& code) {
  if (is_given(body, "code_id")) {
    const LinkCode before = std::exchange(code, {.is_per_click = code.is_per_click});
    if (const auto text = body.maybe_text("code_id", {.min = 1, .max = 64})) {
      if (const auto id = core::CodeId::parse(*text)) {
        code.id = *id;
        if (code.id == before.id) code.text = before.text;
      } else if (!text->empty()) {
        body.refuse("code_id", "not_found", "code_id must be the id of a code of the link's deal");
      }
    }
  }
  if (is_given(body, "code_per_click"))
    code.is_per_click = body.maybe_boolean("code_per_click").value_or(false);
}

}  // namespace

void read_rules(net::Fields& body, LinkRules& rules) {
  if (is_given(body, "starts_at")) rules.starts_at = body.maybe_instant("starts_at");
  if (is_given(body, "ends_at")) rules.ends_at = body.maybe_instant("ends_at");
  if (is_given(body, "click_limit"))
    rules.click_limit = body.maybe_integer("click_limit", 1, click_limit_max).value_or(0);
  read_url(body, "before_start_url", rules.before_start_url);
  read_url(body, "expired_url", rules.expired_url);
  read_url(body, "limit_reached_url", rules.limit_reached_url);
  read_url(body, "fallback_url", rules.fallback_url);
  read_targets(body, rules.targets);
  read_split(body, rules.split);
  read_deep_links(body, rules);
  read_code(body, rules.code);
  read_apply(body, rules.apply);
  read_holdout(body, rules.holdout);
}

}  // namespace fairlead::redirect
