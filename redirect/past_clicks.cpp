#include <algorithm>
#include <array>

#include "redirect/brands.hpp"
#include "redirect/click_store.hpp"
#include "redirect/day_of_brand.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t batch_clicks = 10'000;

// Its texts are the caller's.
ClickRecord record_of(const PastClick& past, DayAndHour at) {
  return {.id = past.click,
          .brand = past.brand,
          .link = past.link,
          .day = at.day,
          .hour = at.hour,
          .verdict = past.verdict,
          .visitor = past.visitor,
          .device = past.device,
          .app = past.app,
          .country = past.country};
}

}  // namespace

core::Result<void> append_clicks(const std::string& clicks_file, storage::Database& main,
                                 const std::vector<PastClick>& clicks) {
  auto brands = main.read([](storage::Session& session) { return read_brands(session); });
  if (!brands) return brands.error();
  auto store = ClickStore::open_file(clicks_file, main);
  if (!store) return store.error();
  std::vector<ClickRecord> batch;
  DayOfBrand days;
  batch.reserve(std::min(batch_clicks, clicks.size()));
  for (std::size_t i = 0; i < clicks.size(); ++i) {
    const BrandRecord* const brand = find_brand(*brands, clicks[i].brand);
    if (brand == nullptr)
      return core::fail(core::Errc::not_found, "there is no brand " + clicks[i].brand.text());
    const core::Instant at = core::instant_of_id(clicks[i].click.number);
    batch.push_back(record_of(clicks[i], days.of(clicks[i].brand, brand->zone, at)));
    if (batch.size() < batch_clicks && i + 1 < clicks.size()) continue;
    if (auto appended = (*store)->append(batch, {}); !appended) return appended.error();
    batch.clear();
  }
  return {};
}

}  // namespace fairlead::redirect
