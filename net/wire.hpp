// Turns a core::Answer into the bytes on the wire, with the headers that every answer of the API
// carries. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/answer.hpp"
#include "core/time.hpp"

namespace fairlead::net {

enum class Connection { stays, stays_http10, closes };  // HTTP/1.0 must be told that it stays
enum class Payload { sent, left_out };                  // left out for HEAD

// Appends head and body. Cache-Control, X-Content-Type-Options and Content-Security-Policy are
// added unless the answer sets its own. A header with a byte below 0x20, 0x7f or above 0x7e is a
// bug of ours that an attacker may have found: the answer becomes a bare 500, and false is
// returned.
bool append_answer(std::string& wire, const core::Answer& answer, Connection connection,
                   Payload payload, core::Instant now);

// "Sun, 22 Nov 2026 10:00:00 GMT" (RFC 9110 5.6.7).
std::string http_date(core::Instant at);

}  // namespace fairlead::net
