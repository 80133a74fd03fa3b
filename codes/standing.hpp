// What the database knows about a customer and a code before the rules judge. Writes nothing;
// inside the caller's transaction.
#pragma once

#include "codes/asker.hpp"
#include "codes/question.hpp"
#include "codes/rules.hpp"
#include "codes/stored_code.hpp"

namespace fairlead::codes {

// All of a Standing but its company and capacities. Reads only what the code's terms ask about.
Standing read_standing(const Asker& asker, const StoredCode& code, const Question& question);

}  // namespace fairlead::codes
