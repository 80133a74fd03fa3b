// The day and hour of an instant on a brand's wall clock, remembered per brand: zone arithmetic
// costs far more than a click may. Belongs to one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>

#include "core/id.hpp"
#include "core/time.hpp"

namespace fairlead::redirect {

struct DayAndHour {
  core::Day day;
  std::uint8_t hour = 0;  // 0 … 23
};

class DayOfBrand {
 public:
  DayAndHour of(core::BrandId brand, const core::Zone& zone, core::Instant at);

 private:
  struct Known {
    std::string_view zone;
    std::int64_t quarter = 0;
    DayAndHour answer;
  };
  boost::unordered_flat_map<std::int64_t, Known> known_;
};

}  // namespace fairlead::redirect
