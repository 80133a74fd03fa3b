// One HTTP request as the rest of the program sees it, after the guard has let it pass. Views point
// into the session's buffers and live until the request is answered. No Beast type is visible here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::net {

enum class Method { get, head, post, patch, put, del, options, other };

std::string_view name_of(Method method);  // "GET", …, "DELETE"; "other" for the rest

struct Request {
  Method method = Method::get;
  // "/mia-summer", as sent, percent-encoding untouched; always starts with '/'.
  std::string_view path;
  std::string_view query;  // behind the first '?', without it; "" when there is none
  std::string_view host;   // Host without port, as sent; "" only on HTTP/1.0
  std::string_view body;
  std::string client_address;  // textual IP; from X-Forwarded-For only behind trusted proxies
  bool via_tls = false;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // in order, names as sent

  // The first header of that name, compared without case; "" when there is none.
  std::string_view header(std::string_view name) const;
};

// The value of one query parameter, percent-decoded, '+' read as a space; nullopt when absent.
// For API routes; the redirect scans its query itself.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
// Percent-decodes; a '%' that is not followed by two hex digits stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace fairlead::net
