// Click ids without anything shared between threads: milliseconds since 2020 in the upper 41 bits
// as in every id (core/id.hpp), below them 6 bits of the thread's lane and a 16-bit counter. Two
// lanes never meet; within a lane ids only rise, also when the clock jumps back. Belongs to one
// thread.
#pragma once

#include <cstdint>

#include "core/check.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t click_lanes_max = 64;

class ClickIdMaker {
 public:
  // No id will be in or before the millisecond of `newest`, the highest id already stored.
  ClickIdMaker(std::size_t lane, std::int64_t newest) : lane_(static_cast<std::int64_t>(lane)) {
    CHECK(lane < click_lanes_max);
    ms_ = newest >> low_bits;
    counter_ = counter_max;
  }

  core::ClickId next(core::Instant now) {
    const std::int64_t now_ms = core::first_id_at(now) >> low_bits;
    if (now_ms > ms_) {
      ms_ = now_ms;
      counter_ = 0;
    } else if (counter_ == counter_max) {
      ++ms_;
      counter_ = 0;
    } else {
      ++counter_;
    }
    return {ms_ << low_bits | lane_ << counter_bits | counter_};
  }

 private:
  static constexpr int low_bits = 22;
  static constexpr int counter_bits = 16;
  static constexpr std::int64_t counter_max = (1 << counter_bits) - 1;

  std::int64_t lane_;
  std::int64_t ms_ = 0;
  std::int64_t counter_ = 0;
};

}  // namespace fairlead::redirect
