#include "storage/postgres/cells.hpp"

#include <charconv>
#include <cstring>

#include "core/check.hpp"

namespace fairlead::storage::postgres {

namespace {

// Object ids of built-in types; frozen by PostgreSQL (catalog/pg_type.dat).
enum TypeId : Oid {
  bool_type = 16,
  bytea_type = 17,
  name_type = 19,
  int8_type = 20,
  int2_type = 21,
  int4_type = 23,
  text_type = 25,
  unknown_type = 705,
  bpchar_type = 1042,
  varchar_type = 1043,
};

enum class Kind { none, number, boolean, text, bytes };

Kind kind_of(Oid type) {
  switch (type) {
    case int8_type:
    case int4_type:
    case int2_type:
      return Kind::number;
    case bool_type:
      return Kind::boolean;
    case text_type:
    case varchar_type:
    case bpchar_type:
    case name_type:
    case unknown_type:
      return Kind::text;
    case bytea_type:
      return Kind::bytes;
    default:
      return Kind::none;
  }
}

int digit_of(char hex) {
  return hex <= '9' ? hex - '0' : hex - 'a' + 10;
}

// bytea_output=hex: "\x" and two lower-case digits a byte.
Blob bytes_of(std::string_view hex) {
  CHECK(hex.starts_with("\\x") && hex.size() % 2 == 0);
  Blob blob;
  blob.bytes.reserve(hex.size() / 2 - 1);
  for (std::size_t i = 2; i < hex.size(); i += 2) {
    blob.bytes.push_back(static_cast<char>(digit_of(hex[i]) * 16 + digit_of(hex[i + 1])));
  }
  return blob;
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  CHECK(parsed.ec == std::errc() && parsed.ptr == text.data() + text.size());
  return number;
}

}  // namespace

Parameters::Parameters(std::span<const Value> values) {
  numbers_.reserve(values.size());  // the pointers into it must stay good
  for (const Value& value : values) {
    const auto add = [&](const char* text, std::size_t bytes, int format) {
      values_.push_back(text);
      lengths_.push_back(static_cast<int>(bytes));
      formats_.push_back(format);
    };
    if (const auto* number = std::get_if<std::int64_t>(&value.cell())) {
      const std::string& text = numbers_.emplace_back(std::to_string(*number));
      add(text.c_str(), text.size(), 0);
    } else if (const auto* text = std::get_if<std::string>(&value.cell())) {
      add(text->c_str(), text->size(), 0);
    } else if (const auto* blob = std::get_if<Blob>(&value.cell())) {
      add(blob->bytes.data(), blob->bytes.size(), 1);
    } else {
      add(nullptr, 0, 0);
    }
  }
}

bool is_supported(Oid type) {
  return kind_of(type) != Kind::none;
}

Value cell_of(const Statement& statement, const PGresult* result, int row, int column) {
  const Kind kind = kind_of(PQftype(result, column));
  if (kind == Kind::none) {
    const std::string claim = std::string(statement.name) + ": column " + PQfname(result, column) +
                              " is neither BIGINT, TEXT, BYTEA nor BOOLEAN; write a CAST";
    core::check_failed(claim.c_str(), __FILE__, __LINE__);
  }
  if (PQgetisnull(result, row, column) != 0) return Value(Null{});
  const std::string_view text(PQgetvalue(result, row, column),
                              static_cast<std::size_t>(PQgetlength(result, row, column)));
  switch (kind) {
    case Kind::number:
      return Value(number_of(text));
    case Kind::boolean:
      return Value(text == "t" ? 1 : 0);
    case Kind::bytes:
      return Value(bytes_of(text));
    case Kind::text:
    case Kind::none:
      break;
  }
  return Value(text);
}

}  // namespace fairlead::storage::postgres
