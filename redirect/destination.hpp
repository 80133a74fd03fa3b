// A stored destination, cut where a redirect is put together: origin, path, query, fragment. The
// cuts are offsets into the text, made once when a link is loaded, never per click. Pure; any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

// Borrows the text it was cut from.
struct Destination {
  std::string_view url;          // "https://shop.example:8443/p/{slug}?a=1#b"
  std::uint16_t origin_end = 0;  // bytes of "https://shop.example:8443", which is in lower case
  std::uint16_t path_end = 0;    // where the '?' is, or else query_end
  std::uint16_t query_end = 0;   // where the '#' is, or else the end
  bool has_macro = false;        // anywhere
  std::uint8_t has_utm = 0;      // bit i: its own query has utm_names[i]

  std::string_view origin() const { return url.substr(0, origin_end); }
  std::string_view path() const { return url.substr(origin_end, path_end - origin_end); }
  bool has_query() const { return path_end < query_end; }
  std::string_view query() const {  // behind the '?'
    return has_query() ? url.substr(path_end + 1, query_end - path_end - 1) : std::string_view{};
  }
  bool has_fragment() const { return query_end < url.size(); }
  std::string_view fragment() const {  // behind the '#'
    return has_fragment() ? url.substr(query_end + 1) : std::string_view{};
  }
  bool is_https() const { return url.starts_with("https://"); }
  std::string_view host() const {  // without the port
    const std::size_t start = is_https() ? 8 : 7;
    const std::string_view authority = url.substr(start, origin_end - start);
    return authority.substr(0, authority.find(':'));
  }
};

// Cuts a URL that check_destination() has accepted. Errc::invalid for anything that is not
// "http(s)://host…" in printable ASCII of at most 65,535 bytes, so that a damaged row is never
// served.
core::Result<Destination> split_destination(std::string_view url);

// {click_id}, {slug}, {sub1} … {sub5}, {code}. `none` is plain text.
enum class Macro : std::uint8_t { none, click_id, slug, sub1, sub2, sub3, sub4, sub5, code };

// The macro that `text` starts with ("{slug}/x" → slug, 6 bytes); width 0 when there is none.
struct FoundMacro {
  Macro macro = Macro::none;
  std::size_t width = 0;
};
FoundMacro macro_at(std::string_view text);

// Takes the next part off the front of `rest`: a macro, or the plain text up to the next one. False
// when nothing is left.
struct Part {
  Macro macro = Macro::none;
  std::string_view text;  // when macro is none
};
bool next_part(std::string_view& rest, Part& part);

// Whether a host, in lower case, is one of the domains or below one on a label boundary. An entry
// "http://shop.example" allows that host with http as well; a bare entry allows https only.
bool is_allowed_host(std::string_view host, bool is_https,
                     const std::vector<std::string>& allowed_domains);

}  // namespace fairlead::redirect
