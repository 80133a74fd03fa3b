// Which statements a test run executed. Off unless the environment names a file in
// FAIRLEAD_SQL_COVERAGE; then each statement's first run per process appends "<engine> <name>".
// Internal to storage/; any thread.
#pragma once

#include "storage/storage.hpp"

namespace fairlead::storage {

// Called when a connection prepares a statement in order to run it, so that running costs nothing.
void note_first_run(Engine engine, const Statement& statement);

}  // namespace fairlead::storage
