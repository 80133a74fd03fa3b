// A tolerant scanner for the query a shopper brings. Browsers, apps and ad networks send what no
// URL grammar allows (raw brackets, UTF-8, stray percent signs), so pairs are cut at '&' and '='
// and passed on as they are. Never Boost.URL: it refuses or rewrites such queries. Pure; any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::redirect {

inline constexpr std::array<std::string_view, 5> utm_names = {
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"};
inline constexpr std::size_t sub_count = 5;

// What the redirect knows about a parameter's name. Names are compared after percent-decoding, as
// the shop's server will, so "utm%5Fsource" is utm_source; upper and lower case differ.
struct PairKind {
  enum Name : std::uint8_t { other, utm, sub, click_token } name = other;
  std::uint8_t index = 0;  // of utm_names, or 0 for sub1 … 4 for sub5
};

struct QueryPair {
  std::string_view raw;    // "name=value" as sent
  std::string_view value;  // behind the first '='; "" also when there is none
  PairKind kind;
};

// Takes the next pair off the front of `rest`. False when none is left. Empty pairs ("&&") are
// skipped.
bool next_pair(std::string_view& rest, QueryPair& pair);

// The first value of each known name, as sent.
struct KnownValues {
  std::array<std::string_view, utm_names.size()> utm;
  std::array<std::string_view, sub_count> sub;
  std::array<bool, utm_names.size()> has_utm{};
  bool has_click_token = false;
};
KnownValues known_values(std::string_view query);

// Whether some server could take a forwarded pair for one that `own`, another query, has: names are
// compared decoded and without case, '.' and ' ' are '_' (PHP), "a[]", "[a]" and what follows a NUL
// count as "a" (PHP, Rack), and ';' separates as '&' does (Rack 2).
bool repeats_name_of(std::string_view own, std::string_view raw_pair);

// Percent-decoded with '+' as a space, cut to at most `bytes_max` bytes.
void append_decoded(std::string& out, std::string_view raw, std::size_t bytes_max = 4096);
// RFC 3986: everything but ALPHA DIGIT - . _ ~ becomes %XX.
void append_encoded(std::string& out, std::string_view text);
// Byte for byte, except what may not stand in a header or would start a fragment: bytes below 0x21,
// 0x7f, above 0x7e and '#' become %XX.
void append_forwarded(std::string& out, std::string_view raw);

}  // namespace fairlead::redirect
