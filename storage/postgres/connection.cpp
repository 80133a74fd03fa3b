#include "storage/postgres/connection.hpp"

#include <cstdlib>

#include "core/check.hpp"
#include "storage/coverage.hpp"
#include "storage/parameters.hpp"
#include "storage/postgres/cells.hpp"
#include "storage/postgres/errors.hpp"

namespace fairlead::storage::postgres {

using core::Errc;

namespace {

// PQcmdTuples also counts what a SELECT answered; only changed rows are meant here.
std::int64_t changed_rows(PGresult* result) {
  const std::string_view command = PQcmdStatus(result);
  if (command.starts_with("SELECT") || command.starts_with("FETCH")) return 0;
  return std::atoll(PQcmdTuples(result));
}

void ignore_notice(void*, const char*) {}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  return text;
}

// Sent after connecting. A synchronous_commit weaker than `on` would break the promise that what
// was answered is kept; a stronger one (remote_apply) is the operator's choice and stays.
std::string session_settings(int lock_timeout_ms) {
  return "SET bytea_output = hex; SET standard_conforming_strings = on; SET TIME ZONE 'UTC';"
         "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';"
         "SET lock_timeout = '" +
         std::to_string(lock_timeout_ms) +
         "ms';"
         "SELECT set_config('synchronous_commit', 'on', false)"
         " WHERE current_setting('synchronous_commit') IN ('off', 'local')";
}

}  // namespace

Rows Connection::run_values(const Statement& statement, std::span<const Value> values) {
  check_parameters(statement, values);
  const std::string& name = prepared(statement);
  const Parameters parameters(values);
  const Result result =
      checked(PQexecPrepared(handle_.get(), name.c_str(), parameters.count(), parameters.values(),
                             parameters.lengths(), parameters.formats(), 0),
              statement.name);
  Rows rows;
  const int count = PQntuples(result.get());
  const int columns = PQnfields(result.get());
  rows.rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value> cells;
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      cells.push_back(cell_of(statement, result.get(), row, column));
    }
    rows.rows.emplace_back(std::move(cells));
  }
  rows.changed = changed_rows(result.get());
  return rows;
}

const std::string& Connection::prepared(const Statement& statement) {
  Prepared& entry = statements_[&statement];
  if (!entry.name.empty() && entry.text == statement.postgres) return entry.name;
  const std::string name = "s" + std::to_string(++names_);
  const std::string text(statement.postgres);
  checked(PQprepare(handle_.get(), name.c_str(), text.c_str(), 0, nullptr), statement.name);
  entry = {name, text};
  note_first_run(Engine::postgres, statement);
  return entry.name;
}

void Connection::prepare(const Statement& statement) {
  const std::string text(statement.postgres);
  const auto refuse = [&](const std::string& why) {
    throw StatementFailed{core::fail(Errc::invalid, std::string(statement.name) + ": " + why),
                          false};
  };
  checked(PQprepare(handle_.get(), "", text.c_str(), 0, nullptr), statement.name);
  const Result described = checked(PQdescribePrepared(handle_.get(), ""), statement.name);
  if (PQnparams(described.get()) != statement.parameters) {
    refuse("the text uses other parameters than $1 to its highest number");
  }
  for (int column = 0; column < PQnfields(described.get()); ++column) {
    if (is_supported(PQftype(described.get(), column))) continue;
    refuse(std::string("column ") + PQfname(described.get(), column) +
           " is neither BIGINT, TEXT, BYTEA nor BOOLEAN; write a CAST");
  }
}

void Connection::run_script(const std::string& script) {
  checked(PQexec(handle_.get(), script.c_str()), script.substr(0, script.find_first_of(";\n(")));
}

void Connection::run_transaction(const char* begin, const std::function<void(Session&)>& body) {
  if (handle_ && PQstatus(handle_.get()) != CONNECTION_OK) drop();
  if (!handle_) connect();
  run_script(begin);
  reset_abandoned();
  try {
    body(*this);
    if (!abandoned()) commit();
  } catch (...) {
    roll_back();
    throw;
  }
  if (abandoned()) roll_back();
}

void Connection::commit() {
  const Result result(PQexec(handle_.get(), "COMMIT"));
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
    // A transaction that failed inside answers COMMIT with "ROLLBACK".
    if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return;
    throw StatementFailed{
        core::fail(Errc::conflict, "the transaction was rolled back by an earlier failure"), false};
  }
  const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  const std::string detail = "COMMIT: " + trimmed(PQerrorMessage(handle_.get()));
  if (PQstatus(handle_.get()) == CONNECTION_OK && sqlstate != nullptr) {
    throw failure_of(sqlstate, detail);
  }
  throw StatementFailed{core::fail(Errc::io, detail + " (whether it was committed is not known)"),
                        false};
}

void Connection::connect() {
  const char* const keywords[] = {"dbname",           "connect_timeout",  "application_name",
                                  "client_encoding",  "keepalives_idle",  "keepalives_interval",
                                  "keepalives_count", "tcp_user_timeout", nullptr};
  const char* const values[] = {
      settings_.url.c_str(), "5", "fairlead", "UTF8", "10", "5", "3", "15000", nullptr};
  handle_.reset(PQconnectdbParams(keywords, values, 1));
  CHECK(handle_ != nullptr);
  if (PQstatus(handle_.get()) != CONNECTION_OK) {
    // libpq's own message names host, port and reason, and never the password.
    auto detail = trimmed(PQerrorMessage(handle_.get()));
    drop();
    throw StatementFailed{core::fail(Errc::busy, std::move(detail)), false};
  }
  PQsetNoticeProcessor(handle_.get(), ignore_notice, nullptr);
  run_script(session_settings(settings_.lock_timeout_ms));
}

void Connection::roll_back() noexcept {
  if (!handle_ || PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) return;
  const Result result(PQexec(handle_.get(), "ROLLBACK"));
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) drop();
}

void Connection::drop() noexcept {
  statements_.clear();
  handle_.reset();
}

Connection::Result Connection::checked(PGresult* raw, std::string_view what) {
  Result result(raw);
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  const std::string detail = std::string(what) + ": " + trimmed(PQerrorMessage(handle_.get()));
  // Nothing was committed yet, so the whole transaction may run again on a new connection.
  if (PQstatus(handle_.get()) != CONNECTION_OK) {
    throw StatementFailed{core::fail(Errc::busy, detail), true};
  }
  const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  throw failure_of(sqlstate == nullptr ? "" : sqlstate, detail);
}

}  // namespace fairlead::storage::postgres
