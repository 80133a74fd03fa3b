#include "storage/sqlite/errors.hpp"

namespace fairlead::storage::sqlite {

using core::Errc;

namespace {

Errc errc_of(int extended_code, std::string_view message) {
  if (extended_code == SQLITE_IOERR_NOMEM) return Errc::busy;
  if (extended_code == SQLITE_IOERR_SHMSIZE) return Errc::no_space;  // no room for the "-shm" file
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return Errc::busy;
    case SQLITE_FULL:
      return Errc::no_space;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
      return Errc::io;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Errc::forbidden;
    case SQLITE_CANTOPEN:
      return Errc::config;
    case SQLITE_CONSTRAINT:
      switch (extended_code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
          return Errc::conflict;
        default:
          return Errc::invalid;
      }
    case SQLITE_TOOBIG:
      return Errc::invalid;
    default:
      break;
  }
  return message.find("no such table") != message.npos ? Errc::not_found : Errc::invalid;
}

}  // namespace

bool is_disk_failure(int extended_code) {
  if (extended_code == SQLITE_IOERR_NOMEM || extended_code == SQLITE_IOERR_SHMSIZE) return false;
  const int code = extended_code & 0xff;
  return code == SQLITE_IOERR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

core::Error error_of(int extended_code, std::string detail) {
  const Errc code = errc_of(extended_code, detail);
  return core::fail(code, std::move(detail));
}

void throw_failure(sqlite3* handle, int extended_code, std::string_view what) {
  std::string detail = std::string(what) + ": " +
                       (handle == nullptr ? sqlite3_errstr(extended_code) : sqlite3_errmsg(handle));
  throw StatementFailed{error_of(extended_code, std::move(detail)), false};
}

}  // namespace fairlead::storage::sqlite
