#include "core/csv.hpp"

namespace fairlead::core {

bool reads_as_formula(std::string_view text) {
  while (text.starts_with('\''))
    text.remove_prefix(1);
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\0", 7).find(text.front()) != std::string_view::npos) return true;
  // Full-width = + - @, which some spreadsheets take for the plain ones.
  for (const std::string_view wide :
       {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"})
    if (text.starts_with(wide)) return true;
  return false;
}

namespace {

void append(std::string& csv, std::nullptr_t) {
  csv += "";
}
void append(std::string& csv, std::int64_t number) {
  csv += std::to_string(number);
}
void append(std::string& csv, const std::string& text) {
  csv += csv_field(text);
}

}  // namespace

void append_csv_record(std::string& csv, std::span<const Cell> cells) {
  bool is_first = true;
  for (const Cell& cell : cells) {
    if (!is_first) csv += ',';
    is_first = false;
    std::visit([&csv](const auto& value) { append(csv, value); }, cell);
  }
  csv += "\r\n";
}

std::string csv_field(std::string_view text) {
  const bool defuse = reads_as_formula(text);
  if (!defuse && text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string field = defuse ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  field += '"';
  return field;
}

}  // namespace fairlead::core
