#include "redirect/query.hpp"

#include <algorithm>

namespace fairlead::redirect {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The decoded byte at the front of `raw`, and how many bytes spelled it.
struct Byte {
  char value;
  std::size_t width;
};
Byte decoded_byte(std::string_view raw) {
  if (raw[0] == '+') return {' ', 1};
  if (raw[0] == '%' && raw.size() >= 3) {
    const int high = digit_of(raw[1]);
    const int low = digit_of(raw[2]);
    if (high >= 0 && low >= 0) return {static_cast<char>(high * 16 + low), 3};
  }
  return {raw[0], 1};
}

bool spells(std::string_view raw, std::string_view plain) {
  std::size_t at = 0;
  for (const char wanted : plain) {
    if (at == raw.size()) return false;
    const Byte byte = decoded_byte(raw.substr(at));
    if (byte.value != wanted) return false;
    at += byte.width;
  }
  return at == raw.size();
}

PairKind kind_of(std::string_view raw_name) {
  if (raw_name.empty()) return {};
  // Nearly every foreign parameter ends here: known names start with one of three letters.
  const char first = raw_name[0];
  if (first != 'u' && first != 's' && first != 'f' && first != '%') return {};
  for (std::size_t i = 0; i < utm_names.size(); ++i)
    if (spells(raw_name, utm_names[i])) return {PairKind::utm, static_cast<std::uint8_t>(i)};
  char name[] = "sub1";
  for (std::size_t i = 0; i < sub_count; ++i) {
    name[3] = static_cast<char>('1' + i);
    if (spells(raw_name, {name, 4})) return {PairKind::sub, static_cast<std::uint8_t>(i)};
  }
  if (spells(raw_name, "fl_click")) return {PairKind::click_token, 0};
  return {};
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<std::uint8_t>(c);
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

std::string_view next_piece(std::string_view& rest, const char* separators) {
  const std::string_view piece = rest.substr(0, rest.find_first_of(separators));
  rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
  return piece;
}

// The bytes of a parameter's name, one by one, as the laxest server reads them; then NUL.
class LaxName {
 public:
  explicit LaxName(std::string_view raw_pair) : rest_(raw_pair.substr(0, raw_pair.find('='))) {
    while (!rest_.empty() && (is_bracket(front().value) || is_blank(front().value)))
      rest_.remove_prefix(front().width);
  }
  char next() {
    if (rest_.empty() || front().value == '\0' || is_bracket(front().value)) return '\0';
    const Byte byte = front();
    rest_.remove_prefix(byte.width);
    if (byte.value == '.' || byte.value == ' ') return '_';
    return byte.value >= 'A' && byte.value <= 'Z' ? static_cast<char>(byte.value + 32) : byte.value;
  }

 private:
  static bool is_bracket(char c) { return c == '[' || c == ']'; }
  static bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20; }
  Byte front() const { return decoded_byte(rest_); }
  std::string_view rest_;
};

// Of two pairs; never when a name is empty.
bool may_be_one(std::string_view one, std::string_view other) {
  LaxName first(one);
  LaxName second(other);
  char byte = first.next();
  if (byte == '\0' || byte != second.next()) return false;
  while (byte != '\0') {
    byte = first.next();
    if (byte != second.next()) return false;
  }
  return true;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

bool next_pair(std::string_view& rest, QueryPair& pair) {
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view raw = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (raw.empty()) continue;
    const std::size_t equals = raw.find('=');
    pair.raw = raw;
    pair.value = equals == std::string_view::npos ? std::string_view{} : raw.substr(equals + 1);
    pair.kind = kind_of(raw.substr(0, equals));
    return true;
  }
  return false;
}

KnownValues known_values(std::string_view query) {
  KnownValues known;
  std::array<bool, sub_count> has_sub{};
  QueryPair pair;
  while (next_pair(query, pair)) {
    const std::size_t i = pair.kind.index;
    switch (pair.kind.name) {
      case PairKind::utm:
        if (!known.has_utm[i]) known.utm[i] = pair.value;
        known.has_utm[i] = true;
        break;
      case PairKind::sub:
        if (!has_sub[i]) known.sub[i] = pair.value;
        has_sub[i] = true;
        break;
      case PairKind::click_token:
        known.has_click_token = true;
        break;
      case PairKind::other:
        break;
    }
  }
  return known;
}

bool repeats_name_of(std::string_view own, std::string_view raw_pair) {
  while (!raw_pair.empty()) {
    const std::string_view asked = next_piece(raw_pair, ";");
    for (std::string_view rest = own; !rest.empty();)
      if (may_be_one(next_piece(rest, "&;"), asked)) return true;
  }
  return false;
}

void append_decoded(std::string& out, std::string_view raw, std::size_t bytes_max) {
  for (std::size_t n = 0; !raw.empty() && n < bytes_max; ++n) {
    const Byte byte = decoded_byte(raw);
    out += byte.value;
    raw.remove_prefix(byte.width);
  }
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      append_escape(out, c);
    }
  }
}

void append_forwarded(std::string& out, std::string_view raw) {
  for (const char c : raw) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x21 || byte > 0x7e || c == '#') {
      append_escape(out, c);
    } else {
      out += c;
    }
  }
}

}  // namespace fairlead::redirect
