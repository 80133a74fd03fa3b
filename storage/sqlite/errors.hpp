// SQLite's result codes as our errors. Internal to storage/sqlite/; any thread.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "storage/storage.hpp"

namespace fairlead::storage::sqlite {

// A write or a sync that failed on the medium: the file must not be committed to again (Linux may
// report the next sync as done although the pages are lost). A full disk and a lack of memory are
// not that.
bool is_disk_failure(int extended_code);

core::Error error_of(int extended_code, std::string detail);

// Throws StatementFailed with SQLite's message; `what` names the statement or the step.
[[noreturn]] void throw_failure(sqlite3* handle, int extended_code, std::string_view what);

}  // namespace fairlead::storage::sqlite
