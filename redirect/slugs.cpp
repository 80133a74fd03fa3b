#include "redirect/slugs.hpp"

#include <algorithm>

#include "core/crypto.hpp"
#include "net/router.hpp"

namespace fairlead::redirect {

namespace {

// Without 0 O o, 1 I l.
constexpr std::string_view slug_letters =
    "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t word_letters_max = 16;

}  // namespace

std::string new_slug(std::size_t letters) {
  return new_slug(letters, core::random_below);
}

std::string new_slug(std::size_t letters,
                     const std::function<std::uint32_t(std::uint32_t)>& below) {
  std::string slug;
  do {
    slug.clear();
    for (std::size_t i = 0; i < letters; ++i)
      slug += slug_letters[below(static_cast<std::uint32_t>(slug_letters.size()))];
  } while (has_offensive_word(slug) || net::is_reserved_segment(slug));
  return slug;
}

// From each letter on, the only word that can begin there is the last one that is not greater than
// the rest: no word is a part of another, so no two of them begin alike.
bool has_offensive_word(std::string_view slug) {
  const std::span<const std::string_view> words = offensive_words();
  std::string folded;
  for (const char letter : slug)
    folded += folded_letter(letter);
  for (std::string_view rest = folded; !rest.empty(); rest.remove_prefix(1)) {
    const auto after =
        std::upper_bound(words.begin(), words.end(), rest.substr(0, word_letters_max));
    if (after != words.begin() && rest.starts_with(*(after - 1))) return true;
  }
  return false;
}

}  // namespace fairlead::redirect
