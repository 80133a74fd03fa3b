#include "redirect/destination.hpp"

#include <limits>

namespace fairlead::redirect {

namespace {

constexpr std::array<std::pair<std::string_view, Macro>, 8> macros = {{
    {"{click_id}", Macro::click_id},
    {"{slug}", Macro::slug},
    {"{sub1}", Macro::sub1},
    {"{sub2}", Macro::sub2},
    {"{sub3}", Macro::sub3},
    {"{sub4}", Macro::sub4},
    {"{sub5}", Macro::sub5},
    {"{code}", Macro::code},
}};

bool has_macro(std::string_view text) {
  for (Part part; next_part(text, part);)
    if (part.macro != Macro::none) return true;
  return false;
}

std::uint8_t utm_bits(std::string_view query) {
  if (query.empty()) return 0;
  const KnownValues known = known_values(query);
  std::uint8_t bits = 0;
  for (std::size_t i = 0; i < utm_names.size(); ++i)
    if (known.has_utm[i]) bits = static_cast<std::uint8_t>(bits | 1U << i);
  return bits;
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

bool next_part(std::string_view& rest, Part& part) {
  if (rest.empty()) return false;
  if (const FoundMacro found = macro_at(rest); found.width > 0) {
    part = {found.macro, {}};
    rest.remove_prefix(found.width);
    return true;
  }
  std::size_t end = rest.find('{', 1);
  while (end != std::string_view::npos && macro_at(rest.substr(end)).width == 0)
    end = rest.find('{', end + 1);
  part = {Macro::none, rest.substr(0, end)};
  rest.remove_prefix(part.text.size());
  return true;
}

core::Result<Destination> split_destination(std::string_view url) {
  if (url.size() > std::numeric_limits<std::uint16_t>::max()) return not_servable("too long");
  for (const char c : url)
    if (c < 0x21 || c > 0x7e || c == '\\')
      return not_servable("a byte that may not be in a header");
  const bool is_https = url.starts_with("https://");
  if (!is_https && !url.starts_with("http://")) return not_servable("not http or https");
  const std::size_t host_at = is_https ? 8 : 7;
  const std::size_t origin_end = std::min(url.find_first_of("/?#", host_at), url.size());
  const std::string_view authority = url.substr(host_at, origin_end - host_at);
  if (authority.empty() || authority.starts_with(':') ||
      authority.find_first_of("@[]{}%") != std::string_view::npos)
    return not_servable("no plain host");

  const std::size_t query_end = std::min(url.find('#', origin_end), url.size());
  const std::size_t path_end = std::min(url.substr(0, query_end).find('?', origin_end), query_end);
  Destination destination;
  destination.url = url;
  destination.origin_end = static_cast<std::uint16_t>(origin_end);
  destination.path_end = static_cast<std::uint16_t>(path_end);
  destination.query_end = static_cast<std::uint16_t>(query_end);
  destination.has_macro = has_macro(url.substr(origin_end));
  destination.has_utm = utm_bits(destination.query());
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
