// GET /v1/reports/clicks: how many clicks, how many of them count, why the others do not, and how
// many visitors. Blocking; on the work pool.
#pragma once

#include "admin/closed_days.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

core::Answer answer_click_report(storage::Database& database, storage::Database& clicks,
                                 ClosedDays& closed, const net::Call& call);

}  // namespace fairlead::admin
