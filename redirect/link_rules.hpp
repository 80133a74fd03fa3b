// The rare features of a link: when it is open, how often, and who is led elsewhere. A link without
// any has no LinkRules at all. choose() is the whole decision, in this order: schedule, click
// limit, targeting rules (first match), deep link of iOS, weighted split, the link's own
// destination. Plain values, immutable once the table holds them; pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/apply_link.hpp"
#include "redirect/holdout.hpp"

namespace fairlead::redirect {

struct QueryCondition {
  std::string name;                 // plain, not percent-encoded
  std::vector<std::string> values;  // any of them; none = whatever the value
};

// Every part must hold; of a list, one entry. An empty part always holds.
struct Condition {
  std::vector<std::string> devices;    // "phone", …
  std::vector<std::string> systems;    // "ios", …
  std::vector<std::string> countries;  // "DE"
  std::vector<std::string> languages;  // "de"
  std::vector<std::string> apps;       // in-app browsers: "instagram", …, "any", "none"
  std::vector<QueryCondition> query;
  std::optional<core::Instant> from;  // inclusive
  std::optional<core::Instant> to;    // exclusive
};

struct RuleTarget {
  Condition when;
  std::string destination;
};

struct Branch {
  std::uint8_t variant = 0;  // 1 … 255, what is recorded; stays when branches come and go
  std::int64_t weight = 1;
  std::string destination;
};

// Opened by an intent:// URL; see deep_link.hpp.
struct AndroidApp {
  std::string package;  // "" = none
  std::string scheme = "https";
};

// The code that a link carries into its destinations, where they have {code}.
struct LinkCode {
  core::CodeId id;            // none = no code
  std::string text;           // as it is found by: "MIA10"
  bool is_per_click = false;  // a text of its own for every click; see click_code.hpp
};

// Destinations are "" when there is none.
struct LinkRules {
  std::optional<core::Instant> starts_at;  // inclusive
  std::optional<core::Instant> ends_at;    // exclusive
  std::int64_t click_limit = 0;            // 0 = none
  std::string before_start_url;
  std::string expired_url;
  std::string limit_reached_url;
  std::string fallback_url;  // of the link, before the brand's
  std::vector<RuleTarget> targets;
  std::vector<Branch> split;
  std::string ios_url;  // a universal link
  AndroidApp android;
  LinkCode code;
  ApplyWay apply;    // how the link's own destination brings the code
  std::string page;  // of apply: the destination as the brand wrote it
  Holdout holdout;
  HoldoutRun run;  // of the holdout, or the last there was

  bool empty() const;
};

// What is known of one request. Views live as long as the request.
struct Visit {
  core::Instant at;
  std::string_view device;
  std::string_view os;
  std::string_view browser;
  std::string_view app;       // "" = a browser of its own
  std::string_view country;   // "" = not known, and in no list
  std::string_view language;  // primary subtag
  std::string_view query;     // as sent
  core::LinkId link;
  std::uint64_t visitor = 0;  // the same for the same person and link, as far as one may know
  bool is_known = false;      // that visitor may be known, and is recorded with the click
  bool is_used_up = false;    // no click of the limit is left for this one
};

enum class Reason : std::uint8_t { own, target, split, ios_app, before_start, expired, used_up };

struct Choice {
  Reason reason = Reason::own;
  std::size_t index = 0;     // of targets or split
  std::uint8_t variant = 0;  // of the branch; 0 = none
  bool is_for_app = false;   // the Location takes its intent:// form
  // Whether the link is open, so that the click may use up the limit.
  bool is_open() const { return reason <= Reason::ios_app; }
};

// Whether the schedule lets a click at this instant through.
bool is_on_time(const LinkRules& rules, core::Instant at);
Choice choose(const LinkRules& rules, const Visit& visit);
// The destination of a choice as it is stored; "" for the link's own, and where a closed link has
// none.
std::string_view url_of(const LinkRules& rules, const Choice& choice);

// The branch of a visitor; the index. Weighted rendezvous hashing: every branch draws a number from
// (visitor, link, variant) and the best wins, so a branch of weight w of W has w/W of the visitors,
// and a branch that is added, removed or reweighted moves only those visitors that come to it or
// leave it. `split` is not empty.
std::size_t choose_branch(const std::vector<Branch>& split, std::uint64_t visitor,
                          core::LinkId link);

}  // namespace fairlead::redirect
