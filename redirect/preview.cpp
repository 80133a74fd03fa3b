#include "redirect/preview.hpp"

namespace fairlead::redirect {

namespace {

// The policy holds the hash of this text.
constexpr std::string_view style =
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:4em auto;max-width:34em;padding:0 "
    "1em;color:#222;background:#fff}"
    "h1{font-size:1.6rem;margin:.2em 0;overflow-wrap:anywhere}"
    "code{overflow-wrap:anywhere}"
    "a{display:inline-block;margin-top:1em;padding:.6em 1em;border:1px solid "
    "#222;border-radius:.4em;color:#222}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}"
    "a{color:#eee;border-color:#eee}"
    "}";
constexpr std::string_view policy =
    "default-src 'none'; style-src 'sha256-rr/vTsv78tfJz0FH9B6PF1BECSRok1ZB6cI5kYRiSOo=';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// What a browser connects to: "shop.example" of "https://shop.example/a".
std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

void append_escaped(std::string& html, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += letter;
    }
  }
}

std::string page_of(const Preview& preview) {
  const std::string_view host = host_of(preview.destination);
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>";
  append_escaped(html, host);
  html.append("</title><style>").append(style).append("</style></head>\n<body><p>A link of ");
  append_escaped(html, preview.brand);
  html += " leads to</p>\n<h1>";
  append_escaped(html, host);
  html += "</h1>\n<p><code>";
  append_escaped(html, preview.destination);
  html += "</code></p>\n";
  if (preview.may_differ)
    html += "<p>It may lead elsewhere, depending on device, app, country, language or time.</p>\n";
  // A slug may hold "~" and ".", but nothing that means anything in HTML or in a path.
  html += "<p><a rel=\"nofollow\" href=\"/";
  append_escaped(html, preview.slug);
  html += "\">Continue</a></p></body></html>\n";
  return html;
}

}  // namespace

std::string_view preview_style() {
  return style;
}
std::string_view preview_policy() {
  return policy;
}

std::string_view previewed_path(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  for (const std::string_view sign : {"+", "%2B", "%2b"})
    if (path.ends_with(sign)) return path.substr(0, path.size() - sign.size());
  return {};
}

void append_preview(std::string& wire, net::Method method, const Preview& preview,
                    std::string_view date, AfterAnswer after) {
  const std::string page = page_of(preview);
  wire +=
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
      "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nX-Robots-Tag: noindex\r\n"
      "Referrer-Policy: no-referrer\r\nContent-Security-Policy: ";
  wire.append(policy).append("\r\nContent-Length: ").append(std::to_string(page.size()));
  wire += "\r\n";
  end_head(wire, date, after);
  if (method != net::Method::head) wire += page;
}

}  // namespace fairlead::redirect
