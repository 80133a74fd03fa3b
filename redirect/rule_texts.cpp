// The other direction of rule_fields.hpp: rules to JSON, and the checks of rules as a whole.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "redirect/holdout_fields.hpp"
#include "redirect/redirect.hpp"
#include "redirect/rule_fields.hpp"

namespace fairlead::redirect {

namespace {

namespace json = boost::json;

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

// Calls `visit(place, url)` for each destination, "" included; the place is a JSON pointer without
// its first '/'.
template <class Rules, class Visit>
void for_each_url(Rules& rules, const Visit& visit) {
  visit("before_start_url", rules.before_start_url);
  visit("expired_url", rules.expired_url);
  visit("limit_reached_url", rules.limit_reached_url);
  visit("fallback_url", rules.fallback_url);
  for (std::size_t i = 0; i < rules.targets.size(); ++i)
    visit("targets/" + std::to_string(i) + "/destination", rules.targets[i].destination);
  for (std::size_t i = 0; i < rules.split.size(); ++i)
    visit("split/" + std::to_string(i) + "/destination", rules.split[i].destination);
  visit("deep_links/ios/url", rules.ios_url);
  visit("holdout/destination", rules.holdout.destination);
}

bool has_url(const LinkRules& rules, std::string_view wanted) {
  bool found = false;
  for_each_url(rules, [&](const std::string&, const std::string& url) {
    if (url == wanted) found = true;
  });
  return found;
}

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

json::value time_or_null(const std::optional<core::Instant>& at) {
  if (!at) return nullptr;
  return json::value(core::format_instant(*at));
}

json::array list_json(const std::vector<std::string>& words) {
  json::array list;
  for (const std::string& word : words)
    list.emplace_back(word);
  return list;
}

json::object query_json(const std::vector<QueryCondition>& query) {
  json::object object;
  for (const QueryCondition& wanted : query) {
    json::value values = true;
    if (!wanted.values.empty()) values = list_json(wanted.values);
    object[wanted.name] = std::move(values);
  }
  return object;
}

json::object condition_json(const Condition& when) {
  json::object object;
  const auto add = [&](std::string_view name, const std::vector<std::string>& words) {
    if (!words.empty()) object[name] = list_json(words);
  };
  add("device", when.devices);
  add("os", when.systems);
  add("country", when.countries);
  add("language", when.languages);
  add("app", when.apps);
  if (!when.query.empty()) object["query"] = query_json(when.query);
  if (when.from) object["from"] = core::format_instant(*when.from);
  if (when.to) object["to"] = core::format_instant(*when.to);
  return object;
}

json::array targets_json(const std::vector<RuleTarget>& targets) {
  json::array list;
  for (const RuleTarget& target : targets)
    list.push_back(
        json::object{{"if", condition_json(target.when)}, {"destination", target.destination}});
  return list;
}

json::array split_json(const std::vector<Branch>& split) {
  json::array list;
  for (const Branch& branch : split)
    list.push_back(json::object{{"destination", branch.destination},
                                {"weight", branch.weight},
                                {"variant", static_cast<std::int64_t>(branch.variant)}});
  return list;
}

json::value deep_links_json(const LinkRules& rules) {
  if (rules.ios_url.empty() && rules.android.package.empty()) return nullptr;
  json::object object;
  if (!rules.ios_url.empty()) object["ios"] = json::object{{"url", rules.ios_url}};
  if (!rules.android.package.empty())
    object["android"] =
        json::object{{"package", rules.android.package}, {"scheme", rules.android.scheme}};
  return object;
}

json::value apply_json(const ApplyWay& way) {
  if (way.kind == ApplyWay::Kind::none) return nullptr;
  if (way.kind == ApplyWay::Kind::custom) return json::object{{"template", way.pattern}};
  json::object object{{"kind", name_of(way.kind)}};
  if (!way.parameter.empty()) object["parameter"] = way.parameter;
  if (!way.products.empty()) object["products"] = way.products;
  return object;
}

json::value id_or_null(core::CodeId id) {
  if (!id) return nullptr;
  return json::value(id.text());
}

// Where a code stands in a destination by {code}, nobody knows how that page is without it.
core::Result<void> check_withheld(const LinkRules& rules) {
  const Holdout& holdout = rules.holdout;
  if (holdout.kind == Holdout::Kind::none) return {};
  if (holdout.withhold == Holdout::Withhold::code && rules.apply.kind == ApplyWay::Kind::none)
    return refuse(
        "holdout/withhold \"code\" needs apply, so that the page without the code is known; "
        "give holdout/destination instead, or null for no holdout");
  if (holdout.destination.find("{code}") != std::string::npos)
    return refuse("holdout/destination must not have {code}: it is for those who get none");
  return {};
}

}  // namespace

bool has_macro_in_rules(const LinkRules& rules, std::string_view macro) {
  bool found = false;
  for_each_url(rules, [&](const std::string&, const std::string& url) {
    if (url.find(macro) != std::string::npos) found = true;
  });
  return found;
}

core::Result<void> check_rules(const LinkRules& rules) {
  if (rules.starts_at && rules.ends_at && *rules.ends_at <= *rules.starts_at)
    return refuse("ends_at must be later than starts_at");
  if (!rules.before_start_url.empty() && !rules.starts_at)
    return refuse("before_start_url needs starts_at; without it nobody is led there");
  if (!rules.expired_url.empty() && !rules.ends_at)
    return refuse("expired_url needs ends_at; without it nobody is led there");
  if (!rules.limit_reached_url.empty() && rules.click_limit == 0)
    return refuse("limit_reached_url needs click_limit; without it nobody is led there");
  if (auto good = check_withheld(rules); !good) return good;
  const std::size_t bytes = rules_text(rules).size();
  if (bytes > rules_bytes_max)
    return refuse("targets and all other rules of a link may have " +
                  std::to_string(rules_bytes_max) + " bytes together; these have " +
                  std::to_string(bytes));
  return {};
}

core::Result<void> check_rule_destinations(LinkRules& rules, const LinkRules& before,
                                           const std::vector<std::string>& allowed_domains) {
  constexpr std::string_view subject = "destination";  // what the check's sentences start with
  core::Result<void> outcome;
  for_each_url(rules, [&](const std::string& place, std::string& url) {
    if (url.empty() || !outcome || has_url(before, url)) return;
    auto checked = check_destination(url, allowed_domains);
    if (checked) {
      url = std::move(*checked);
    } else {
      outcome = refuse(place + checked.error().detail.substr(subject.size()));
    }
  });
  // Only macros have braces; all others are refused above.
  if (outcome && rules.fallback_url != before.fallback_url &&
      rules.fallback_url.find('{') != std::string::npos)
    outcome = refuse("fallback_url must not have macros: a fallback is sent as it is");
  return outcome;
}

void add_rules_json(const LinkRules& rules, json::object& json) {
  json["starts_at"] = time_or_null(rules.starts_at);
  json["before_start_url"] = text_or_null(rules.before_start_url);
  json["ends_at"] = time_or_null(rules.ends_at);
  json["expired_url"] = text_or_null(rules.expired_url);
  json["click_limit"] = nullptr;
  if (rules.click_limit > 0) json["click_limit"] = rules.click_limit;
  json["limit_reached_url"] = text_or_null(rules.limit_reached_url);
  json["targets"] = targets_json(rules.targets);
  json["split"] = split_json(rules.split);
  json["deep_links"] = deep_links_json(rules);
  json["fallback_url"] = text_or_null(rules.fallback_url);
  json["code_id"] = id_or_null(rules.code.id);
  json["code"] = text_or_null(rules.code.text);
  json["code_per_click"] = rules.code.is_per_click;
  json["apply"] = apply_json(rules.apply);
  json["holdout"] = holdout_json(rules.holdout);
  json["holdout_run"] = run_json(rules.run);
}

std::string rules_text(const LinkRules& rules) {
  if (rules.empty()) return {};
  json::object all;
  add_rules_json(rules, all);
  json::object some;
  for (const auto& [name, value] : all) {
    const bool is_nothing = value.is_null() || (value.is_array() && value.get_array().empty());
    if (!is_nothing) some[name] = value;
  }
  if (!rules.code.is_per_click) some.erase("code_per_click");
  if (!rules.page.empty()) some["page"] = rules.page;
  return json::serialize(some);
}

core::Result<LinkRules> stored_rules(std::string_view text) {
  LinkRules rules;
  if (text.empty()) return rules;
  const auto parsed = net::parse_json(text);
  if (!parsed) return parsed.error();
  const json::object* const object = parsed->if_object();
  if (object == nullptr) return refuse("rules must be a JSON object");
  std::vector<net::FieldError> problems;
  net::Fields fields(*object, "", problems);
  read_rules(fields, rules);
  // What the API answers or derives, and takes from nobody.
  rules.code.text = fields.maybe_text("code").value_or("");
  rules.page = fields.maybe_text("page", {.min = 1, .max = 4096}).value_or("");
  read_run(fields, rules.run);
  fields.refuse_unknown();
  if (problems.empty()) return rules;
  return refuse(problems.front().pointer + ": " + problems.front().detail);
}

}  // namespace fairlead::redirect
