// What both engines refuse alike before a statement runs. Internal to storage/; any thread.
#pragma once

#include <span>

#include "storage/storage.hpp"

namespace fairlead::storage {

// CHECKs the number of parameters. Throws StatementFailed with Errc::invalid for a text that holds
// a NUL or is not UTF-8: PostgreSQL cannot store it, and SQLite must not accept what PostgreSQL
// refuses.
void check_parameters(const Statement& statement, std::span<const Value> values);

}  // namespace fairlead::storage
