// Codes of one click: a link may give every click a code of its own, "MIA10-06DZ3K…", made of the
// link's code and the click alone (redirect/click_code.hpp). Such a code is good for one order. It
// has no row until an order takes it; then it becomes a code as any other, with one use, and the
// click's number as its id: that row, unique, is what makes it single however many ask at once.
// Inside the caller's transaction.
#pragma once

#include <optional>
#include <string_view>

#include "codes/codes.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

// A code of a click that nobody used is worth nothing any more after that.
inline constexpr std::int64_t click_code_days_max = 30;

// By what a shopper typed, folded; O, I and L stand for 0 and 1 in the last 23 letters. A code that
// has its row already, else one whose letters are good, with version 0 as long as it has no row:
// terms of the code it is a use of, one use, at most click_code_days_max. nullopt: neither.
// `read` may be empty: then only rows are found.
std::optional<StoredCode> find_with_clicks(storage::Session& session, core::BrandId brand,
                                           std::string_view folded, const ReadClickCode& read);
// The same, held as hold_code() does it, with its row, which is made here when there is none.
// Writes then.
std::optional<StoredCode> hold_with_clicks(storage::Session& session, core::BrandId brand,
                                           std::string_view folded, const ReadClickCode& read,
                                           core::Instant now);
// The click a code was made for; none for every other code.
core::ClickId click_of(const StoredCode& code);

}  // namespace fairlead::codes
