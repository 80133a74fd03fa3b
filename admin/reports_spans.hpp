// How whole days are read from as few rollups as possible: by month where a month is whole, by day
// at the ends, and where most of a month is asked for, the month less its other days. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace fairlead::admin {

// The levels of the click file's rollups, as its schema numbers them.
inline constexpr std::int64_t span_hour = 1;
inline constexpr std::int64_t span_day = 2;
inline constexpr std::int64_t span_month = 3;  // `start` is year × 12 + month − 1

struct Piece {
  std::int64_t span;
  std::int64_t from;  // a `start`, inclusive
  std::int64_t to;    // exclusive
  std::int64_t sign;  // 1, or -1 for what is too much in the others
  bool operator==(const Piece&) const = default;
};

enum class Pieces { added, added_and_taken };  // only counts can be taken away, visitors cannot

// The days [first, end); nothing when end is not behind first.
std::vector<Piece> cover(core::Day first, core::Day end, Pieces allowed);

// The first day of a rollup.
core::Day first_day_of(std::int64_t span, std::int64_t start);
std::int64_t month_of(core::Day day);

}  // namespace fairlead::admin
