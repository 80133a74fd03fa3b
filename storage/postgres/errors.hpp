// PostgreSQL's SQLSTATE codes as our errors. Internal to storage/postgres/; any thread.
#pragma once

#include <string>
#include <string_view>

#include "storage/storage.hpp"

namespace fairlead::storage::postgres {

// What a refused statement means for the caller, and whether running the transaction again may
// help: after a lost race (40001, 40P01, 23505) it does, because the winner is then visible.
StatementFailed failure_of(std::string_view sqlstate, std::string detail);

}  // namespace fairlead::storage::postgres
