#include "redirect/decide.hpp"

#include <algorithm>

namespace fairlead::redirect {

namespace {

struct Values {
  const ClickParts& click;
  const KnownValues& known;
};

void append_macro(std::string& out, Macro macro, const Values& values) {
  if (out.size() > location_bytes_max) return;
  switch (macro) {
    case Macro::none:
      return;
    case Macro::click_id:
      append_encoded(out, values.click.token);
      return;
    case Macro::slug:
      append_encoded(out, values.click.slug);
      return;
    case Macro::code:
      append_encoded(out, values.click.code);
      return;
    case Macro::sub1:
    case Macro::sub2:
    case Macro::sub3:
    case Macro::sub4:
    case Macro::sub5: {
      std::string plain;
      append_decoded(
          plain, values.known
                     .sub[static_cast<std::size_t>(macro) - static_cast<std::size_t>(Macro::sub1)]);
      append_encoded(out, plain);
      return;
    }
  }
}

void append_parts(std::string& out, std::string_view text, const Values& values) {
  for (Part part; next_part(text, part);) {
    if (part.macro == Macro::none) {
      out += part.text;
    } else {
      append_macro(out, part.macro, values);
    }
  }
}

// "." and ".." in every spelling a URL parser would read as a dot segment: a '%' of the value
// itself arrives here as "%25", so "%252e" is one of them, to be on the safe side of double
// decoders.
bool is_dot_segment(std::string_view segment) {
  int dots = 0;
  while (!segment.empty()) {
    if (segment[0] == '.') {
      segment.remove_prefix(1);
    } else {
      if (segment[0] != '%') return false;
      segment.remove_prefix(1);
      while (segment.starts_with("25"))
        segment.remove_prefix(2);
      if (!segment.starts_with("2e") && !segment.starts_with("2E")) return false;
      segment.remove_prefix(2);
    }
    ++dots;
  }
  return dots == 1 || dots == 2;
}

// A macro must not climb: a value that is a dot segment becomes empty, and so do values that
// together make their whole segment one.
void append_segment(std::string& out, std::string_view segment, const Values& values) {
  const std::size_t start = out.size();
  bool has_macro = false;
  std::string_view rest = segment;
  for (Part part; next_part(rest, part);) {
    const std::size_t before = out.size();
    out += part.text;
    if (part.macro == Macro::none) continue;
    has_macro = true;
    append_macro(out, part.macro, values);
    if (is_dot_segment(std::string_view(out).substr(before))) out.resize(before);
  }
  if (!has_macro) return;
  std::string_view written = std::string_view(out).substr(start);
  if (written.starts_with('/')) written.remove_prefix(1);
  if (!is_dot_segment(written)) return;
  out.resize(start);
  for (Part part; next_part(segment, part);)
    out += part.text;
}

void append_path(std::string& out, std::string_view path, const Values& values) {
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/', 1));
    path.remove_prefix(segment.size());
    append_segment(out, segment, values);
  }
}

// Origin, path and own query; what stands between it and the next pair.
char append_own(std::string& out, const Destination& destination, const Values& values) {
  out += destination.origin();
  const std::size_t path_at = out.size();
  if (destination.has_macro) {
    append_path(out, destination.path(), values);
  } else {
    out += destination.path();
  }
  if (out.size() == path_at) out += '/';
  if (!destination.has_query()) return '?';
  out += '?';
  const std::size_t query_at = out.size();
  if (destination.has_macro) {
    append_parts(out, destination.query(), values);
  } else {
    out += destination.query();
  }
  return out.size() == query_at || out.back() == '&' ? '\0' : '&';
}

}  // namespace

void decide(const Target& target, const ClickParts& click, const KnownValues& known,
            std::string& location) {
  const Destination& destination = target.destination;
  const Values values{click, known};
  const std::size_t start = location.size();
  char separator = append_own(location, destination, values);
  // As it is written now, with macros replaced; a '?' of a macro's value is encoded.
  const std::size_t own_end = location.size();
  const std::size_t own_at =
      destination.has_query() ? std::min(location.find('?', start) + 1, own_end) : own_end;
  const auto begin_pair = [&] {
    if (separator != '\0') location += separator;
    separator = '&';
  };
  const UtmDefaults* const utm = target.utm;
  for (std::size_t i = 0; utm != nullptr && i < utm_names.size(); ++i) {
    if (utm->values[i].empty() || (destination.has_utm >> i & 1) != 0) continue;
    if (known.has_utm[i] && !utm->is_locked) continue;
    begin_pair();
    location.append(utm_names[i]).append("=").append(utm->values[i]);
  }
  std::string_view rest = click.query;
  QueryPair pair;
  while (next_pair(rest, pair)) {
    if (pair.kind.name == PairKind::click_token) continue;
    if (pair.kind.name == PairKind::utm && utm != nullptr && utm->is_locked &&
        !utm->values[pair.kind.index].empty())
      continue;
    if (target.own_query_wins &&
        repeats_name_of(std::string_view(location).substr(own_at, own_end - own_at), pair.raw))
      continue;
    begin_pair();
    append_forwarded(location, pair.raw);
  }
  if (!click.token.empty()) {
    begin_pair();
    location.append("fl_click=").append(click.token);
  }
  if (!destination.has_fragment()) return;
  location += '#';
  append_parts(location, destination.fragment(), values);
}

bool is_header_safe(std::string_view location) {
  // The extremes, because the compiler can look for those in 16 bytes at once.
  char lowest = 0x7e;
  char highest = 0x21;
  for (const char c : location) {
    lowest = std::min(lowest, c);
    highest = std::max(highest, c);
  }
  return lowest > 0x20 && highest < 0x7f;
}

}  // namespace fairlead::redirect
