// {code, message, details} of a refusal, the same in every answer. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "codes/stack.hpp"

namespace fairlead::codes {

std::string message_of(const Question& question, const JudgedCode& result, core::Instant now);
boost::json::object reason_json(const Question& question, const JudgedCode& result,
                                core::Instant now);
// Of a refusal that depends on nothing but itself: release and rollback.
boost::json::object reason_json(Verdict verdict, const std::string& order_ref);
std::string message_of(Verdict verdict, const std::string& order_ref);

}  // namespace fairlead::codes
