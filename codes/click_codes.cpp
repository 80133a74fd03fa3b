#include "codes/click_codes.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t digits = 23;  // behind the '-': 13 letters of the click, 10 of its MAC
constexpr std::size_t id_letters = 13;

struct Parts {
  std::string prefix;
  std::string digits;  // in their one spelling
  std::string text() const { return prefix + "-" + digits; }
};

std::optional<Parts> cut(std::string_view folded) {
  if (folded.size() < digits + 2 || folded[folded.size() - digits - 1] != '-') return std::nullopt;
  Parts parts{std::string(folded.substr(0, folded.size() - digits - 1)),
              std::string(folded.substr(folded.size() - digits))};
  for (char& c : parts.digits) {
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
  }
  return parts;
}

// The terms of `code` for the one order that comes with a click.
StoredCode of_click(StoredCode code, const Parts& parts, core::ClickId click) {
  const auto over_at = core::instant_of_id(click.number).plus_days(click_code_days_max);
  code.id = core::CodeId{click.number};
  code.text = code.folded = parts.text();
  code.version = 0;
  code.archived_at.reset();
  auto& terms = code.terms;
  terms.ends_at = terms.ends_at ? std::min(*terms.ends_at, over_at) : over_at;
  terms.limits.uses_max = 1;
  terms.limits.uses_per_customer_max.reset();  // one use is one customer's
  return code;
}

NewCode new_code_of(const StoredCode& code) {
  NewCode made{code.deal, code.text, code.terms};
  auto& terms = made.terms;
  // A code that ended before it would start is over, and says so.
  if (terms.starts_at && terms.ends_at && *terms.ends_at <= *terms.starts_at)
    terms.starts_at.reset();
  return made;
}

}  // namespace

std::optional<StoredCode> find_with_clicks(storage::Session& session, core::BrandId brand,
                                           std::string_view folded, const ReadClickCode& read) {
  if (auto stored = find_code(session, brand, folded)) return stored;
  const auto parts = cut(folded);
  if (!parts || !read) return std::nullopt;
  if (parts->text() != folded) {
    if (auto stored = find_code(session, brand, parts->text())) return stored;
  }
  auto whole = find_code(session, brand, parts->prefix);
  // Read in any case: how long it takes must not tell whether the first part is a code.
  const auto click = read(brand, whole ? whole->id : core::CodeId{}, parts->digits);
  if (!whole || !click) return std::nullopt;
  return of_click(std::move(*whole), *parts, *click);
}

std::optional<StoredCode> hold_with_clicks(storage::Session& session, core::BrandId brand,
                                           std::string_view folded, const ReadClickCode& read,
                                           core::Instant now) {
  if (auto held = hold_code(session, brand, folded, now)) return held;
  const auto found = find_with_clicks(session, brand, folded, read);
  if (!found) return std::nullopt;
  // One that is there already was made by somebody who was faster, and is the same code.
  if (found->version == 0) {
    insert_code(session, brand, found->id, new_code_of(*found), now,
                core::ClickId{found->id.number});
  }
  auto held = hold_code(session, brand, found->folded, now);
  CHECK(held.has_value());
  return held;
}

core::ClickId click_of(const StoredCode& code) {
  const auto parts = cut(code.folded);
  if (!parts) return {};
  std::string letters = parts->digits.substr(0, id_letters);
  for (char& c : letters)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto number = core::parse_id_text("", letters);
  return number && *number == code.id.number ? core::ClickId{*number} : core::ClickId{};
}

}  // namespace fairlead::codes
