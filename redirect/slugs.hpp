// Slugs that the system chooses: letters and digits that cannot be mistaken for each other, and no
// word in them that a brand would not want on a poster, in any language of the list and neither
// plain nor in leetspeak. What a user chooses is not censored. The list is made at build from an
// npm package (redirect/lists/slug_words.mjs). Pure apart from the system's generator; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::redirect {

// Letters of a slug at its `attempt`, from 0: 8, and one more for every second slug that was taken
// already. So slugs grow by themselves as the space of 56⁸ fills up.
constexpr std::size_t slug_letters_at(int attempt) {
  return 8 + static_cast<std::size_t>(attempt) / 2;
}

// A slug of that many letters that has no offensive word and is no reserved segment.
std::string new_slug(std::size_t letters = slug_letters_at(0));
// The same with a source of letters, below(n) in 0 … n−1.
std::string new_slug(std::size_t letters, const std::function<std::uint32_t(std::uint32_t)>& below);

bool has_offensive_word(std::string_view slug);

// Generated. Folded, sorted, 3 to 16 letters, none a part of another.
std::span<const std::string_view> offensive_words();
// Generated. One letter for all that are read as it: 'A', 'a' and '4' are 'a'. 0 for what is
// neither letter nor digit.
char folded_letter(char letter);

}  // namespace fairlead::redirect
