#include "redirect/rejudge.hpp"

#include <chrono>
#include <set>
#include <tuple>

#include "redirect/click_words.hpp"
#include "redirect/rollups.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

// A visitor's valid clicks on a link that became other ones, and other ones that became valid.
struct OfVisitor {
  std::pair<std::int64_t, std::int32_t> brand_day;
  std::int64_t link;
  std::int64_t visitor;
  auto operator<=>(const OfVisitor&) const = default;
};

// A day of a brand, and the links on it that lost a visitor.
using LostDays = std::map<std::pair<std::int64_t, std::int32_t>, std::set<std::int64_t>>;

void put_visitors(storage::Session& clicks, const VisitorsOf& of,
                  const core::VisitorSketch& visitors) {
  if (visitors.is_empty()) {
    clicks.run(sql::drop_visitors, of.brand, of.span, of.start, of.link);
  } else {
    clicks.run(sql::put_visitors, of.brand, of.span, of.start, of.link,
               storage::Blob{visitors.bytes()});
  }
}

// The brand's clicks of one day.
Rollups recount_day(storage::Session& clicks, const std::vector<BrandRecord>& brands,
                    core::BrandId brand, core::Day day) {
  const BrandRecord* const found = find_brand(brands, brand);
  const core::Zone zone = found == nullptr ? core::Zone::utc() : found->zone;
  const std::int64_t end = core::first_id_at(zone.start_of({day.number + 1}));
  std::int64_t after = core::first_id_at(zone.start_of(day)) - 1;
  ClickTally tally(0);
  DayOfBrand days;
  for (;;) {
    const storage::Rows rows = clicks.run(sql::list_clicks_after, after, page_rows);
    for (const storage::Row& row : rows) {
      after = row.integer(0);
      if (after >= end) return tally.rollups();
      if (row.id<core::BrandId>(1) == brand) tally.add(tallied_click(row, brands, days));
    }
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return tally.rollups();
  }
}

// A month's visitors are those of its days.
core::VisitorSketch merge_month(storage::Session& clicks, std::int64_t brand, std::int32_t month,
                                std::int64_t link) {
  const auto first_day = [](std::int32_t of) {
    const auto name = std::chrono::year{of / 12} / std::chrono::month(of % 12 + 1u) / 1;
    return std::chrono::sys_days{name}.time_since_epoch().count();
  };
  core::VisitorSketch visitors;
  const storage::Rows rows =
      clicks.run(sql::list_visitors_of_days, brand, first_day(month), first_day(month + 1), link);
  for (const storage::Row& row : rows)
    visitors.merge_bytes(row.blob(0));
  return visitors;
}

void recount_visitors(storage::Session& clicks, const LostDays& lost,
                      const std::vector<BrandRecord>& brands) {
  std::set<std::tuple<std::int64_t, std::int32_t, std::int64_t>> months;  // brand, month, link
  for (const auto& [brand_day, links] : lost) {
    const auto& [brand, day] = brand_day;
    const Rollups counted = recount_day(clicks, brands, {brand}, {day});
    for (const std::int64_t link : links) {
      const VisitorsOf of{brand, static_cast<std::int64_t>(Span::day), day, link};
      const auto found = counted.visitors.find(of);
      put_visitors(clicks, of,
                   found == counted.visitors.end() ? core::VisitorSketch{} : found->second);
      months.emplace(brand, month_of({day}), link);
    }
  }
  for (const auto& [brand, month, link] : months)
    put_visitors(clicks, {brand, static_cast<std::int64_t>(Span::month), month, link},
                 merge_month(clicks, brand, month, link));
}

}  // namespace

std::size_t rejudge(storage::Session& clicks, std::span<const NewVerdict> verdicts,
                    const std::vector<BrandRecord>& brands) {
  ClickWords words;
  ClickTally tally(hours_from(clicks));
  DayOfBrand days;
  std::set<OfVisitor> lost;
  std::set<OfVisitor> gained;
  std::size_t changed = 0;
  for (const NewVerdict& judged : verdicts) {
    const storage::Rows found = clicks.run(sql::find_click_to_judge, judged.click);
    if (found.empty()) continue;
    TalliedClick click = tallied_click(found.one(), brands, days);
    const core::ClickVerdict before = click.verdict;
    if (before == judged.verdict) continue;
    ++changed;
    words.use_on(core::Zone::utc().day_of(core::instant_of_id(judged.click.number)));
    clicks.run(sql::judge_click, judged.click, static_cast<int>(judged.verdict),
               words.word(clicks, WordKind::rule, judged.rule));
    tally.take_away(click);
    click.verdict = judged.verdict;
    tally.add(click);
    const OfVisitor of{{click.brand.number, click.at.day.number}, click.link.number, click.visitor};
    if (click.visitor == 0) continue;
    if (before == core::ClickVerdict::valid) lost.insert(of);
    if (judged.verdict == core::ClickVerdict::valid) gained.insert(of);
  }
  add_rollups(clicks, tally.rollups());
  LostDays days_to_recount;
  for (const OfVisitor& of : lost)
    if (!gained.contains(of)) days_to_recount[of.brand_day].insert({of.link, 0});
  recount_visitors(clicks, days_to_recount, brands);
  return changed;
}

void set_rules_version(storage::Session& clicks, core::ClickId from, std::int64_t version) {
  clicks.run(sql::drop_epochs_from, from);
  clicks.run(sql::insert_epoch, from, version);
}

}  // namespace fairlead::redirect
