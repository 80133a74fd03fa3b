#include "codes/proposals.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/text_forms.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t base_bytes_max = 30;
constexpr std::size_t code_bytes_min = 3;

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string upper_letters(std::string_view latin) {
  std::string base;
  for (const char c : latin) {
    if (is_letter_or_digit(c)) base += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return base.substr(0, base_bytes_max);
}

}  // namespace

std::string base_of_name(std::string_view name) {
  const std::string latin = core::latin_form(name);
  // Words end at blanks only, so that "Anne-Marie" and "O'Neill" are one.
  for (std::size_t at = 0; at < latin.size();) {
    const std::size_t end = std::min(latin.find(' ', at), latin.size());
    auto word = upper_letters(std::string_view(latin).substr(at, end - at));
    if (!word.empty()) return word;
    at = end + 1;
  }
  return "";
}

std::string base_of_words(std::string_view words) {
  return upper_letters(core::latin_form(words));
}

std::string number_of(const Discount& discount, core::Currency currency) {
  switch (discount.kind) {
    case DiscountKind::percent:
      return std::to_string(discount.rate.ppm / 10'000);
    case DiscountKind::fixed: {
      const auto amount = core::decimal_text({discount.amount_minor, currency});
      return amount.substr(0, amount.find('.'));
    }
    case DiscountKind::buy_x_get_y:
    case DiscountKind::free_shipping:
      return "FREE";
  }
  CHECK(false);
}

std::string proposal(std::string_view base, std::string_view number, std::size_t attempt) {
  std::string text = std::string(base.substr(0, base_bytes_max)) + std::string(number);
  if (text.size() < code_bytes_min) text = "CODE" + text;
  if (attempt > 0) text += "-" + std::to_string(attempt + 1);
  return text;
}

}  // namespace fairlead::codes
