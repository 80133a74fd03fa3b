// A link's holdout as the API and the column links.rules spell it. Strict: a problem names the JSON
// pointer and what would be right. Pure; any thread.
#pragma once

#include <boost/json/value.hpp>

#include "net/json.hpp"
#include "redirect/holdout.hpp"

namespace fairlead::redirect {

// "holdout" of a link's body: an object replaces the old one, null removes it, absent it stays.
void read_holdout(net::Fields& body, Holdout& holdout);
boost::json::value holdout_json(const Holdout& holdout);  // null when there is none

// {"version":2,"seed":"1f…"}, null before the first. Brands read it and do not write it; only the
// column is read back.
boost::json::value run_json(HoldoutRun run);
void read_run(net::Fields& column, HoldoutRun& run);

std::string_view word_of(Holdout::Kind kind);  // "" for none
std::string_view word_of(Holdout::Withhold withhold);

}  // namespace fairlead::redirect
