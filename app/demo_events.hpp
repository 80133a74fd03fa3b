// What happens in the demo: six months of clicks, orders and refunds per brand, made from the cast
// and a fixed seed. The same `start` gives the same clicks, carts and amounts; ids and keys differ
// from run to run. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/demo_cast.hpp"
#include "core/events.hpp"
#include "core/time.hpp"

namespace fairlead::app {

inline constexpr int demo_days = 182;

struct DemoClick {
  core::Instant at;
  std::size_t influencer;  // of the brand, by position
  core::ClickVerdict verdict;
  std::int64_t visitor;
  std::string_view app;  // "" = an ordinary browser
  std::string_view country;
  std::string_view device;
};

struct DemoOrder {
  core::Instant at;
  std::string order_ref;
  std::optional<std::size_t> click;       // index into the clicks
  std::optional<std::size_t> influencer;  // whose code was used
  std::vector<core::Item> items;
  std::int64_t shipping_minor;
  std::string customer;
  bool is_new_customer;
  std::int64_t refunded_ppm;  // 0 = none
  core::Instant refunded_at;
};

struct DemoEvents {
  std::vector<DemoClick> clicks;  // in order of time
  std::vector<DemoOrder> orders;  // in order of time
};

// `brand_number` only varies the seed.
DemoEvents make_demo_events(const CastBrand& brand, std::size_t brand_number, core::Instant start);

}  // namespace fairlead::app
