#include "redirect/brands.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "redirect/sql.hpp"
#include "storage/each_row.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

void read_allowed_domains(storage::Session& session, std::vector<BrandRecord>& brands) {
  std::int64_t brand = 0;
  std::string domain;
  const auto take = [&](const storage::Row& row) {
    brand = row.integer(0);
    domain = row.text(1);
    const BrandRecord* const owner = find_brand(brands, {brand});
    if (owner == nullptr) return;
    brands[static_cast<std::size_t>(owner - brands.data())].allowed_domains.push_back(domain);
  };
  storage::each_row(session, sql::list_allowed_domains_after, page_rows, take, brand, domain);
}

core::Zone zone_of(core::BrandId brand, const std::string& name) {
  auto zone = core::Zone::parse(name);
  if (zone) return *zone;
  core::log(core::Level::warning, "unknown_time_zone", {{"brand", brand.text()}, {"zone", name}});
  return core::Zone::utc();
}

}  // namespace

std::vector<BrandRecord> read_brands(storage::Session& session) {
  std::vector<BrandRecord> brands;
  core::BrandId last;
  const auto take = [&](const storage::Row& row) {
    last = row.id<core::BrandId>(0);
    std::string fallback = row.text(2);
    if (!is_header_safe(fallback)) fallback.clear();
    brands.push_back({last,
                      std::move(fallback),
                      zone_of(last, row.text(1)),
                      {},
                      row.text(3),
                      {row.text(4) == "cookie", consent_of(row.text(5))}});
  };
  storage::each_row(session, sql::list_brands, page_rows, take, last);
  read_allowed_domains(session, brands);
  return brands;
}

const BrandRecord* find_brand(const std::vector<BrandRecord>& brands, core::BrandId id) {
  const auto at = std::lower_bound(
      brands.begin(), brands.end(), id,
      [](const BrandRecord& brand, core::BrandId wanted) { return brand.id < wanted; });
  return at != brands.end() && at->id == id ? &*at : nullptr;
}

}  // namespace fairlead::redirect
