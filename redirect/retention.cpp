#include "redirect/retention.hpp"

#include <algorithm>
#include <chrono>

#include "core/id.hpp"
#include "core/log.hpp"
#include "redirect/click_tally.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr const char* boundary_name = "clicks_from";
constexpr const char* words_due_name = "words_due";
constexpr std::int64_t day_micros = 86'400'000'000;
constexpr std::int64_t pause_s = 3'600;  // a click may arrive late, from a journal or an import
constexpr std::int64_t retry_s = 60;

std::int64_t state(storage::Session& clicks, const char* name) {
  return clicks.run(sql::find_click_state, name).one().integer(0);
}

std::int64_t utc_day_of(core::Instant at) {
  return at.micros / day_micros;
}

core::Day first_day_of_month(std::int64_t month) {
  const auto name = std::chrono::year{static_cast<int>(month / 12)} /
                    std::chrono::month{static_cast<unsigned>(month % 12 + 1)} / 1;
  return {static_cast<std::int32_t>(std::chrono::sys_days{name}.time_since_epoch().count())};
}

// The highest number of the three tables that are swept.
std::int64_t newest_number(storage::Session& clicks) {
  std::int64_t newest = 0;
  for (const storage::Statement* statement :
       {&sql::find_newest_word, &sql::find_newest_profile, &sql::find_newest_click_link})
    newest = std::max(newest, clicks.run(*statement).one().integer(0));
  return newest;
}

}  // namespace

std::int64_t clicks_from(storage::Session& clicks) {
  return state(clicks, boundary_name);
}

core::Day KeptDays::first_of(core::BrandId brand) const {
  if (clicks_from_ == 0) return {INT32_MIN};
  const BrandRecord* const found = find_brand(brands_, brand);
  const core::Zone zone = found == nullptr ? core::Zone::utc() : found->zone;
  const core::Instant boundary = core::instant_of_id(clicks_from_);
  const core::Day day = zone.day_of(boundary);
  return zone.start_of(day) == boundary ? day : core::Day{day.number + 1};
}

bool KeptDays::cover(std::int64_t brand, std::int64_t span, std::int64_t start) const {
  if (clicks_from_ == 0) return true;
  const core::Day first = first_of({brand});
  if (span == static_cast<std::int64_t>(Span::hour)) return start / 24 >= first.number;
  if (span == static_cast<std::int64_t>(Span::day)) return start >= first.number;
  return first_day_of_month(start) >= first;
}

core::Instant KeptDays::all_from() const {
  if (clicks_from_ == 0) return {};
  core::Instant latest = core::instant_of_id(clicks_from_);
  for (const BrandRecord& brand : brands_)
    latest = std::max(latest, brand.zone.start_of(first_of(brand.id)));
  return latest;
}

core::Result<std::int64_t> days_needed(storage::Database& main) {
  return main.read([](storage::Session& session) {
    return session.run(sql::find_days_needed).one().integer(0);
  });
}

Retention::Step Retention::step(storage::Database& clicks) {
  const core::Instant now = clock_.now();
  if (rule_.days == 0 || now < next_at_) return {};
  if (auto planned = plan(now); !planned) {
    core::log(core::Level::warning, "clicks_not_removed", {{"why", planned.error().detail}});
    next_at_ = now.plus_seconds(retry_s);
    return {};
  }
  const auto progress =
      clicks.transact([&](storage::Session& session) { return advance(session); });
  if (!progress) {
    core::log(core::Level::error, "clicks_not_removed", {{"why", progress.error().detail}});
    next_at_ = now.plus_seconds(retry_s);
    return {};
  }
  note(*progress, now);
  return progress->step;
}

core::Result<void> Retention::plan(core::Instant now) {
  const std::int64_t today = utc_day_of(now);
  if (today == planned_on_) return {};
  std::int64_t days = rule_.days;
  if (rule_.days_needed) {
    const auto needed = rule_.days_needed();
    if (!needed) return needed.error();
    days = std::max(days, *needed);
  }
  planned_ = core::first_id_at({(today - days) * day_micros});
  planned_on_ = today;
  return {};
}

// First all clicks, then what only they used: a number is looked at when nothing can use it again.
Retention::Progress Retention::advance(storage::Session& session) const {
  Progress progress{.swept = swept_};
  const std::int64_t stored = clicks_from(session);
  progress.boundary = std::max(stored, planned_);
  if (progress.boundary > stored) session.run(sql::put_click_state, boundary_name, planned_);
  progress.removed = session.run(sql::remove_old_clicks, progress.boundary, rows_max_).changed;
  if (progress.removed > 0 || progress.boundary > stored) {
    session.run(sql::put_click_state, words_due_name, 1);
    progress.swept = 0;
    progress.step.has_more = true;
    return progress;
  }
  if (state(session, words_due_name) == 0) return progress;
  const std::int64_t upto = swept_ + rows_max_;
  const std::int64_t used_from = utc_day_of(core::instant_of_id(progress.boundary));
  for (const storage::Statement* statement :
       {&sql::remove_unused_words, &sql::remove_unused_profiles, &sql::remove_unused_links})
    if (session.run(*statement, swept_, upto, used_from).changed > 0)
      progress.step.has_removed = true;
  progress.swept = upto;
  progress.step.has_more = upto < newest_number(session);
  if (!progress.step.has_more) session.run(sql::put_click_state, words_due_name, 0);
  return progress;
}

void Retention::note(const Progress& progress, core::Instant now) {
  swept_ = progress.swept;
  boundary_ = progress.boundary;
  is_due_ = progress.step.has_more;
  removed_.add(static_cast<std::uint64_t>(progress.removed));
  removed_now_ += progress.removed;
  if (progress.step.has_more) return;
  next_at_ = now.plus_seconds(pause_s);
  swept_ = 0;
  if (removed_now_ == 0) return;
  core::log(core::Level::info, "clicks_removed",
            {{"count", std::to_string(removed_now_)},
             {"before", core::format_instant(core::instant_of_id(progress.boundary))}});
  removed_now_ = 0;
}

void Retention::collect(std::vector<core::Metric>& metrics) const {
  using Kind = core::Metric::Kind;
  const std::int64_t boundary = boundary_.load();
  metrics.push_back({Kind::counter,
                     "fairlead_clicks_removed_total",
                     "Rows of clicks removed because they were kept long enough.",
                     {},
                     static_cast<double>(removed_.value())});
  metrics.push_back(
      {Kind::gauge,
       "fairlead_clicks_kept_from_seconds",
       "Clicks from this time on are kept, in seconds since 1970; 0 = none was to be removed.",
       {},
       boundary == 0 ? 0 : static_cast<double>(core::instant_of_id(boundary).micros) / 1e6});
  metrics.push_back({Kind::gauge,
                     "fairlead_clicks_removal_due",
                     "1 while clicks from before then, or words that only they used, are left.",
                     {},
                     is_due_ ? 1.0 : 0.0});
}

}  // namespace fairlead::redirect
