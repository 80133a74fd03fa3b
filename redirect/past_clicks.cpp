#include <algorithm>
#include <array>

#include "redirect/brands.hpp"
#include "redirect/click_store.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t batch_clicks = 10'000;

// Clicks keep views into static words only; a word of the caller must live until it is stored.
PendingClick pending(const PastClick& past, const core::Zone& zone) {
  PendingClick click{.id = past.click, .brand = past.brand, .link = past.link, .zone = zone};
  click.verdict = past.verdict;
  click.visitor = past.visitor;
  click.app = past.app;
  click.device = past.device;
  click.country.append(past.country);
  return click;
}

}  // namespace

core::Result<void> append_clicks(const std::string& clicks_file, storage::Database& main,
                                 const std::vector<PastClick>& clicks) {
  auto brands = main.read([](storage::Session& session) { return read_brands(session); });
  if (!brands) return brands.error();
  auto database =
      storage::open({.url = "sqlite:" + clicks_file, .schema = storage::Schema::clicks});
  if (!database) return database.error();
  auto store = ClickStore::open(std::move(*database));
  if (!store) return store.error();
  std::vector<PendingClick> batch;
  batch.reserve(std::min(batch_clicks, clicks.size()));
  for (std::size_t i = 0; i < clicks.size(); ++i) {
    const BrandRecord* const brand = find_brand(*brands, clicks[i].brand);
    if (brand == nullptr)
      return core::fail(core::Errc::not_found, "there is no brand " + clicks[i].brand.text());
    batch.push_back(pending(clicks[i], brand->zone));
    if (batch.size() < batch_clicks && i + 1 < clicks.size()) continue;
    if (auto appended = (*store)->append(batch); !appended) return appended.error();
    batch.clear();
  }
  return {};
}

}  // namespace fairlead::redirect
