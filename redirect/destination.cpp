#include "redirect/destination.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::array<std::pair<std::string_view, Macro>, 7> macros = {{
    {"{click_id}", Macro::click_id},
    {"{slug}", Macro::slug},
    {"{sub1}", Macro::sub1},
    {"{sub2}", Macro::sub2},
    {"{sub3}", Macro::sub3},
    {"{sub4}", Macro::sub4},
    {"{sub5}", Macro::sub5},
}};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::string plain;
  while (!text.empty()) {
    if (const FoundMacro found = macro_at(text); found.width > 0) {
      if (!plain.empty()) pieces.push_back({Macro::none, std::move(plain)});
      plain.clear();
      pieces.push_back({found.macro, ""});
      text.remove_prefix(found.width);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  if (!plain.empty()) pieces.push_back({Macro::none, std::move(plain)});
  return pieces;
}

bool has_macro(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces)
    if (piece.macro != Macro::none) return true;
  return false;
}

std::vector<Segment> segments_of(std::string_view path) {
  if (!has_macro(pieces_of(path))) return {{pieces_of(path), false}};
  std::vector<Segment> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/', 1));
    path.remove_prefix(segment.size());
    std::vector<Piece> pieces = pieces_of(segment);
    const bool with_macro = has_macro(pieces);
    segments.push_back({std::move(pieces), with_macro});
  }
  return segments;
}

core::Error not_servable(std::string_view why) {
  return core::fail(core::Errc::invalid, "stored destination: " + std::string(why));
}

}  // namespace

FoundMacro macro_at(std::string_view text) {
  if (!text.starts_with('{')) return {};
  for (const auto& [name, macro] : macros)
    if (text.starts_with(name)) return {macro, name.size()};
  return {};
}

core::Result<Destination> split_destination(std::string_view url) {
  for (const char c : url)
    if (c < 0x21 || c > 0x7e || c == '\\')
      return not_servable("a byte that may not be in a header");
  const bool is_https = url.starts_with("https://");
  if (!is_https && !url.starts_with("http://")) return not_servable("not http or https");
  const std::size_t host_at = is_https ? 8 : 7;
  const std::size_t origin_end = std::min(url.find_first_of("/?#", host_at), url.size());
  const std::string_view authority = url.substr(host_at, origin_end - host_at);
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (host.empty() || authority.find_first_of("@[]{}%") != std::string_view::npos)
    return not_servable("no plain host");

  Destination destination;
  destination.origin = url.substr(0, origin_end);
  destination.host = host;
  std::string_view rest = url.substr(origin_end);
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    destination.has_fragment = true;
    destination.fragment = pieces_of(rest.substr(hash + 1));
    rest = rest.substr(0, hash);
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    destination.has_query = true;
    destination.query = pieces_of(rest.substr(mark + 1));
    destination.has_utm = known_values(rest.substr(mark + 1)).has_utm;
    rest = rest.substr(0, mark);
  }
  destination.path = segments_of(rest.empty() ? "/" : rest);
  return destination;
}

bool is_allowed_host(std::string_view host, bool is_https,
                     const std::vector<std::string>& allowed_domains) {
  for (std::string_view domain : allowed_domains) {
    const bool allows_http = domain.starts_with("http://");
    if (allows_http) domain.remove_prefix(7);
    if (domain.empty() || (!is_https && !allows_http)) continue;
    if (host == domain) return true;
    if (host.size() > domain.size() && host.ends_with(domain) &&
        host[host.size() - domain.size() - 1] == '.')
      return true;
  }
  return false;
}

}  // namespace fairlead::redirect
