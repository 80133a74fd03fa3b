#include "storage/postgres/errors.hpp"

namespace fairlead::storage::postgres {

using core::Errc;

namespace {

enum class Again { yes, no };

struct Meaning {
  std::string_view sqlstate;  // a whole code, or the two letters of its class
  Errc code;
  Again again;
};

// The first entry whose code the SQLSTATE starts with counts. Source: PostgreSQL 15, appendix A.
constexpr Meaning meanings[] = {
    {"40001", Errc::busy, Again::yes},      // serialization failure
    {"40P01", Errc::busy, Again::yes},      // deadlock detected
    {"23505", Errc::conflict, Again::yes},  // unique violation
    {"42P07", Errc::conflict, Again::yes},  // duplicate table: two programs migrate at once
    {"23", Errc::invalid, Again::no},       // any other constraint
    {"22003", Errc::overflow, Again::no},   // number out of range
    {"25006", Errc::forbidden, Again::no},  // a write in a read-only transaction
    {"28", Errc::config, Again::no},        // who we are
    {"3D000", Errc::config, Again::no},     // no such database
    {"42501", Errc::config, Again::no},     // missing privilege
    {"42P01", Errc::not_found, Again::no},  // no such table
    {"53100", Errc::no_space, Again::no},   // disk full
    {"53", Errc::busy, Again::no},          // memory, connections
    {"55P03", Errc::busy, Again::no},       // lock_timeout
    {"57014", Errc::busy, Again::no},       // statement_timeout
    {"57P", Errc::busy, Again::yes},        // the server shut this session down
    {"08", Errc::busy, Again::yes},         // connection
    {"58030", Errc::io, Again::no},         // disk error
    {"XX", Errc::io, Again::no},            // internal error, damaged data
};

}  // namespace

StatementFailed failure_of(std::string_view sqlstate, std::string detail) {
  for (const Meaning& meaning : meanings) {
    if (sqlstate.starts_with(meaning.sqlstate)) {
      return {core::fail(meaning.code, std::move(detail)), meaning.again == Again::yes};
    }
  }
  return {core::fail(Errc::invalid, std::move(detail)), false};
}

}  // namespace fairlead::storage::postgres
