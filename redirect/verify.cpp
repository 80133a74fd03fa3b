#include "redirect/brands.hpp"
#include "redirect/redirect.hpp"
#include "redirect/retention.hpp"
#include "redirect/rollups.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

std::string name_of_time(std::int64_t span, std::int64_t start) {
  const auto day = [](std::int64_t number) {
    return core::format_day({static_cast<std::int32_t>(number)});
  };
  if (span == static_cast<std::int64_t>(Span::hour))
    return day(start / 24) + " hour " + std::to_string(start % 24);
  if (span == static_cast<std::int64_t>(Span::day)) return day(start);
  return "month " + std::to_string(start / 12) + "-" + std::to_string(start % 12 + 1);
}

std::string name_of(const LinkRollup& key) {
  return "rollup " + core::BrandId{key.brand}.text() + " " + core::LinkId{key.link}.text() + " " +
         name_of_time(key.span, key.start) + " verdict " + std::to_string(key.verdict);
}

std::string name_of(const BrandRollup& key) {
  return "rollup " + core::BrandId{key.brand}.text() + " dimension " +
         std::to_string(key.dimension) + " value " + std::to_string(key.value) + " " +
         name_of_time(key.span, key.start) + " verdict " + std::to_string(key.verdict);
}

std::string name_of(const VisitorsOf& key) {
  return "visitors " + core::BrandId{key.brand}.text() + " " +
         (key.link == 0 ? "all links" : core::LinkId{key.link}.text()) + " " +
         name_of_time(key.span, key.start);
}

std::string text_of(const Counts& counts) {
  return std::to_string(counts.clicks) + " clicks, " + std::to_string(counts.unnamed) +
         " without visitor";
}

std::string text_of(const core::VisitorSketch& visitors) {
  return "a sketch of about " + std::to_string(visitors.estimate());
}

// Compares what is stored with what was counted. `next_page` calls its visitor for each row behind
// `after`, moves that on, and answers how many rows there were.
template <class Key, class Value, class NextPage>
void compare(std::map<Key, Value> counted, const NextPage& next_page,
             core::Differences& differences) {
  Key after{};
  after.brand = INT64_MIN;
  const auto visit = [&](const Key& key, const Value& stored) {
    const auto found = counted.find(key);
    if (found == counted.end()) {
      differences.push_back({name_of(key), "nothing", text_of(stored)});
      return;
    }
    if (!(found->second == stored))
      differences.push_back({name_of(key), text_of(found->second), text_of(stored)});
    counted.erase(found);
  };
  while (next_page(after, visit) == page_rows) {
  }
  for (const auto& [key, value] : counted)
    differences.push_back({name_of(key), text_of(value), "missing"});
}

// Hours that are no longer kept may still be there until they are cleaned away.
bool is_left_over(std::int64_t span, std::int64_t start, std::int64_t hours_from) {
  return span == static_cast<std::int64_t>(Span::hour) && start < hours_from;
}

// Whether the clicks it counts are all there.
bool is_kept(const KeptDays& kept, const auto& key) {
  return kept.cover(key.brand, key.span, key.start);
}

}  // namespace

core::Differences verify(storage::Session& main, storage::Session& clicks) {
  const std::vector<BrandRecord> brands_of_days = read_brands(main);
  const KeptDays kept(clicks_from(clicks), brands_of_days);
  Rollups counted = recount(clicks, brands_of_days);
  const std::int64_t from = hours_from(clicks);
  core::Differences differences;
  const auto links = [&](LinkRollup& after, const auto& visit) {
    const auto& [brand, span, start, link, verdict] = after;
    const storage::Rows rows =
        clicks.run(sql::list_link_rollups_after, brand, span, start, link, verdict, page_rows);
    for (const storage::Row& row : rows) {
      after = {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
      if (!is_left_over(after.span, after.start, from) && is_kept(kept, after))
        visit(after, {row.integer(5), row.integer(6)});
    }
    return static_cast<std::int64_t>(rows.size());
  };
  const auto brands = [&](BrandRollup& after, const auto& visit) {
    const auto& [brand, dimension, span, start, value, verdict] = after;
    const storage::Rows rows = clicks.run(sql::list_brand_rollups_after, brand, dimension, span,
                                          start, value, verdict, page_rows);
    for (const storage::Row& row : rows) {
      after = {row.integer(0), row.integer(1), row.integer(2),
               row.integer(3), row.integer(4), row.integer(5)};
      if (!is_left_over(after.span, after.start, from) && is_kept(kept, after))
        visit(after, {row.integer(6), row.integer(7)});
    }
    return static_cast<std::int64_t>(rows.size());
  };
  const auto visitors = [&](VisitorsOf& after, const auto& visit) {
    const auto& [brand, span, start, link] = after;
    const storage::Rows rows =
        clicks.run(sql::list_visitors_after, brand, span, start, link, page_rows);
    for (const storage::Row& row : rows) {
      after = {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      core::VisitorSketch stored;
      stored.merge_bytes(row.blob(4));
      if (is_kept(kept, after)) visit(after, stored);
    }
    return static_cast<std::int64_t>(rows.size());
  };
  const auto is_cut = [&](const auto& counted_one) { return !is_kept(kept, counted_one.first); };
  std::erase_if(counted.by_link, is_cut);
  std::erase_if(counted.by_brand, is_cut);
  std::erase_if(counted.visitors, is_cut);
  compare(std::move(counted.by_link), links, differences);
  compare(std::move(counted.by_brand), brands, differences);
  compare(std::move(counted.visitors), visitors, differences);
  return differences;
}

}  // namespace fairlead::redirect
