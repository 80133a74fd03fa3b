// Texts for a new code, made of an influencer's name and what the code gives: "Zoë Müller" and 10 %
// are ZOE10, and when that is taken ZOE10-2, ZOE10-3 … Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "codes/rules.hpp"

namespace fairlead::codes {

// The first word of a name, or all of a brand's own choice of words, in A-Z and 0-9; "" when no
// letter of it can be written so.
std::string base_of_name(std::string_view name);
std::string base_of_words(std::string_view words);

// What stands behind the base: "10" for 10 % (12.5 % is "12"), "5" for 5.00 EUR (whole units,
// rounded down), "FREE" for free shipping.
std::string number_of(const Discount& discount, core::Currency currency);

// The `attempt`th text (from 0) of base and number. Always is_canonical(): the base is cut to 30
// characters, and a text shorter than 3 is filled up with "CODE".
std::string proposal(std::string_view base, std::string_view number, std::size_t attempt);

}  // namespace fairlead::codes
