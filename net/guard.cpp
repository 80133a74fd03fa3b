#include "net/guard.hpp"

#include <array>

#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

constexpr GuardVerdict bad(int rule, std::string_view why) {
  return {400, rule, "bad_request", why};
}

// RFC 9110 5.6.2: what a method and a field name are made of.
constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

// RFC 3986: the characters of a host and port, without those of userinfo, path and query.
constexpr std::array<bool, 256> make_host_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("-._~%!$&'()*+,;=:[]0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}

constexpr auto token_table = make_token_table();
constexpr auto host_table = make_host_table();

constexpr bool all_in(const std::array<bool, 256>& table, std::string_view text) {
  for (const char c : text) {
    if (!table[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

// Only tabs and what is printable may stand in a line; obs-text (0x80 and above) is legal in
// values.
bool has_control(std::string_view line) {
  bool found = false;  // without an early exit, so that the compiler can look at 16 bytes at once
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    found |= (byte < 0x20 && byte != '\t') || byte == 0x7f;
  }
  return found;
}

struct Fields {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  std::string_view host;
  std::string_view length;
  std::string_view coding;
};

GuardVerdict read_request_line(std::string_view line, std::string_view& target, Framing& framing) {
  const auto first = line.find(' ');
  const auto second = first == line.npos ? line.npos : line.find(' ', first + 1);
  if (second == line.npos) return bad(0, "The request line must be: method, target, HTTP/1.1.");
  framing.method = line.substr(0, first);
  target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (framing.method.empty() || !all_in(token_table, framing.method)) {
    return bad(0, "The method is not a token.");
  }
  framing.is_http11 = version == "HTTP/1.1";
  if (!framing.is_http11 && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/") && version.size() == 8 && is_digit(version[5]) &&
        version[6] == '.' && is_digit(version[7])) {
      return {505, 0, "version_not_supported", "This server speaks HTTP/1.1 and HTTP/1.0."};
    }
    return bad(0, "The request line must end with one space and HTTP/1.1.");
  }
  framing.target_bytes = target.size();
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x21 || byte > 0x7e || byte == '#') {
      return bad(3, "The target must be percent-encoded ASCII without a fragment.");
    }
  }
  return {};
}

GuardVerdict read_field(std::string_view line, Framing& framing, Fields& fields) {
  if (line.front() == ' ' || line.front() == '\t') {
    return bad(4, "A header must not be continued on a second line.");
  }
  const auto colon = line.find(':');
  if (colon == line.npos || colon == 0 || !all_in(token_table, line.substr(0, colon))) {
    return bad(0,
               "A header must be a name, a colon and a value, without a space before the colon.");
  }
  ++framing.fields;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name.size() == 4 && equal_ignoring_case(name, "Host")) {
    ++fields.hosts;
    fields.host = value;
  } else if (name.size() == 14 && equal_ignoring_case(name, "Content-Length")) {
    ++fields.lengths;
    fields.length = value;
  } else if (name.size() == 17 && equal_ignoring_case(name, "Transfer-Encoding")) {
    ++fields.codings;
    fields.coding = value;
  }
  return {};
}

GuardVerdict check_coding(const Fields& fields, Framing& framing) {
  if (fields.codings == 0) return {};
  if (!framing.is_http11) return bad(1, "Transfer-Encoding needs HTTP/1.1.");
  if (fields.codings > 1) return bad(1, "Transfer-Encoding must be there once.");
  if (fields.lengths > 0) {
    return bad(1, "Transfer-Encoding and Content-Length exclude each other.");
  }
  if (!equal_ignoring_case(fields.coding, "chunked")) {
    return {501, 1, "coding_not_supported", "Transfer-Encoding can be \"chunked\" only."};
  }
  framing.is_chunked = true;
  return {};
}

GuardVerdict check_length(const Fields& fields, Framing& framing) {
  if (fields.lengths == 0) return {};
  if (fields.lengths > 1) return bad(2, "Content-Length must be there once.");
  constexpr std::size_t digits_max = 18;  // fits 64 bits, and no body is as long
  if (fields.length.empty() || fields.length.size() > digits_max) {
    return bad(2, "Content-Length must be a number of bytes.");
  }
  for (const char c : fields.length) {
    if (!is_digit(c)) return bad(2, "Content-Length must be one number of bytes, digits only.");
    framing.content_length = framing.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return {};
}

// Cuts a port off; false when what stands behind the last colon is not one.
bool cut_port(std::string_view& host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.find(':', bracket == host.npos ? 0 : bracket);
  if (colon == host.npos) return true;
  for (const char c : host.substr(colon + 1)) {
    if (!is_digit(c)) return false;
  }
  host = host.substr(0, colon);
  return true;
}

GuardVerdict check_host(const Fields& fields, Framing& framing) {
  if (fields.hosts > 1 || (fields.hosts == 0 && framing.is_http11)) {
    return bad(3, "HTTP/1.1 needs one Host header.");
  }
  framing.host = fields.host;
  if (!all_in(host_table, fields.host) || !cut_port(framing.host)) {
    return bad(3, "Host must be a host name and an optional port.");
  }
  return {};
}

// Origin form, or absolute form with the very host of the Host header: then both readers agree.
GuardVerdict check_target(std::string_view target, const Fields& fields, Framing& framing) {
  if (framing.method == "CONNECT" || target == "*") {
    return {501, 3, "not_implemented",
            "This server is no proxy; the target must start with \"/\"."};
  }
  if (!target.starts_with('/')) {
    constexpr std::string_view schemes[] = {"http://", "https://"};
    std::string_view rest;
    for (const std::string_view scheme : schemes) {
      if (target.size() > scheme.size() &&
          equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
        rest = target.substr(scheme.size());
      }
    }
    const auto authority_end = rest.find_first_of("/?");
    const std::string_view authority = rest.substr(0, authority_end);
    if (authority.empty() || !equal_ignoring_case(authority, fields.host)) {
      return bad(3, "The target must start with \"/\", or be a URL with the host of Host.");
    }
    target = authority_end == rest.npos ? "/" : rest.substr(authority_end);
  }
  const auto question = target.find('?');
  framing.path = target.substr(0, question);
  framing.query = question == target.npos ? "" : target.substr(question + 1);
  if (framing.path.empty()) framing.path = "/";  // http://host?query
  return {};
}

}  // namespace

GuardVerdict guard(std::string_view head, Framing& framing) {
  framing = {};
  Fields fields;
  std::string_view target;
  bool is_first = true;
  while (true) {
    const auto end = head.find('\n');
    if (end == head.npos || end == 0 || head[end - 1] != '\r') {
      return bad(0, "Lines must end with CR LF.");
    }
    const std::string_view line = head.substr(0, end - 1);
    head.remove_prefix(end + 1);
    if (has_control(line)) return bad(0, "A line of the head has a control character in it.");
    if (line.empty()) break;
    const GuardVerdict verdict =
        is_first ? read_request_line(line, target, framing) : read_field(line, framing, fields);
    if (!verdict.passes()) return verdict;
    is_first = false;
  }
  if (is_first || !head.empty())
    return bad(0, "A head is a request line, headers and an empty line.");
  GuardVerdict verdict = check_coding(fields, framing);
  if (verdict.passes()) verdict = check_length(fields, framing);
  if (verdict.passes()) verdict = check_host(fields, framing);
  if (verdict.passes()) verdict = check_target(target, fields, framing);
  return verdict;
}

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  while (true) {
    const auto end = bytes.find('\n', scanned_);
    if (end == bytes.npos) {
      scanned_ = bytes.size();
      return State::incomplete;
    }
    if (end == line_start_ || bytes[end - 1] != '\r') return State::illegal;
    if (end - 1 == line_start_) {
      size_ = end + 1;
      return State::complete;
    }
    scanned_ = line_start_ = end + 1;
  }
}

}  // namespace fairlead::net
