// What a report of holdouts reads: runs and orders from the main database, clicks from the click
// file. An order counts once, for the newest of its clicks that is in the run. Blocking.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "attribution/attribution.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct RunRow {
  core::LinkId link;
  std::string slug;
  std::int64_t version = 0;
  attribution::RunKind kind = attribution::RunKind::visitor;
  std::string withhold;
  std::int64_t share_ppm = 0;  // 0: regions, see held_out_regions
  std::int64_t window_ms = 0;  // of time
  core::Instant windows_from;  // where window 0 begins
  core::Instant starts_at;
  core::Instant ends_at;
  std::optional<core::Instant> stopped_at;  // by an edit of the link, or its archiving

  core::Instant end() const { return stopped_at ? std::min(*stopped_at, ends_at) : ends_at; }
};

struct RunsAsked {
  core::LinkId link;  // either of the two
  core::CampaignId campaign;
  std::int64_t version = 0;  // of the link's; 0 = the newest
};
std::vector<RunRow> read_runs(storage::Session& session, core::BrandId brand,
                              const RunsAsked& asked);

// Errc::conflict when clicks of the run are removed already (answered 422 clicks_removed),
// Errc::overflow when there are more orders than a report reads.
core::Result<attribution::RunFacts> read_run_facts(storage::Database& database,
                                                   storage::Database& clicks, core::BrandId brand,
                                                   const RunRow& run);

}  // namespace fairlead::admin
