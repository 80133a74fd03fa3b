#include "redirect/answers.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::string_view not_found_page =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" "
    "content=\"noindex\">"
    "<title>Link not found</title></head>\n<body style=\"font-family:sans-serif;margin:4em auto;"
    "max-width:30em\"><h1>This link does not lead anywhere</h1>\n<p>It may have been mistyped, or "
    "it "
    "is no longer in use. Please ask where you found it.</p></body></html>\n";

std::string_view status_line(int status) {
  switch (status) {
    case 301:
      return "HTTP/1.1 301 Moved Permanently\r\nLocation: ";
    case 303:
      return "HTTP/1.1 303 See Other\r\nLocation: ";
    case 307:
      return "HTTP/1.1 307 Temporary Redirect\r\nLocation: ";
    case 308:
      return "HTTP/1.1 308 Permanent Redirect\r\nLocation: ";
    default:
      return "HTTP/1.1 302 Found\r\nLocation: ";
  }
}

}  // namespace

void end_head(std::string& wire, std::string_view date, AfterAnswer after) {
  wire.append("Date: ").append(date);
  wire += after == AfterAnswer::close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
}

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void append_redirect(std::string& wire, int status, std::string_view location,
                     std::string_view date, AfterAnswer after, std::string_view line) {
  wire.append(status_line(status)).append(location);
  wire += "\r\nCache-Control: private, no-store\r\nX-Robots-Tag: noindex\r\nContent-Length: 0\r\n";
  wire += line;
  end_head(wire, date, after);
}

void append_not_found(std::string& wire, net::Method method, std::string_view date,
                      AfterAnswer after) {
  wire +=
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\n"
      "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nX-Robots-Tag: noindex\r\n"
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
      "frame-ancestors 'none'\r\nContent-Length: ";
  wire.append(std::to_string(not_found_page.size())).append("\r\n");
  end_head(wire, date, after);
  if (method != net::Method::head) wire += not_found_page;
}

void append_method_not_allowed(std::string& wire, std::string_view date, AfterAnswer after) {
  wire +=
      "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nCache-Control: no-store\r\n"
      "Content-Length: 0\r\n";
  end_head(wire, date, after);
}

void append_unavailable(std::string& wire, std::string_view date, AfterAnswer after) {
  wire +=
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nCache-Control: no-store\r\n"
      "Content-Length: 0\r\n";
  end_head(wire, date, after);
}

void append_server_error(std::string& wire, std::string_view date, AfterAnswer after) {
  wire += "HTTP/1.1 500 Internal Server Error\r\nCache-Control: no-store\r\nContent-Length: 0\r\n";
  end_head(wire, date, after);
}

}  // namespace fairlead::redirect
