// A code's terms read as the API and the database spell them: one set of JSON fields for POST and
// PATCH /v1/codes and the column codes.rules. Strict: a problem names the JSON pointer and what
// would be right. What writes them is term_json.hpp. Pure; any thread.
#pragma once

#include <string_view>

#include "codes/codes.hpp"
#include "codes/terms.hpp"
#include "core/result.hpp"
#include "net/json.hpp"

namespace fairlead::codes {

inline constexpr std::int64_t uses_max_max = 1'000'000'000;
inline constexpr std::int64_t uses_per_customer_max_max = 1'000;  // one slot row each
inline constexpr std::size_t filter_entries_max = 500;            // of one list
inline constexpr std::size_t windows_max = 50;
inline constexpr std::size_t rules_bytes_max = 65'536;

// deal_id, discount and conditions of a new code's body; everything but its text.
NewCode read_code_terms(net::Fields& body);
// The discount of a new code, with the fields of its kind and no others. `terms.currency` becomes
// that of a fixed amount; for the others it is left alone.
void read_discount(net::Fields& body, Terms& terms);
// Everything else: a field that is there replaces the old value, null removes it, an absent one
// stays. Of `limits` this holds for each limit; the other objects are replaced whole.
void read_conditions(net::Fields& body, Terms& terms);
// `uses_max`, `uses_per_customer_max` and `budget_minor` of an object, laid over the present ones.
void read_capacity(net::Fields& limits, CapacityLimits& capacity);

// What no field alone shows, for terms that came another way than through a body. Errc::invalid;
// the detail starts with the field.
core::Result<void> check_terms(const Terms& terms);

// The column, as rules_text() writes it (term_json.hpp). CHECKs: nobody else writes it.
void read_rules_text(std::string_view text, Terms& terms);

}  // namespace fairlead::codes
