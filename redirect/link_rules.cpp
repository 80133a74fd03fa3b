#include "redirect/link_rules.hpp"

#include <algorithm>
#include <cmath>

#include "redirect/deep_link.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t query_value_bytes_max = 400;

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char one, char other) { return lowered(one) == lowered(other); });
}

bool is_among(std::string_view value, const std::vector<std::string>& list) {
  if (list.empty()) return true;
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& entry) { return same_word(entry, value); });
}

bool is_among_apps(std::string_view app, const std::vector<std::string>& list) {
  if (list.empty()) return true;
  return std::any_of(list.begin(), list.end(), [&](const std::string& entry) {
    if (entry == "any") return !app.empty();
    if (entry == "none") return app.empty();
    return entry == app;
  });
}

std::string decoded(std::string_view raw) {
  std::string plain;
  append_decoded(plain, raw, query_value_bytes_max);
  return plain;
}

// Any pair of that name will do, because shoppers' links carry parameters twice.
bool has_parameter(std::string_view query, const QueryCondition& wanted) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (decoded(pair.substr(0, equals)) != wanted.name) continue;
    if (wanted.values.empty()) return true;
    const std::string value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (std::find(wanted.values.begin(), wanted.values.end(), value) != wanted.values.end())
      return true;
  }
  return false;
}

bool holds(const Condition& when, const Visit& visit) {
  if (when.from && visit.at < *when.from) return false;
  if (when.to && visit.at >= *when.to) return false;
  return is_among(visit.device, when.devices) && is_among(visit.os, when.systems) &&
         is_among(visit.country, when.countries) && is_among(visit.language, when.languages) &&
         is_among_apps(visit.app, when.apps) &&
         std::all_of(when.query.begin(), when.query.end(), [&](const QueryCondition& wanted) {
           return has_parameter(visit.query, wanted);
         });
}

// The finalizer of splitmix64. Without a secret: which branch a visitor gets must be the same after
// a restart and on every node. A change of it would move every visitor.
std::uint64_t mixed(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15ULL;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

// In (0, 1): the middle of one of 2⁵³ equal parts.
double fraction_of(std::uint64_t hash) {
  return (static_cast<double>(hash >> 11) + 0.5) * 0x1.0p-53;
}

}  // namespace

bool LinkRules::empty() const {
  return !starts_at && !ends_at && click_limit == 0 && fallback_url.empty() && targets.empty() &&
         split.empty() && ios_url.empty() && android.package.empty() && !code.id &&
         !code.is_per_click && apply.kind == ApplyWay::Kind::none &&
         holdout.kind == Holdout::Kind::none && run.version == 0;
}

bool is_on_time(const LinkRules& rules, core::Instant at) {
  return !(rules.starts_at && at < *rules.starts_at) && !(rules.ends_at && at >= *rules.ends_at);
}

Choice choose(const LinkRules& rules, const Visit& visit) {
  if (rules.starts_at && visit.at < *rules.starts_at) return {.reason = Reason::before_start};
  if (rules.ends_at && visit.at >= *rules.ends_at) return {.reason = Reason::expired};
  if (rules.click_limit > 0 && visit.is_used_up) return {.reason = Reason::used_up};
  for (std::size_t i = 0; i < rules.targets.size(); ++i)
    if (holds(rules.targets[i].when, visit)) return {.reason = Reason::target, .index = i};
  if (!rules.ios_url.empty() && opens_universal_links(visit)) return {.reason = Reason::ios_app};
  Choice choice;
  choice.is_for_app = !rules.android.package.empty() && opens_intents(visit);
  if (!rules.split.empty()) {
    choice.reason = Reason::split;
    choice.index = choose_branch(rules.split, visit.visitor, visit.link);
    choice.variant = rules.split[choice.index].variant;
  }
  return choice;
}

std::string_view url_of(const LinkRules& rules, const Choice& choice) {
  switch (choice.reason) {
    case Reason::own:
      return {};
    case Reason::target:
      return rules.targets[choice.index].destination;
    case Reason::split:
      return rules.split[choice.index].destination;
    case Reason::ios_app:
      return rules.ios_url;
    case Reason::before_start:
      return rules.before_start_url;
    case Reason::expired:
      return rules.expired_url;
    case Reason::used_up:
      return rules.limit_reached_url;
  }
  return {};
}

// −ln(u) / w is the time until the first event of a clock that ticks w times as often, so the
// smallest one belongs to branch w with probability w / Σ w (Efraimidis and Spirakis, 2006; Thaler
// and Ravishankar, 1998). A branch's own number does not depend on the others, hence the stability.
std::size_t choose_branch(const std::vector<Branch>& split, std::uint64_t visitor,
                          core::LinkId link) {
  const std::uint64_t base = mixed(visitor ^ mixed(static_cast<std::uint64_t>(link.number)));
  std::size_t best = 0;
  double best_wait = HUGE_VAL;
  for (std::size_t i = 0; i < split.size(); ++i) {
    const double wait = -std::log(fraction_of(mixed(base ^ split[i].variant))) /
                        static_cast<double>(split[i].weight);
    if (wait >= best_wait) continue;
    best = i;
    best_wait = wait;
  }
  return best;
}

}  // namespace fairlead::redirect
