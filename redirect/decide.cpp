#include "redirect/decide.hpp"

#include <algorithm>
#include <span>

namespace fairlead::redirect {

namespace {

struct Values {
  const ClickParts& click;
  const KnownValues& known;
};

void append_macro(std::string& out, Macro macro, const Values& values) {
  switch (macro) {
    case Macro::none:
      return;
    case Macro::click_id:
      append_encoded(out, values.click.token);
      return;
    case Macro::slug:
      append_encoded(out, values.click.slug);
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

void append_pieces(std::string& out, std::span<const Piece> pieces, const Values& values) {
  for (const Piece& piece : pieces) {
    if (piece.macro == Macro::none) {
      out += piece.text;
    } else {
      append_macro(out, piece.macro, values);
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
void append_segment(std::string& out, const Segment& segment, const Values& values) {
  const std::size_t start = out.size();
  for (const Piece& piece : segment.pieces) {
    const std::size_t before = out.size();
    append_pieces(out, {&piece, 1}, values);
    if (piece.macro != Macro::none && is_dot_segment(std::string_view(out).substr(before)))
      out.resize(before);
  }
  if (!segment.has_macro) return;
  std::string_view written = std::string_view(out).substr(start);
  if (written.starts_with('/')) written.remove_prefix(1);
  if (!is_dot_segment(written)) return;
  out.resize(start);
  for (const Piece& piece : segment.pieces)
    out += piece.text;
}

}  // namespace

void decide(const Target& target, const ClickParts& click, const KnownValues& known,
            std::string& location) {
  const Destination& destination = target.destination;
  const Values values{click, known};
  location += destination.origin;
  for (const Segment& segment : destination.path)
    append_segment(location, segment, values);

  char separator = '?';
  if (destination.has_query) {
    location += '?';
    const std::size_t start = location.size();
    append_pieces(location, destination.query, values);
    separator = location.size() == start || location.back() == '&' ? '\0' : '&';
  }
  const auto begin_pair = [&] {
    if (separator != '\0') location += separator;
    separator = '&';
  };
  for (std::size_t i = 0; i < utm_names.size(); ++i) {
    if (target.utm[i].empty() || destination.has_utm[i]) continue;
    if (known.has_utm[i] && !target.utm_locked) continue;
    begin_pair();
    location.append(utm_names[i]).append("=").append(target.utm[i]);
  }
  std::string_view rest = click.query;
  QueryPair pair;
  while (next_pair(rest, pair)) {
    if (pair.kind.name == PairKind::click_token) continue;
    if (pair.kind.name == PairKind::utm && target.utm_locked &&
        !target.utm[pair.kind.index].empty())
      continue;
    begin_pair();
    append_forwarded(location, pair.raw);
  }
  begin_pair();
  location.append("fl_click=").append(click.token);
  if (destination.has_fragment) {
    location += '#';
    append_pieces(location, destination.fragment, values);
  }
}

bool is_header_safe(std::string_view location) {
  return std::all_of(location.begin(), location.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace fairlead::redirect
