// Leaks are looked for without being asked: every brand's codes, the last 90 days, once an hour by
// the running server. What is found is told once, as a `leak_found` event of the audit log, and the
// brand's policy is carried out in the same transaction. Blocking; call it from one thread. Two
// servers on one database do not tell twice.
#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct WatchedLeaks {
  std::int64_t brands = 0;  // looked at
  std::int64_t found = 0;   // and told
  std::int64_t failed = 0;  // brands that could not be looked at; the log says why
};
// An error when the brands cannot be listed.
core::Result<WatchedLeaks> watch_leaks(storage::Database& database, storage::Database& clicks,
                                       core::Instant now);

}  // namespace fairlead::admin
