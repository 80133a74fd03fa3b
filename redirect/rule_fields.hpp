// A link's rules as the API and the database spell them: one set of JSON fields for POST and PATCH
// /v1/links, their answers, and the column links.rules. Strict: a problem names the JSON pointer
// and what would be right. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "net/json.hpp"
#include "redirect/link_rules.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t targets_max = 50;
inline constexpr std::size_t branches_max = 20;
inline constexpr std::size_t rules_bytes_max = 65'536;  // of a link's rules as JSON
inline constexpr std::int64_t click_limit_max = 1'000'000'000;

// Changes what the body speaks of: a field that is there replaces the old value, null removes it,
// an absent one stays. Problems are noted in the body.
void read_rules(net::Fields& body, LinkRules& rules);
// What no field alone shows: an end before its start, a destination that nothing leads to, too much
// in all. Errc::invalid; the detail starts with the field, "ends_at must …".
core::Result<void> check_rules(const LinkRules& rules);
// Puts each destination into its stored form. One that `before` has already is left as it is, so
// that an edit of something else is not refused for a domain that left the list meanwhile.
// Errc::invalid; the detail starts with the place, "targets/0/destination must …".
core::Result<void> check_rule_destinations(LinkRules& rules, const LinkRules& before,
                                           const std::vector<std::string>& allowed_domains);

// All the fields, null where there is nothing, into a link's JSON.
void add_rules_json(const LinkRules& rules, boost::json::object& json);
// Whether one of the rules' destinations has the macro, such as "{code}".
bool has_macro_in_rules(const LinkRules& rules, std::string_view macro);
// The column: only what there is; "" when there are no rules.
std::string rules_text(const LinkRules& rules);
// Errc::invalid: a damaged column, with its first problem.
core::Result<LinkRules> stored_rules(std::string_view text);

}  // namespace fairlead::redirect
