// What the text of a code is compared by: its folded form, by which a code is found; its skeleton,
// by which two codes look alike; and one slip of a finger between two texts. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::codes {

// Longer texts are the text of no code: given, and folded (some characters fold to eighteen).
inline constexpr std::size_t code_bytes_max = 255;

// The form by which a code is found, of whatever was typed, imported or named by an order: NFKC,
// trimmed (Unicode white space), upper case. "" is the form of a text that no code has: blank, not
// UTF-8, over 255 bytes, or with characters that cannot be seen. The form of a form is itself.
std::string fold(std::string_view code);

// As it was written, without the white space around it.
std::string written(std::string_view code);

// What codes created here look like, folded: [A-Z0-9_-]{3,40}. Codes imported from shops may be
// other.
bool is_canonical(std::string_view folded);
inline constexpr std::string_view canonical_text_rule =
    "code must be 3 to 40 letters A-Z (of any case), digits, '-' or '_'";

// Two codes with one skeleton cannot be told apart when they are read aloud or typed from a
// picture: confusables of any script are one (UTS 39), and so are 0 O Q, 1 I L, 2 Z, 5 S, 6 G,
// 8 B; "_" is "-"; characters that cannot be seen, and blanks, do not count. "" when the text is
// longer than code_bytes_max, is not UTF-8, or has nothing to be seen. The skeleton of a skeleton
// is itself.
std::string skeleton(std::string_view code);

// Whether one text becomes the other by at most one slip: a character too many, too few, another
// one, or two neighbours in the wrong order (optimal string alignment distance 0 or 1). Both are
// UTF-8.
bool is_within_a_slip(std::string_view a, std::string_view b);

}  // namespace fairlead::codes
