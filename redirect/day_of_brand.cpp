#include "redirect/day_of_brand.hpp"

#include "core/wall_time.hpp"

namespace fairlead::redirect {

namespace {

// Since 1972 every zone's offset and every change of it is a multiple of this, so that neither day
// nor hour changes within one.
constexpr std::int64_t quarter_micros = 15 * 60 * std::int64_t{1'000'000};

}  // namespace

DayAndHour DayOfBrand::of(core::BrandId brand, const core::Zone& zone, core::Instant at) {
  Known& known = known_[brand.number];
  const std::int64_t quarter = at.micros / quarter_micros;
  if (known.quarter != quarter || known.zone != zone.name())
    known = {zone.name(), quarter, {zone.day_of(at), core::local_hour(zone, at)}};
  return known.answer;
}

}  // namespace fairlead::redirect
