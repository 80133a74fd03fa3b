// What a shop is told. A refusal carries the same `reason` wherever it is met; a success is made of
// what the ledger holds and nothing else, so a repeat is the same to the byte. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>

#include "codes/give_back.hpp"
#include "codes/uses.hpp"
#include "core/answer.hpp"

namespace fairlead::codes {

// Always 200, with `valid` true or false.
core::Answer validate_answer(const Question& question, const Outcome& outcome, core::Instant now);
// 200 with "valid":true, 201 when a hold is new; a refusal is a 409 problem with "valid":false.
core::Answer taken_answer(const Question& question, const Outcome& outcome, core::Instant now);
core::Answer release_answer(const GiveBack& asked, const ReturnOutcome& outcome);
core::Answer rollback_answer(const GiveBack& asked, const ReturnOutcome& outcome);

// A code as the brand sees it.
boost::json::object code_json(const StoredCode& code);

}  // namespace fairlead::codes
