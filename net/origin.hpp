// Web origins (RFC 6454) and what an answer says of them to a browser (the Fetch standard's CORS):
// which pages may ask a route that has `cors`, and may read what it answers. Everything is exact:
// no wildcard, no pattern, no credentials. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/answer.hpp"
#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::net {

inline constexpr int preflight_s_max = 600;  // a browser may remember a preflight that long

// An origin as browsers send it: "https://shop.example", "https://shop.example:8443": lower case,
// international names in their xn-- form, no default port, no path. http only for localhost, where
// pages are made. Errc::invalid says what would be right.
core::Result<std::string> check_origin(std::string_view text);

// Whether the request comes from a page of one of these origins. Never for none, "null", or two.
bool is_from(const Request& request, const std::vector<std::string>& origins);

// 204: a page of that origin may send this method with a key and JSON.
core::Answer preflight_answer(std::string_view origin, Method method);
// Lets a page of that origin read the answer and its Retry-After.
void allow_reading(core::Answer& answer, std::string_view origin);
// 403 origin_not_allowed; which origins are, is told to nobody.
core::Answer origin_refused();

}  // namespace fairlead::net
