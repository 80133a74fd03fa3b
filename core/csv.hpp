// CSV as RFC 4180 wants it: CRLF line ends, quotes where they are needed, UTF-8 without a byte
// order mark. Text that a spreadsheet would run as a formula is defused; numbers never are, so -500
// stays a number. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace fairlead::core {

// What stands in one field; nullptr is an empty field.
using Cell = std::variant<std::nullptr_t, std::int64_t, std::string>;

// Appends one record and its CRLF.
void append_csv_record(std::string& csv, std::span<const Cell> cells);

// Whether a spreadsheet would run it: it begins with = + - @, a tab, CR or NUL, or a full-width
// = + - @. Behind ' as well, so that a text is told from a defused one.
bool reads_as_formula(std::string_view text);

// A text as one field. One that reads as a formula gets a leading ' and quotes; others get quotes
// only when they hold a quote, a comma, CR or LF.
std::string csv_field(std::string_view text);

}  // namespace fairlead::core
