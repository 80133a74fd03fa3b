// What goes into a statement and comes out of it: the statement itself, values, rows. Part of the
// seam (storage/storage.hpp). Values; any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"

namespace fairlead::storage {

// One SQL statement, made from a .sql file at build: `codes/sql/take_use.sql` is
// `codes::sql::take_use`. The file is written with $1, $2, …; a sibling
// `take_use.postgres.sql` replaces the text for that engine and says why.
struct Statement {
  std::string_view name;      // "codes.take_use"
  std::string_view sqlite;    // with ?1, ?2, …
  std::string_view postgres;  // with $1, $2, …
  int parameters;             // how many there are
};

struct Null {};
struct Blob {
  std::string bytes;
};

// A parameter or a result cell. Booleans are 0 and 1, instants are micros, ids are their number.
class Value {
 public:
  Value(Null) : cell_(Null{}) {}
  Value(std::nullopt_t) : cell_(Null{}) {}
  template <std::integral T>
  Value(T number) : cell_(static_cast<std::int64_t>(number)) {}
  Value(std::string text) : cell_(std::move(text)) {}
  Value(std::string_view text) : cell_(std::string(text)) {}
  Value(const char* text) : cell_(std::string(text)) {}
  Value(Blob blob) : cell_(std::move(blob)) {}
  Value(core::Instant at) : cell_(at.micros) {}
  template <class Tag>
  Value(core::Id<Tag> id) : cell_(id.number) {}
  template <class T>
  Value(const std::optional<T>& maybe) : Value(maybe ? Value(*maybe) : Value(Null{})) {}
  const std::variant<Null, std::int64_t, std::string, Blob>& cell() const { return cell_; }

 private:
  std::variant<Null, std::int64_t, std::string, Blob> cell_;
};

// One row of a result. Columns count from 0. Reading a NULL or another type than asked for is a
// CHECK.
class Row {
 public:
  explicit Row(std::vector<Value> cells) : cells_(std::move(cells)) {}
  bool is_null(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;
  std::int64_t integer_or(std::size_t column, std::int64_t when_null) const;
  const std::string& text(std::size_t column) const;
  std::string text_or(std::size_t column, std::string_view when_null) const;
  const std::string& blob(std::size_t column) const;
  core::Instant instant(std::size_t column) const { return {integer(column)}; }
  // Nothing for NULL.
  std::optional<std::int64_t> maybe_integer(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  std::optional<core::Instant> maybe_instant(std::size_t column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
  template <class AnyId>
  AnyId id(std::size_t column) const {
    return AnyId{integer_or(column, 0)};  // NULL is no id
  }
  std::size_t size() const { return cells_.size(); }

 private:
  std::vector<Value> cells_;
};

struct Rows {
  std::vector<Row> rows;
  std::int64_t changed = 0;  // rows inserted, updated or deleted

  bool empty() const { return rows.empty(); }
  std::size_t size() const { return rows.size(); }
  const Row& one() const;  // CHECKs that there is exactly one
  auto begin() const { return rows.begin(); }
  auto end() const { return rows.end(); }
};

}  // namespace fairlead::storage
