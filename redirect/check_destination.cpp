// A destination is checked in three steps: what no spelling may contain; Boost.URL as the parser;
// then our own rules on the parsed host. Macros stand in for letters while it is parsed, so that
// one in the scheme, host or port is found by where it stands.
#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <charconv>

#include "redirect/destination.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

namespace {

namespace urls = boost::urls;

constexpr std::size_t url_bytes_max = 4096;

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

core::Error not_a_name() {
  return refuse(
      "destination's host must be a plain DNS name such as shop.example; write an international "
      "name "
      "in its xn-- form");
}

// "50%" as people write it, not an escape.
bool is_stray_percent(std::string_view url, std::size_t at) {
  constexpr std::string_view hex = "0123456789abcdefABCDEF";
  return url[at] == '%' &&
         (at + 2 >= url.size() || hex.find(url[at + 1]) == std::string_view::npos ||
          hex.find(url[at + 2]) == std::string_view::npos);
}

// People paste what their browser shows. Outside the authority, letters beyond ASCII and the few
// marks RFC 3986 leaves out are percent-encoded; macros become a letter that any part may contain.
struct Spelled {
  std::string parsable;  // macros replaced by '~'
  std::string stored;    // macros kept
};
core::Result<Spelled> spell(std::string_view url, std::size_t authority_end) {
  constexpr std::string_view encoded_marks = "\"<>[]^`|";
  constexpr std::string_view digits = "0123456789ABCDEF";
  Spelled spelled;
  for (std::size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    if (const FoundMacro macro = macro_at(url.substr(i)); macro.width > 0) {
      if (i < authority_end)
        return refuse("destination must not have a macro in its scheme, host or port");
      spelled.parsable += '~';
      spelled.stored += url.substr(i, macro.width);
      i += macro.width - 1;
    } else if (c == '{' || c == '}') {
      return refuse(
          "destination has an unknown macro or a lone brace; macros are {click_id}, {slug} and "
          "{sub1} "
          "to {sub5}");
    } else if (i<authority_end&& static_cast<unsigned char>(c)> 0x7e) {
      return not_a_name();
    } else if (i >= authority_end &&
               (static_cast<unsigned char>(c) > 0x7e || is_stray_percent(url, i) ||
                encoded_marks.find(c) != std::string_view::npos)) {
      const auto byte = static_cast<unsigned char>(c);
      for (std::string* const out : {&spelled.parsable, &spelled.stored})
        (*out += '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    } else {
      spelled.parsable += c;
      spelled.stored += c;
    }
  }
  return spelled;
}

// Letters that IDNA (UTS 46) writes as others: enclosed, squared, half- and full-width, joined and
// mathematical ones. A name that holds one is read differently by different clients.
bool is_written_otherwise(std::uint64_t code) {
  return (code >= 0x2000 && code <= 0x206f) || (code >= 0x2460 && code <= 0x24ff) ||
         (code >= 0x3200 && code <= 0x33ff) || (code >= 0xfb00 && code <= 0xfb4f) ||
         (code >= 0xff00 && code <= 0xffef) || (code >= 0x1d400 && code <= 0x1d7ff);
}

// Whether the part behind "xn--" decodes (RFC 3492, section 6.2) to something beyond ASCII. Labels
// that do not are read differently by different clients.
bool is_punycode(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  std::size_t length = dash == std::string_view::npos ? 0 : dash;
  if (dash != std::string_view::npos) text.remove_prefix(dash + 1);
  std::uint64_t code = 128;
  std::uint64_t place = 0;
  std::uint64_t bias = 72;
  bool is_first = true;
  while (!text.empty()) {
    const std::uint64_t before = place;
    std::uint64_t weight = 1;
    for (std::uint64_t k = 36;; k += 36) {
      if (text.empty() || text[0] == '-') return false;
      const auto digit =
          static_cast<std::uint64_t>(text[0] >= 'a' ? text[0] - 'a' : text[0] - '0' + 26);
      text.remove_prefix(1);
      place += digit * weight;
      const std::uint64_t threshold = k <= bias ? 1 : std::min<std::uint64_t>(k - bias, 26);
      if (place > 0x7fffffff || weight > 0x7fffffff) return false;
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    ++length;
    std::uint64_t delta = is_first ? (place - before) / 700 : (place - before) / 2;
    is_first = false;
    delta += delta / length;
    for (bias = 0; delta > 455; bias += 36)
      delta /= 35;
    bias += 36 * delta / (delta + 38);
    code += place / length;
    place = place % length + 1;
    if (code > 0x10ffff || is_written_otherwise(code)) return false;
  }
  return !is_first;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
    return false;
  const bool is_plain = std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  return is_plain && (!label.starts_with("xn--") || is_punycode(label.substr(4)));
}

// The URL standard reads a host whose last label is a number, "0x7f" included, as an IPv4 address.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool is_hex = last.starts_with("0x") &&
                      last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  return is_hex || last.find_first_not_of("0123456789") == std::string_view::npos;
}

core::Result<void> check_host(std::string_view host) {
  if (host.empty()) return refuse("destination has no host");
  if (host.size() > 253) return refuse("destination's host is longer than 253 bytes");
  std::string_view rest = host;
  for (;;) {
    const std::size_t dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return not_a_name();
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (ends_in_number(host)) return refuse("destination must name a host, not an IP address");
  return {};
}

bool is_port(std::string_view text) {
  if (text.empty()) return true;
  std::uint16_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && number > 0;
}

// "/a/../b" → "/b", before anything is stored: a server and this check must mean the same path.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_open = false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    std::string plain;
    append_decoded(plain, segment.size() <= 6 ? segment : "x");
    ends_open = plain == "." || plain == "..";
    if (plain == ".." && !kept.empty()) kept.pop_back();
    if (!ends_open) kept.push_back(segment);
  }
  std::string joined;
  for (const std::string_view segment : kept)
    joined.append("/").append(segment);
  if (ends_open || joined.empty()) joined += '/';
  return joined;
}

core::Result<std::size_t> authority_end_of(std::string_view url, std::size_t scheme_end) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) < 0x21 || c == 0x7f)
      return refuse("destination must not contain blanks or control characters");
    if (c == '\\') return refuse("destination must not contain a backslash; write /");
  }
  return std::min(url.find_first_of("/?#", scheme_end), url.size());
}

}  // namespace

core::Result<std::string> check_destination(std::string_view url,
                                            const std::vector<std::string>& allowed_domains) {
  if (url.size() > url_bytes_max)
    return refuse("destination may have at most 4096 bytes, this has " +
                  std::to_string(url.size()));
  std::string scheme(url.substr(0, url.find("://")));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lowered);
  if (scheme.size() == url.size() || (scheme != "https" && scheme != "http"))
    return refuse("destination must start with https://");
  auto authority_end = authority_end_of(url, scheme.size() + 3);
  if (!authority_end) return authority_end.error();

  auto spelled = spell(url, *authority_end);
  if (!spelled) return spelled.error();
  const auto parsed = urls::parse_uri(spelled->parsable);
  if (!parsed) return refuse("destination is not a URL: " + parsed.error().message());
  if (parsed->has_userinfo()) return refuse("destination must not carry a user name (user@host)");
  if (parsed->host_type() == urls::host_type::ipv4 ||
      parsed->host_type() == urls::host_type::ipv6 ||
      parsed->host_type() == urls::host_type::ipvfuture)
    return refuse("destination must name a host, not an IP address");
  std::string host(parsed->encoded_host());
  std::transform(host.begin(), host.end(), host.begin(), lowered);
  if (auto good = check_host(host); !good) return good.error();
  // Boost.URL 1.81 accepts "host:x"; what it calls host and port must be the whole authority.
  const std::string_view port = parsed->port();
  const std::size_t authority_size = *authority_end - scheme.size() - 3;
  if (!is_port(port) || authority_size != host.size() + (parsed->has_port() ? 1 : 0) + port.size())
    return refuse("destination's port must be 1 to 65535");
  if (known_values(url.substr(std::min(url.find('?'), url.size() - 1) + 1)).has_click_token)
    return refuse("destination must not contain fl_click; it is added to every click");

  if (!is_allowed_host(host, scheme == "https", allowed_domains)) {
    if (scheme == "http" && is_allowed_host(host, true, allowed_domains))
      return refuse("destination must start with https:// (http needs \"http://" + host +
                    "\" among the brand's allowed domains)");
    return refuse("destination's host \"" + host + "\" is not on the brand's allowed domains");
  }
  std::string stored = scheme + "://" + host;
  if (!port.empty() && port != (scheme == "https" ? "443" : "80")) stored.append(":").append(port);
  const std::string_view rest = std::string_view(spelled->stored).substr(*authority_end);
  const std::size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
  stored += without_dot_segments(rest.substr(0, path_end));
  stored += rest.substr(path_end);
  if (auto cut = split_destination(stored); !cut) return cut.error();
  return stored;
}

}  // namespace fairlead::redirect
