#include "redirect/rollups.hpp"

#include <algorithm>

#include "redirect/redirect.hpp"
#include "redirect/retention.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;
constexpr const char* hours_from_name = "hours_from";
constexpr const char* rollups_due_name = "rollups_due";

std::int64_t state(storage::Session& clicks, const char* name) {
  return clicks.run(sql::find_click_state, name).one().integer(0);
}

void add_visitors(storage::Session& clicks, const VisitorsOf& of,
                  const core::VisitorSketch& visitors) {
  const storage::Rows found = clicks.run(sql::find_visitors, of.brand, of.span, of.start, of.link);
  core::VisitorSketch all;
  if (!found.empty()) all.merge_bytes(found.one().blob(0));
  const core::VisitorSketch before = all;
  all.merge(visitors);
  if (all == before && !found.empty()) return;
  clicks.run(sql::put_visitors, of.brand, of.span, of.start, of.link, storage::Blob{all.bytes()});
}

// Whether a brand's newest day so far is behind one of those counted.
bool changes_the_past(storage::Session& clicks, const Rollups& rollups) {
  return std::any_of(rollups.oldest.begin(), rollups.oldest.end(), [&](const auto& of_brand) {
    const auto& [brand, oldest] = of_brand;
    return oldest.number < clicks.run(sql::find_newest_day, brand).one().integer_or(0, INT32_MIN);
  });
}

}  // namespace

void add_rollups(storage::Session& clicks, const Rollups& rollups) {
  if (changes_the_past(clicks, rollups)) clicks.run(sql::count_past_change);
  for (const auto& [key, counts] : rollups.by_link) {
    if (counts == Counts{}) continue;
    clicks.run(sql::add_link_rollup, key.brand, key.span, key.start, key.link, key.verdict,
               counts.clicks, counts.unnamed);
    if (counts.clicks < 0)
      clicks.run(sql::drop_link_rollup_at_zero, key.brand, key.span, key.start, key.link,
                 key.verdict);
  }
  for (const auto& [key, counts] : rollups.by_brand) {
    if (counts == Counts{}) continue;
    clicks.run(sql::add_brand_rollup, key.brand, key.span, key.start, key.dimension, key.value,
               key.verdict, counts.clicks, counts.unnamed);
    if (counts.clicks < 0)
      clicks.run(sql::drop_brand_rollup_at_zero, key.brand, key.span, key.start, key.dimension,
                 key.value, key.verdict);
  }
  for (const auto& [of, visitors] : rollups.visitors)
    add_visitors(clicks, of, visitors);
}

TalliedClick tallied_click(const storage::Row& row, const std::vector<BrandRecord>& brands,
                           DayOfBrand& days) {
  TalliedClick click{};
  click.brand = row.id<core::BrandId>(1);
  click.link = row.id<core::LinkId>(2);
  click.verdict = static_cast<core::ClickVerdict>(row.integer(3));
  click.visitor = row.integer_or(4, 0);
  click.profile.number = row.integer(5);
  for (std::size_t i = 0; i < profile_kinds.size(); ++i)
    click.profile.words[i] = row.integer(6 + i);
  const BrandRecord* const brand = find_brand(brands, click.brand);
  click.at = days.of(click.brand, brand == nullptr ? core::Zone::utc() : brand->zone,
                     core::instant_of_id(row.integer(0)));
  return click;
}

Rollups recount(storage::Session& clicks, const std::vector<BrandRecord>& brands) {
  ClickTally tally(hours_from(clicks));
  DayOfBrand days;
  std::int64_t after = clicks_from(clicks) - 1;
  for (;;) {
    const storage::Rows rows = clicks.run(sql::list_clicks_after, after, page_rows);
    for (const storage::Row& row : rows)
      tally.add(tallied_click(row, brands, days));
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return tally.rollups();
    after = rows.rows.back().integer(0);
  }
}

std::int64_t hours_from(storage::Session& clicks) {
  return state(clicks, hours_from_name);
}

std::int64_t keep_hours_until(storage::Session& clicks, core::Day newest) {
  const std::int64_t stored = hours_from(clicks);
  const std::int64_t wanted = (newest.number - hours_kept_days) * std::int64_t{24};
  if (wanted > stored) clicks.run(sql::put_click_state, hours_from_name, wanted);
  return std::max(stored, wanted);
}

std::int64_t drop_old_hours(storage::Session& clicks, std::int64_t rows_max) {
  const std::int64_t from = hours_from(clicks);
  return clicks.run(sql::drop_old_hours, from, rows_max).changed +
         clicks.run(sql::drop_old_brand_hours, from, rows_max).changed;
}

core::Result<void> complete_rollups(storage::Database& main, storage::Database& clicks) {
  const auto due =
      clicks.read([](storage::Session& session) { return state(session, rollups_due_name) != 0; });
  if (!due) return due.error();
  if (!*due) return {};
  const auto brands = main.read([](storage::Session& session) { return read_brands(session); });
  if (!brands) return brands.error();
  return clicks.transact([&](storage::Session& session) {
    const std::int64_t newest = session.run(sql::find_newest_click).one().integer(0);
    // A day later in some zone; the hours of one day more are kept or not.
    keep_hours_until(session, core::Zone::utc().day_of(core::instant_of_id(newest)));
    add_rollups(session, recount(session, *brands));
    session.run(sql::put_click_state, rollups_due_name, 0);
  });
}

}  // namespace fairlead::redirect
