// Which engine a URL means: one case per engine.
#include <string>

#include "storage/postgres/database.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

using core::Errc;

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

// The file of a SQLite URL, or nothing when it is another engine's.
std::optional<std::string> sqlite_path(std::string_view url) {
  if (!url.starts_with(sqlite_scheme)) return {};
  url.remove_prefix(sqlite_scheme.size());
  // "sqlite:///var/lib/fairlead.db" is what many write; it means the absolute path after two
  // slashes.
  if (url.starts_with("///")) url.remove_prefix(2);
  return std::string(url);
}

bool is_postgres(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

// The URL itself is not repeated: it may hold a password.
core::Error bad_url(Schema schema) {
  if (schema == Schema::clicks) {
    return core::fail(Errc::config, "the click file is always SQLite: sqlite:/path/to/clicks.db");
  }
  return core::fail(Errc::config,
                    "the database URL must look like sqlite:/path/to/fairlead.db or "
                    "postgresql://user@host/database");
}

}  // namespace

core::Result<std::unique_ptr<Database>> open(const OpenOptions& options) {
  if (const auto path = sqlite_path(options.url); path && !path->empty()) {
    return sqlite::SqliteDatabase::open(options, *path);
  }
  if (is_postgres(options.url) && options.schema == Schema::main) {
    return postgres::PostgresDatabase::open(options);
  }
  return bad_url(options.schema);
}

core::Result<std::unique_ptr<Database>> open_read_only(const OpenOptions& options) {
  if (const auto path = sqlite_path(options.url); path && !path->empty()) {
    return sqlite::SqliteDatabase::open_read_only(options, *path);
  }
  if (is_postgres(options.url) && options.schema == Schema::main) {
    return postgres::PostgresDatabase::open_read_only(options);
  }
  return bad_url(options.schema);
}

}  // namespace fairlead::storage
