// GET /v1/reports/leaks: which codes have probably leaked, how sure that is, since when, where, and
// what it costs. Blocking; on the work pool.
#pragma once

#include <vector>

#include "admin/reports_call.hpp"
#include "codes/codes.hpp"
#include "core/answer.hpp"

namespace fairlead::admin {

// From the main database and the click file, each as it is at one moment.
core::Result<std::vector<codes::LeakFinding>> find_leaks(storage::Database& database,
                                                         storage::Database& clicks,
                                                         const codes::LeakQuestion& question);

core::Answer answer_leak_report(storage::Database& database, storage::Database& clicks,
                                const net::Call& call);

}  // namespace fairlead::admin
