#include "core/text_forms.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include <memory>

#include "core/check.hpp"
#include "core/utf8.hpp"

namespace fairlead::core {
namespace {

using Wide = std::u16string;

std::int32_t size_of(const auto& text) {
  return static_cast<std::int32_t>(text.size());
}

// What an ICU function writes: it says how long that is when the place is too small.
template <class Text, class Write>
Text written(std::size_t guess, Write write) {
  Text text(guess, 0);
  for (;;) {
    UErrorCode failure = U_ZERO_ERROR;
    const std::int32_t size = write(text.data(), size_of(text), &failure);
    text.resize(static_cast<std::size_t>(size));
    if (failure == U_BUFFER_OVERFLOW_ERROR) continue;
    CHECK(U_SUCCESS(failure));
    return text;
  }
}

// `text` is UTF-8.
Wide wide(std::string_view text) {
  return written<Wide>(text.size() + 1, [&](char16_t* to, std::int32_t room, UErrorCode* failure) {
    std::int32_t size = 0;
    u_strFromUTF8(to, room, &size, text.data(), size_of(text), failure);
    return size;
  });
}

std::string narrow(const Wide& text) {
  return written<std::string>(text.size() * 3 + 1,
                              [&](char* to, std::int32_t room, UErrorCode* failure) {
                                std::int32_t size = 0;
                                u_strToUTF8(to, room, &size, text.data(), size_of(text), failure);
                                return size;
                              });
}

Wide compatible(const Wide& text) {
  UErrorCode failure = U_ZERO_ERROR;
  const UNormalizer2* nfkc = unorm2_getNFKCInstance(&failure);
  CHECK(U_SUCCESS(failure));
  return written<Wide>(text.size() + 8, [&](char16_t* to, std::int32_t room, UErrorCode* error) {
    return unorm2_normalize(nfkc, text.data(), size_of(text), to, room, error);
  });
}

Wide upper(const Wide& text) {
  const Wide folded =
      written<Wide>(text.size() + 8, [&](char16_t* to, std::int32_t room, UErrorCode* failure) {
        return u_strFoldCase(to, room, text.data(), size_of(text), U_FOLD_CASE_DEFAULT, failure);
      });
  return written<Wide>(folded.size() + 8,
                       [&](char16_t* to, std::int32_t room, UErrorCode* failure) {
                         return u_strToUpper(to, room, folded.data(), size_of(folded), "", failure);
                       });
}

Wide trimmed_wide(const Wide& text) {
  // White space is in the basic plane, so one unit is one character here.
  const auto is_space = [](char16_t unit) { return u_isUWhiteSpace(unit); };
  const auto begin = std::find_if_not(text.begin(), text.end(), is_space);
  const auto end = std::find_if_not(text.rbegin(), std::make_reverse_iterator(begin), is_space);
  return {begin, end.base()};
}

bool is_ignorable(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ||
         u_charType(c) == U_CONTROL_CHAR;
}

bool is_visible(UChar32 c) {
  constexpr std::uint32_t hidden = U_GC_C_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  return (U_GET_GC_MASK(c) & hidden) == 0 && !is_ignorable(c);
}

// Calls take(code point, its first unit, the unit behind it).
template <class Take>
void each_character(const Wide& text, Take take) {
  for (std::int32_t at = 0; at < size_of(text);) {
    const std::int32_t begin = at;
    UChar32 c = 0;
    U16_NEXT(text.data(), at, size_of(text), c);
    take(c, begin, at);
  }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](UChar32 c) { return c >= 0 && u_isUWhiteSpace(c); };
  std::int32_t begin = 0;
  std::int32_t end = size_of(text);
  for (std::int32_t next = 0; begin < end; begin = next) {
    UChar32 c = 0;
    U8_NEXT(text.data(), next, end, c);
    if (!is_space(c)) break;
  }
  for (std::int32_t next = end; begin < end; end = next) {
    UChar32 c = 0;
    U8_PREV(text.data(), begin, next, c);
    if (!is_space(c)) break;
  }
  return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::optional<std::string> comparison_form(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  const Wide form = compatible(upper(trimmed_wide(compatible(wide(text)))));
  bool is_all_visible = true;
  each_character(form, [&](UChar32 c, std::int32_t, std::int32_t) {
    is_all_visible = is_all_visible && is_visible(c);
  });
  if (!is_all_visible) return std::nullopt;
  return narrow(form);
}

std::string visible_form(std::string_view text) {
  if (!is_utf8(text)) return "";
  const Wide all = wide(text);
  Wide visible;
  each_character(all, [&](UChar32 c, std::int32_t begin, std::int32_t end) {
    if (is_ignorable(c)) return;
    visible.append(all, static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  });
  return narrow(visible);
}

std::string look_form(std::string_view text) {
  if (!is_utf8(text)) return "";
  // Made once; using it is safe from any thread.
  static const std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> spoof = [] {
    UErrorCode failure = U_ZERO_ERROR;
    std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> opened(uspoof_open(&failure),
                                                                   &uspoof_close);
    CHECK(U_SUCCESS(failure));
    return opened;
  }();
  const Wide given = wide(text);
  const Wide look = written<Wide>(
      given.size() * 2 + 8, [&](char16_t* to, std::int32_t room, UErrorCode* failure) {
        return uspoof_getSkeleton(spoof.get(), 0, given.data(), size_of(given), to, room, failure);
      });
  return narrow(look);
}

std::string latin_form(std::string_view text) {
  if (!is_utf8(text)) return "";
  constexpr std::u16string_view steps = u"Any-Latin; Latin-ASCII";
  UErrorCode failure = U_ZERO_ERROR;
  // Opened each time: one that is in use is no other thread's, and names are written rarely.
  const std::unique_ptr<UTransliterator, decltype(&utrans_close)> latin(
      utrans_openU(steps.data(), size_of(steps), UTRANS_FORWARD, nullptr, 0, nullptr, &failure),
      &utrans_close);
  CHECK(U_SUCCESS(failure));
  const Wide given = wide(text);
  // The text is changed in its place, which must be large enough from the start.
  for (std::size_t room = given.size() * 4 + 64;; room *= 2) {
    Wide form = given;
    form.resize(room);
    std::int32_t size = size_of(given);
    std::int32_t limit = size;
    failure = U_ZERO_ERROR;
    utrans_transUChars(latin.get(), form.data(), &size, size_of(form), 0, &limit, &failure);
    if (failure == U_BUFFER_OVERFLOW_ERROR) continue;
    CHECK(U_SUCCESS(failure));
    form.resize(static_cast<std::size_t>(size));
    return narrow(form);
  }
}

}  // namespace fairlead::core
