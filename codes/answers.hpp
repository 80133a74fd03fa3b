// What shops and brands are told: an Outcome or a StoredCode as JSON. Pure; any thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "codes/uses.hpp"
#include "core/answer.hpp"

namespace fairlead::codes {

// 200 with "valid" true or false.
core::Answer validate_answer(const Question& question, const Outcome& outcome);
// 200 with "valid":true; a refusal is a 409 problem with "valid":false and the same `reason`. A
// success is made of what the ledger holds and nothing else, so a repeat is the same to the byte.
core::Answer redeem_answer(const Question& question, const Outcome& outcome);

// {code, message, details} of a refusal.
boost::json::object reason_json(const Question& question, const Outcome& outcome);

// The form in which allocations are answered and stored in the ledger of uses.
boost::json::array allocations_json(const std::vector<Allocation>& allocations);
std::vector<Allocation> read_allocations(const boost::json::value& stored);

// A code as the brand sees it.
boost::json::object code_json(const StoredCode& code);

}  // namespace fairlead::codes
