#include "storage/storage.hpp"

#include <exception>

#include "core/check.hpp"
#include "storage/sql.hpp"

namespace fairlead::storage {

namespace {

const std::variant<Null, std::int64_t, std::string, Blob>& cell_at(const std::vector<Value>& cells,
                                                                   std::size_t column) {
  CHECK(column < cells.size());
  return cells[column].cell();
}

}  // namespace

bool Row::is_null(std::size_t column) const {
  return std::holds_alternative<Null>(cell_at(cells_, column));
}

std::int64_t Row::integer(std::size_t column) const {
  const auto* number = std::get_if<std::int64_t>(&cell_at(cells_, column));
  CHECK(number != nullptr);
  return *number;
}

std::int64_t Row::integer_or(std::size_t column, std::int64_t when_null) const {
  return is_null(column) ? when_null : integer(column);
}

const std::string& Row::text(std::size_t column) const {
  const auto* text = std::get_if<std::string>(&cell_at(cells_, column));
  CHECK(text != nullptr);
  return *text;
}

std::string Row::text_or(std::size_t column, std::string_view when_null) const {
  return is_null(column) ? std::string(when_null) : text(column);
}

const std::string& Row::blob(std::size_t column) const {
  const auto* blob = std::get_if<Blob>(&cell_at(cells_, column));
  CHECK(blob != nullptr);
  return blob->bytes;
}

const Row& Rows::one() const {
  CHECK(rows.size() == 1);
  return rows.front();
}

void Database::write_async(Body body, Done done) {
  std::exception_ptr failure;
  try {
    if (auto written = in_write_transaction(body); !written)
      failure = std::make_exception_ptr(StatementFailed{written.error(), false});
  } catch (...) {
    failure = std::current_exception();
  }
  done(failure);
}

core::Result<void> Database::as_result(const std::exception_ptr& failure) {
  if (!failure) return {};
  try {
    std::rethrow_exception(failure);
  } catch (const StatementFailed& failed) {
    return failed.error;
  } catch (...) {
    return {};
  }
}

// One name is enough for nested savepoints: both engines mean the innermost one of that name.
Savepoint::Savepoint(Session& session)
    : session_(session), exceptions_(std::uncaught_exceptions()) {
  session_.run(sql::open_savepoint);
}

Savepoint::~Savepoint() {
  // While a failure passes through, the engine may refuse every statement; the rollback that
  // follows takes the savepoint with it.
  if (!open_ || std::uncaught_exceptions() > exceptions_) return;
  try {
    session_.run(sql::release_savepoint);
  } catch (const StatementFailed&) {
    // Only a lost connection gets here, and the commit will say so.
    session_.abandon();
  }
}

void Savepoint::roll_back() {
  CHECK(open_);
  open_ = false;
  session_.run(sql::roll_back_to_savepoint);
  session_.run(sql::release_savepoint);
}

}  // namespace fairlead::storage
