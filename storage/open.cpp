// Which engine a URL means: one case per engine.
#include <string>

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

core::Error bad_url() {
  return core::fail(Errc::config,
                    "the database URL must look like sqlite:/path/to/fairlead.db or "
                    "postgresql://user@host/database");
}

}  // namespace

core::Result<std::unique_ptr<Database>> open(const OpenOptions& options) {
  if (const auto path = sqlite_path(options.url); path && !path->empty()) {
    return sqlite::SqliteDatabase::open(options, *path);
  }
  return bad_url();
}

core::Result<std::unique_ptr<Database>> open_read_only(const OpenOptions& options) {
  if (const auto path = sqlite_path(options.url); path && !path->empty()) {
    return sqlite::SqliteDatabase::open_read_only(options, *path);
  }
  return bad_url();
}

}  // namespace fairlead::storage
