// Clicks are kept for a while; then their rows go, and with them the words, profiles and links that
// only they used. Rollups, visitors and every report of whole days stay as they were.
//
// THE BOUNDARY is one click id for the whole file, the first of a UTC day, and only rises. It is
// stored in the transaction that removes the first click behind it, so that whoever reads the file
// knows what to expect, however far the removal came: clicks before it count as removed, all others
// are there. It cuts through days of brands in other zones. So a day of a brand is complete when it
// begins at or behind the boundary, an hour when its day is, a month when its first day is; only
// what is complete can be counted from clicks again (KeptDays), and nothing else is compared,
// judged or counted anew.
//
// Threads: a Retention is shared: step() of the thread that writes the click file, collect() any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "redirect/brands.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// The boundary of the file; 0 = every click is kept.
std::int64_t clicks_from(storage::Session& clicks);

// Which days of which brand can be counted from the clicks that are kept. A brand that is gone is
// in UTC. A value; `brands` must outlive it.
class KeptDays {
 public:
  KeptDays(std::int64_t clicks_from, const std::vector<BrandRecord>& brands)
      : clicks_from_(clicks_from), brands_(brands) {}

  core::Day first_of(core::BrandId brand) const;
  // Whether all clicks of a rollup are kept; `span` and `start` as they are stored.
  bool cover(std::int64_t brand, std::int64_t span, std::int64_t start) const;
  // From here on every brand's days are complete; 1970 when every click is kept.
  core::Instant all_from() const;

 private:
  const std::int64_t clicks_from_;
  const std::vector<BrandRecord>& brands_;
};

struct RetentionRule {
  std::int64_t days = 0;  // 0 = for ever
  // For how many days a click may still decide over money; they are kept so long at least. Asked
  // once a day, on the thread of step(). May be empty.
  std::function<core::Result<std::int64_t>()> days_needed = {};
};

// Of the deals that are there, from the main database.
core::Result<std::int64_t> days_needed(storage::Database& main);

class Retention {
 public:
  // The clock must outlive it. `rows_max`: of clicks, or of numbers looked at, in one step.
  Retention(const core::Clock& clock, RetentionRule rule, std::int64_t rows_max = 2'000)
      : clock_(clock), rule_(std::move(rule)), rows_max_(rows_max) {}

  struct Step {
    bool has_removed = false;  // numbers of words, profiles and links may be given out again
    bool has_more = false;     // worth calling again soon
  };
  // One short transaction, or nothing when nothing is due. A kill at any time costs nothing: the
  // file says how far it came. A failure is logged and tried again a minute later.
  Step step(storage::Database& clicks);

  void collect(std::vector<core::Metric>& metrics) const;

 private:
  struct Progress {
    std::int64_t boundary = 0;
    std::int64_t removed = 0;  // clicks
    std::int64_t swept = 0;    // numbers looked at
    Step step;
  };
  // The boundary of this instant; stored as it is when it cannot be known now.
  core::Result<void> plan(core::Instant now);
  Progress advance(storage::Session& session) const;
  void note(const Progress& progress, core::Instant now);

  const core::Clock& clock_;
  const RetentionRule rule_;
  const std::int64_t rows_max_;
  std::int64_t planned_on_ = -1;  // UTC day
  std::int64_t planned_ = 0;      // boundary
  std::int64_t swept_ = 0;        // numbers up to there were looked at
  core::Instant next_at_;
  std::int64_t removed_now_ = 0;  // since the last line of the log

  std::atomic<std::int64_t> boundary_{0};
  std::atomic<bool> is_due_{false};
  core::Counter removed_;
};

}  // namespace fairlead::redirect
