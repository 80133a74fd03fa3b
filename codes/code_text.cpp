#include "codes/code_text.hpp"

#include <algorithm>
#include <vector>

#include "core/text_forms.hpp"

namespace fairlead::codes {

namespace {

// What reads as a digit, in the upper case of the folded form; and the two dashes of codes.
constexpr std::string_view letters = "OQILZSGB_";
constexpr std::string_view digits = "00112568-";

bool is_plain(std::string_view code) {
  return std::all_of(code.begin(), code.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

// The characters of UTF-8, each as its bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      ++end;
    all.push_back(text.substr(at, end - at));
    at = end;
  }
  return all;
}

}  // namespace

std::string fold(std::string_view code) {
  if (code.size() > code_bytes_max) return "";
  if (is_plain(code)) {  // nearly all are, and these need no tables
    std::string folded(code);
    std::transform(folded.begin(), folded.end(), folded.begin(), upper);
    return folded;
  }
  auto folded = core::comparison_form(code);
  if (!folded || folded->size() > code_bytes_max) return "";
  return std::move(*folded);
}

std::string written(std::string_view code) {
  return std::string(core::trimmed(code));
}

bool is_canonical(std::string_view folded) {
  return folded.size() >= 3 && folded.size() <= 40 &&
         std::all_of(folded.begin(), folded.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

std::string skeleton(std::string_view code) {
  if (code.size() > code_bytes_max) return "";
  // Upper case first: "l" is no "I" to a table of looks, but in a code they are "L" and "I".
  const std::string folded = without_blanks(fold(core::visible_form(code)));
  auto look = without_blanks(core::comparison_form(core::look_form(folded)).value_or(""));
  for (char& c : look) {
    const auto letter = letters.find(c);
    if (letter != std::string_view::npos) c = digits[letter];
  }
  return look;
}

bool is_within_a_slip(std::string_view a, std::string_view b) {
  auto shorter = characters(a);
  auto longer = characters(b);
  if (shorter.size() > longer.size()) std::swap(shorter, longer);
  if (longer.size() - shorter.size() > 1) return false;
  const auto [left, right] = std::mismatch(shorter.begin(), shorter.end(), longer.begin());
  const auto behind = [](auto from, auto end, auto other) { return std::equal(from, end, other); };
  if (shorter.size() < longer.size()) return behind(left, shorter.end(), right + 1);
  if (left == shorter.end()) return true;
  if (behind(left + 1, shorter.end(), right + 1)) return true;
  return left + 1 != shorter.end() && *left == *(right + 1) && *(left + 1) == *right &&
         behind(left + 2, shorter.end(), right + 2);
}

}  // namespace fairlead::codes
