#include "storage/migrate.hpp"

#include <string>

#include "storage/migrations.hpp"
#include "storage/sql.hpp"

namespace fairlead::storage {

using core::Errc;

const std::string_view schema_migrations_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL, writes_tried BIGINT NOT NULL DEFAULT 0)";

namespace {

[[noreturn]] void refuse(Errc code, std::string detail) {
  throw StatementFailed{core::fail(code, std::move(detail)), false};
}

// Compares what was applied with what is embedded; answers how many were applied.
std::size_t compare_applied(Session& session, Schema schema) {
  const auto known = migrations(schema);
  const auto applied = session.run(sql::list_migrations);
  const std::string which = std::string("the ") + name_of(schema) + " database";
  if (applied.size() > known.size()) {
    refuse(Errc::too_new,
           which + " is at migration " + std::to_string(applied.rows.back().integer(0)) +
               " and this program knows only up to " + std::to_string(known.size()) +
               ": it was written by a newer version; start that version, or restore a backup");
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const Row& row = applied.rows[i];
    const Migration& migration = known[i];
    if (row.integer(0) == migration.number && row.text(2) == migration.sha256) continue;
    refuse(Errc::config,
           which + " was given migration " + std::to_string(row.integer(0)) + " (" + row.text(1) +
               ", SHA-256 " + row.text(2) + "), but this program has another text for it (" +
               std::string(migration.name) + ", SHA-256 " + std::string(migration.sha256) +
               "): an applied migration must never be edited; add a new one");
  }
  return applied.size();
}

}  // namespace

std::size_t apply_migrations(Session& session, Engine engine, Schema schema, core::Instant now,
                             const std::function<void(std::string_view)>& run_script) {
  const auto missing = migrations(schema).subspan(compare_applied(session, schema));
  for (const Migration& migration : missing) {
    run_script(engine == Engine::sqlite ? migration.sqlite : migration.postgres);
    session.run(sql::insert_migration, migration.number, migration.name, migration.sha256, now);
  }
  return missing.size();
}

void check_migrations(Session& session, Schema schema) {
  const auto known = migrations(schema);
  const auto applied = compare_applied(session, schema);
  if (applied == known.size()) return;
  refuse(Errc::config, std::string("the ") + name_of(schema) + " database is at migration " +
                           std::to_string(applied) + " and this program needs " +
                           std::to_string(known.size()) + "; run `fairlead migrate` first");
}

const char* name_of(Schema schema) {
  switch (schema) {
    case Schema::main:
      return "main";
    case Schema::clicks:
      return "clicks";
  }
  return "";
}

}  // namespace fairlead::storage
