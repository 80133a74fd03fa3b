#include "storage/postgres/database.hpp"

#include "storage/migrate.hpp"
#include "storage/retry.hpp"
#include "storage/sql.hpp"

namespace fairlead::storage::postgres {

using core::Errc;

namespace {

constexpr const char* begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
constexpr const char* begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

// libpq repeats a URL it cannot read, password and all; so its message is not passed on.
bool is_readable(const std::string& url) {
  PQconninfoOption* parsed = PQconninfoParse(url.c_str(), nullptr);
  PQconninfoFree(parsed);
  return parsed != nullptr;
}

// A connection that fails at the start is a mistake in the configuration; later it is a failure.
core::Error with_advice(core::Error error) {
  if (error.code != Errc::busy && error.code != Errc::config) return error;
  return core::fail(Errc::config, "PostgreSQL cannot be used: " + error.detail +
                                      "; check the database URL and that the server is running");
}

}  // namespace

core::Result<std::unique_ptr<Database>> PostgresDatabase::open(const OpenOptions& options) {
  if (!is_readable(options.url)) {
    return core::fail(Errc::config,
                      "the database URL cannot be read; it must look like "
                      "postgresql://user@host:5432/database");
  }
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(options, Access::write));
  auto migrated = with_retries([&] {
    auto connection = database->connections_.take(database->wait_);
    Connection& session = **connection;
    session.run_transaction(begin_write, [&](Session&) {
      session.run_script(std::string(schema_migrations_table));
      // Two programs that start at once migrate one after the other.
      session.run_script("LOCK TABLE schema_migrations IN EXCLUSIVE MODE");
      apply_migrations(session, Engine::postgres, options.schema, core::SystemClock().now(),
                       [&](std::string_view script) { session.run_script(std::string(script)); });
    });
  });
  if (!migrated) return with_advice(migrated.error());
  return database;
}

core::Result<std::unique_ptr<Database>> PostgresDatabase::open_read_only(
    const OpenOptions& options) {
  if (!is_readable(options.url)) {
    return core::fail(Errc::config,
                      "the database URL cannot be read; it must look like "
                      "postgresql://user@host:5432/database");
  }
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(options, Access::read));
  auto checked = database->in_read_transaction(
      [&](Session& session) { check_migrations(session, options.schema); });
  if (!checked && checked.error().code == Errc::not_found) {
    return core::fail(Errc::not_found, "this PostgreSQL database holds no fairlead data yet");
  }
  if (!checked) return with_advice(checked.error());
  return database;
}

PostgresDatabase::PostgresDatabase(const OpenOptions& options, Access access)
    : access_(access), wait_(options.busy_timeout_ms) {
  for (int i = 0; i < 2 * options.readers_max; ++i) {
    connections_.add(
        std::make_unique<Connection>(ConnectionSettings{options.url, options.busy_timeout_ms}));
  }
}

core::Result<void> PostgresDatabase::in_write_transaction(const Body& body) {
  if (access_ == Access::read) {
    return core::fail(Errc::forbidden,
                      "the database was opened for looking only; nothing is written");
  }
  return with_retries([&] { run(begin_write, body); });
}

core::Result<void> PostgresDatabase::in_read_transaction(const Body& body) {
  return with_retries([&] { run(begin_read, body); });
}

void PostgresDatabase::run(const char* begin, const Body& body) {
  auto connection = connections_.take(wait_);
  if (!connection) {
    throw StatementFailed{
        core::fail(Errc::busy, "all connections to PostgreSQL stayed in use for " +
                                   std::to_string(wait_.count()) + " ms"),
        false};
  }
  (*connection)->run_transaction(begin, body);
}

core::Result<void> PostgresDatabase::check() {
  return in_read_transaction([](Session& session) { session.run(sql::ping); });
}

// There is no local file to fail or to fill; the series exists so that one alarm fits both engines.
void PostgresDatabase::append_metrics(std::vector<core::Metric>& metrics) const {
  metrics.push_back({core::Metric::Kind::gauge,
                     "fairlead_storage_failed",
                     "1 after a disk write failed: nothing is committed until a restart.",
                     {{"database", "main"}},
                     0.0});
}

}  // namespace fairlead::storage::postgres
