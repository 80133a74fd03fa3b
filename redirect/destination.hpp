// A stored destination, cut into the parts a redirect is put together from: origin, path, query and
// fragment, each with its macros. Cut once when the links are loaded, never per click. Pure; any
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

// {click_id}, {slug}, {sub1} … {sub5}. `none` is plain text.
enum class Macro : std::uint8_t { none, click_id, slug, sub1, sub2, sub3, sub4, sub5 };

struct Piece {
  Macro macro = Macro::none;
  std::string text;  // when macro is none
};

// One path segment with its leading '/'; a path without macros is a single one.
struct Segment {
  std::vector<Piece> pieces;
  bool has_macro = false;
};

struct Destination {
  std::string origin;  // "https://shop.example:8443", lower case
  std::string host;    // "shop.example"
  std::vector<Segment> path;
  std::vector<Piece> query;
  std::vector<Piece> fragment;
  bool has_query = false;
  bool has_fragment = false;
  std::array<bool, utm_names.size()> has_utm{};  // in its own query
};

// Cuts a URL that check_destination() has accepted. Errc::invalid for anything that is not
// "http(s)://host…" in printable ASCII, so that a damaged row is never served.
core::Result<Destination> split_destination(std::string_view url);

// The macro that `text` starts with ("{slug}/x" → slug, 6 bytes); width 0 when there is none.
struct FoundMacro {
  Macro macro = Macro::none;
  std::size_t width = 0;
};
FoundMacro macro_at(std::string_view text);

// Whether a host, in lower case, is one of the domains or below one on a label boundary. An entry
// "http://shop.example" allows that host with http as well; a bare entry allows https only.
bool is_allowed_host(std::string_view host, bool is_https,
                     const std::vector<std::string>& allowed_domains);

}  // namespace fairlead::redirect
