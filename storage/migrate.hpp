// Brings a database up to the embedded migrations, or says why not. Internal to storage/: an engine
// calls it inside one write transaction. Each database remembers in schema_migrations what it was
// given.
#pragma once

#include <functional>
#include <string_view>

#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

// Makes the table that remembers. Types are those of both engines.
extern const std::string_view schema_migrations_table;

// Applies what is missing and answers how many that were. `run_script` runs several statements in
// the session's transaction. Throws StatementFailed: Errc::too_new when the database knows a
// migration that this program does not; Errc::config when an applied migration was edited since.
std::size_t apply_migrations(Session& session, Engine engine, Schema schema, core::Instant now,
                             const std::function<void(std::string_view)>& run_script);

// For looking only: throws as above, Errc::not_found when this is not a fairlead database, and
// Errc::config when migrations are still missing.
void check_migrations(Session& session, Schema schema);

const char* name_of(Schema schema);

}  // namespace fairlead::storage
