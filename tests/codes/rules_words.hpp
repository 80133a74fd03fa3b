// Words of the golden files of codes/: terms, carts and what is known, on one line each.
#pragma once

#include <optional>
#include <string>

#include "codes/rules.hpp"

namespace fairlead::codes {

// A code as a golden line says it; nullopt for "none".
std::optional<Terms> read_terms(const std::string& text);
Cart read_cart(const std::string& text);
// Capacities come from the terms' limits and, with "shared=…", from a campaign's.
Standing read_standing(const std::string& text, const std::optional<Terms>& terms);
// "accepted amount=… parts=…", "min_subtotal_not_met missing=…", …
std::string text_of(const Judgement& judgement);

}  // namespace fairlead::codes
