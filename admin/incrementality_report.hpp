// GET /v1/reports/incrementality: what the holdouts of a link, or of a campaign's links, have shown
// so far, a row per run. Blocking; on the work pool.
#pragma once

#include "core/answer.hpp"
#include "net/router.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

// ?link_id=lnk_… (with &version=2: an earlier run) or ?campaign_id=cmp_…: the newest run of each
// link; &format=json|csv. Effects are told when a run is over, not before: who looks at a p-value
// every day and stops when it is small finds effects where there are none.
core::Answer answer_incrementality_report(storage::Database& database, storage::Database& clicks,
                                          const net::Call& call);

}  // namespace fairlead::admin
