// Forms of human text that ICU knows: the one in which two spellings are compared, the one in which
// two looks are compared, and the one in plain Latin letters. Pure; any thread. Texts are UTF-8 of
// at most a megabyte; what each function says of text that is not UTF-8 stands beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fairlead::core {

// Without the white space (Unicode's White_Space) at both ends. Bytes that are not UTF-8 are not
// white space.
std::string_view trimmed(std::string_view text);

// Compares without regard to case and width: NFKC, trimmed, full case folding and then upper case
// (both of the root locale, so that "ß" is "SS" and "ı" is "I"), NFKC again. The form of a form is
// itself. Nothing when the text is not UTF-8, or when the form holds what a reader cannot see:
// controls, format and other ignorable characters (zero-width ones and those that turn the
// direction are among them), line separators, unassigned or private characters.
std::optional<std::string> comparison_form(std::string_view text);

// The text without its ignorable and control characters; "" when it is not UTF-8.
std::string visible_form(std::string_view text);

// UTS 39 "skeleton": texts that look alike have the same one, whatever script they are in. It is
// for comparing and never shown. `text` is UTF-8, else the form is "".
std::string look_form(std::string_view text);

// The text in ASCII letters as far as it can be written in them: "Zoë Müller" is "Zoe Muller",
// "Юлия" is "Ulia" (ICU's Any-Latin, then Latin-ASCII). What has no letters stays as it is, so the
// result may hold other bytes. Text that is not UTF-8 gives "".
std::string latin_form(std::string_view text);

}  // namespace fairlead::core
