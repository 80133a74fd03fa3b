// application/problem+json (RFC 9457): a stable code, a plain sentence that says what to change,
// and JSON pointers for invalid bodies. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/answer.hpp"
#include "core/result.hpp"

namespace fairlead::net {

struct FieldError {
  std::string pointer;  // RFC 6901, "/items/0/quantity"; "" is the whole body; query: "?limit"
  // "unknown_field", "required", "wrong_type", "out_of_range", "invalid_value", …
  std::string code;
  std::string detail;  // names the field and what would be right
};

// {"type":"about:blank","title","status","code","detail","errors"?}
core::Answer problem(int status, std::string_view code, std::string_view detail,
                     std::vector<FieldError> errors = {});
// The answer to a failure of the world: busy/io/no_space → 503 with Retry-After (code storage_busy,
// storage_failed, storage_full), not_found → 404, conflict → 409, invalid/overflow → 400,
// forbidden → 403, unauthorized → 401, else 500. Details of 5xx stay in the log.
core::Answer problem_of(const core::Error& error);
// The answer itself, or problem_of() its failure.
core::Answer answer_of(core::Result<core::Answer> answer);

}  // namespace fairlead::net
