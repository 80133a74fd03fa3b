#include <map>
#include <tuple>

#include "redirect/brands.hpp"
#include "redirect/day_of_brand.hpp"
#include "redirect/redirect.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

// brand, day, link, verdict: the order of the rollups' key.
using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

std::map<Key, std::int64_t> recount(storage::Session& clicks,
                                    const std::vector<BrandRecord>& brands) {
  std::map<Key, std::int64_t> counts;
  DayOfBrand days;
  const core::Zone utc = core::Zone::utc();
  std::int64_t after = 0;
  for (;;) {
    const storage::Rows rows = clicks.run(sql::list_clicks_after, after, page_rows);
    for (const storage::Row& row : rows) {
      after = row.integer(0);
      const auto brand_id = row.id<core::BrandId>(1);
      const BrandRecord* const brand = find_brand(brands, brand_id);
      const core::Day day =
          days.of(brand_id, brand == nullptr ? utc : brand->zone, core::instant_of_id(after)).day;
      ++counts[{brand_id.number, day.number, row.integer(2), row.integer(3)}];
    }
    if (static_cast<std::int64_t>(rows.size()) < page_rows) return counts;
  }
}

std::string name_of(const Key& key) {
  const auto [brand, day, link, verdict] = key;
  return "rollup " + core::BrandId{brand}.text() + " " + core::LinkId{link}.text() + " " +
         core::format_day({static_cast<std::int32_t>(day)}) + " verdict " + std::to_string(verdict);
}

}  // namespace

core::Differences verify(storage::Session& main, storage::Session& clicks) {
  std::map<Key, std::int64_t> counts = recount(clicks, read_brands(main));
  core::Differences differences;
  Key after{0, INT64_MIN, 0, 0};
  for (;;) {
    const auto [brand, day, link, verdict] = after;
    const storage::Rows rows =
        clicks.run(sql::list_click_rollups_after, brand, day, link, verdict, page_rows);
    for (const storage::Row& row : rows) {
      after = {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      const auto counted = counts.find(after);
      const std::int64_t expected = counted == counts.end() ? 0 : counted->second;
      if (expected != row.integer(4))
        differences.push_back(
            {name_of(after), std::to_string(expected), std::to_string(row.integer(4))});
      if (counted != counts.end()) counts.erase(counted);
    }
    if (static_cast<std::int64_t>(rows.size()) < page_rows) break;
  }
  for (const auto& [key, count] : counts)
    differences.push_back({name_of(key), std::to_string(count), "missing"});
  return differences;
}

}  // namespace fairlead::redirect
