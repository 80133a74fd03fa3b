// The redirect's answers as bytes, written by hand: on this path nothing is serialised generically.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "net/request.hpp"

namespace fairlead::redirect {

enum class AfterAnswer { keep_open, close };

inline constexpr int default_status = 302;
bool is_redirect_status(int status);  // 301, 302, 303, 307, 308

// `location` has passed is_header_safe(); `date` is an HTTP date; `line` is one more header line
// with its line end, or "".
void append_redirect(std::string& wire, int status, std::string_view location,
                     std::string_view date, AfterAnswer after, std::string_view line = {});
// A small page that says nothing about why. No body for HEAD.
void append_not_found(std::string& wire, net::Method method, std::string_view date,
                      AfterAnswer after);
// The last lines of every head: Date, and Connection when it closes.
void end_head(std::string& wire, std::string_view date, AfterAnswer after);
void append_method_not_allowed(std::string& wire, std::string_view date, AfterAnswer after);
void append_unavailable(std::string& wire, std::string_view date, AfterAnswer after);
void append_server_error(std::string& wire, std::string_view date, AfterAnswer after);

}  // namespace fairlead::redirect
