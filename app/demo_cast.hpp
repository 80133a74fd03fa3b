// Who appears in the demo: three brands with their products, campaigns and influencers. All
// invented; domains end in .example, which leads nowhere. Plain data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fairlead::app {

struct CastProduct {
  std::string_view sku;
  std::int64_t price_minor;
};

struct CastCampaign {
  std::string_view name;
  std::string_view path;  // of the landing page
  std::string_view utm_campaign;
  int first_day;  // days from the start of the demo
};

struct CastInfluencer {
  std::string_view name;
  std::string_view country;
  std::string_view platform;  // "instagram", "tiktok", "youtube"
  std::string_view handle;
  std::int64_t followers;  // nano 1,000–4,999, micro 5,000–100,000
  std::string_view niche;
  std::size_t campaign;  // of the brand, by position
  std::string_view slug;
  std::string_view code;  // "" = none
  std::int64_t code_ppm;  // percent off
  std::int64_t rate_ppm;  // commission
  std::int64_t fee_minor;
  std::int64_t gift_minor;
};

struct CastBrand {
  std::string_view name;
  std::string_view currency;
  std::string_view timezone;
  std::string_view domain;
  std::span<const CastProduct> products;
  std::span<const CastCampaign> campaigns;
  std::span<const CastInfluencer> influencers;
};

std::span<const CastBrand> demo_cast();

}  // namespace fairlead::app
