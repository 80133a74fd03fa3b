// A destination is checked in three steps: what no spelling may contain; Boost.URL as the parser;
// then our own rules on the parsed host, in its ASCII form. Macros stand in for letters while it is
// parsed, so that one in the scheme, host or port is found by where it stands.
#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <charconv>
#include <optional>

#include "core/host_name.hpp"
#include "redirect/destination.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

namespace {

namespace urls = boost::urls;

constexpr std::size_t url_bytes_max = 4096;
constexpr std::size_t macros_max = 20;

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

core::Error not_a_name() {
  return refuse("destination's host must be a DNS name such as shop.example");
}

std::size_t macros_in(std::string_view text) {
  std::size_t count = 0;
  for (Part part; next_part(text, part);)
    count += part.macro == Macro::none ? 0 : 1;
  return count;
}

core::Error has_user() {
  return refuse("destination must not carry a user name (user@host)");
}

// "50%" as people write it, not an escape.
bool is_stray_percent(std::string_view url, std::size_t at) {
  constexpr std::string_view hex = "0123456789abcdefABCDEF";
  return url[at] == '%' &&
         (at + 2 >= url.size() || hex.find(url[at + 1]) == std::string_view::npos ||
          hex.find(url[at + 2]) == std::string_view::npos);
}

// People paste what their browser shows. Outside the authority, letters beyond ASCII, the few marks
// RFC 3986 leaves out and a second '#' are percent-encoded; macros become a letter that any part
// may contain.
struct Spelled {
  std::string parsable;  // macros replaced by '~'
  std::string stored;    // macros kept
};
core::Result<Spelled> spell(std::string_view url, std::size_t authority_end) {
  constexpr std::string_view encoded_marks = "\"<>[]^`|";
  constexpr std::string_view digits = "0123456789ABCDEF";
  Spelled spelled;
  const std::size_t fragment_at = std::min(url.find('#', authority_end), url.size());
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
          "destination has an unknown macro or a lone brace; macros are {click_id}, {slug}, {code} "
          "and {sub1} to {sub5}");
    } else if (i >= authority_end &&
               (static_cast<unsigned char>(c) > 0x7e || is_stray_percent(url, i) ||
                (c == '#' && i > fragment_at) || encoded_marks.find(c) != std::string_view::npos)) {
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

// "größe.example:8443" → "xn--gre-6ka8i.example:8443", because the parser knows ASCII alone.
core::Result<std::string> in_ascii(std::string_view authority) {
  const bool is_ascii = std::all_of(authority.begin(), authority.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return std::string(authority);
  if (authority.find('@') != std::string_view::npos) return has_user();
  const std::size_t colon = std::min(authority.find(':'), authority.size());
  const auto host = core::host_name(authority.substr(0, colon));
  if (!host) return not_a_name();
  return *host + std::string(authority.substr(colon));
}

// 0 to 65535, as the URL standard has it, whatever zeros stand in front; "" is the scheme's own.
std::optional<std::uint16_t> port_number(std::string_view text, std::uint16_t own) {
  if (text.empty()) return own;
  std::uint16_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
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
  const std::size_t authority_at = scheme.size() + 3;
  const auto authority = in_ascii(url.substr(authority_at, *authority_end - authority_at));
  if (!authority) return authority.error();
  const std::string parsable =
      scheme + "://" + *authority + spelled->parsable.substr(*authority_end);
  const auto parsed = urls::parse_uri(parsable);
  if (!parsed) return refuse("destination is not a URL: " + parsed.error().message());
  if (parsed->has_userinfo()) return has_user();
  const std::string_view written = parsed->encoded_host();
  if (written.empty()) return refuse("destination has no host");
  const auto name = core::host_name(written);
  const bool is_address =
      parsed->host_type() != urls::host_type::name || (name && core::is_ipv4_host(*name));
  if (is_address) return refuse("destination must name a host, not an IP address");
  if (!name) return not_a_name();
  const std::string& host = *name;
  // Boost.URL 1.81 accepts "host:x"; what it calls host and port must be the whole authority.
  const std::string_view port_text = parsed->port();
  const std::uint16_t own_port = scheme == "https" ? 443 : 80;
  const auto port = port_number(port_text, own_port);
  if (!port ||
      authority->size() != written.size() + (parsed->has_port() ? 1 : 0) + port_text.size())
    return refuse("destination's port must be 0 to 65535");
  if (known_values(url.substr(std::min(url.find('?'), url.size() - 1) + 1)).has_click_token)
    return refuse("destination must not contain fl_click; it is added to every click");

  if (!is_allowed_host(host, scheme == "https", allowed_domains)) {
    if (scheme == "http" && is_allowed_host(host, true, allowed_domains))
      return refuse("destination must start with https:// (http needs \"http://" + host +
                    "\" among the brand's allowed domains)");
    return refuse("destination's host \"" + host + "\" is not on the brand's allowed domains");
  }
  std::string stored = scheme + "://" + host;
  if (*port != own_port) stored.append(":").append(std::to_string(*port));
  const std::string_view rest = std::string_view(spelled->stored).substr(*authority_end);
  const std::size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
  stored += without_dot_segments(rest.substr(0, path_end));
  stored += rest.substr(path_end);
  if (const std::size_t macros = macros_in(rest); macros > macros_max)
    return refuse("destination may have at most " + std::to_string(macros_max) +
                  " macros, this has " + std::to_string(macros));
  if (auto cut = split_destination(stored); !cut) return cut.error();
  return stored;
}

}  // namespace fairlead::redirect
