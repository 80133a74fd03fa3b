// Clicks added up in memory, and the rollups of all levels that they make. The one place that says
// what a rollup counts: the click store adds a batch's, verify and a rebuild those of all clicks.
// A value of one thread.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <compare>
#include <cstdint>
#include <map>

#include "core/events.hpp"
#include "core/time.hpp"
#include "core/visitor_sketch.hpp"
#include "redirect/click_words.hpp"
#include "redirect/day_of_brand.hpp"

namespace fairlead::redirect {

// The level of a rollup. Stored and frozen.
enum class Span : std::uint8_t { hour = 1, day = 2, month = 3 };
inline constexpr std::int32_t hours_kept_days = 7;
inline constexpr std::int64_t every_click = 0;  // the dimension that counts all of a brand's clicks
std::int32_t month_of(core::Day day);           // year × 12 + month − 1

struct Counts {
  std::int64_t clicks = 0;
  std::int64_t unnamed = 0;  // of them, without a visitor
  auto operator<=>(const Counts&) const = default;
};

// In the order of the tables' keys.
struct LinkRollup {
  std::int64_t brand = 0;
  std::int64_t span = 0;
  std::int64_t start = 0;
  std::int64_t link = 0;
  std::int64_t verdict = 0;
  auto operator<=>(const LinkRollup&) const = default;
};
struct BrandRollup {
  std::int64_t brand = 0;
  std::int64_t dimension = 0;
  std::int64_t span = 0;
  std::int64_t start = 0;
  std::int64_t value = 0;
  std::int64_t verdict = 0;
  auto operator<=>(const BrandRollup&) const = default;
};
struct VisitorsOf {
  std::int64_t brand = 0;
  std::int64_t span = 0;
  std::int64_t start = 0;
  std::int64_t link = 0;  // 0 = all of the brand's
  auto operator<=>(const VisitorsOf&) const = default;
};

struct Rollups {
  std::map<std::int64_t, core::Day> oldest;  // by brand, the first day anything was counted on
  std::map<LinkRollup, Counts> by_link;
  std::map<BrandRollup, Counts> by_brand;
  std::map<VisitorsOf, core::VisitorSketch> visitors;
};

struct TalliedClick {
  core::BrandId brand;
  core::LinkId link;
  DayAndHour at;
  core::ClickVerdict verdict;
  std::int64_t visitor;  // 0 = not known
  Profile profile;
};

class ClickTally {
 public:
  // Hours before `hours_from` (day × 24 + hour) are counted in their day and month alone.
  explicit ClickTally(std::int64_t hours_from) : hours_from_(hours_from) {}

  void add(const TalliedClick& click);
  // The opposite, but that a visitor stays in the sketches: who is taken out of a sketch of many?
  void take_away(const TalliedClick& click);
  Rollups rollups() const;

 private:
  static constexpr std::size_t verdicts_max = 16;  // with room for more than there are
  using ByVerdict = std::array<Counts, verdicts_max>;
  struct LinkHour {
    std::int64_t brand;
    std::int64_t link;
    std::int32_t day;
    std::int32_t hour;
    bool operator==(const LinkHour&) const = default;
    friend std::size_t hash_value(const LinkHour& key) {
      const auto time = static_cast<std::uint64_t>(key.day * 32 + key.hour);
      return static_cast<std::size_t>(key.link) * 0x9e3779b97f4a7c15ULL + time;
    }
  };
  struct LinkCounts {
    ByVerdict counts{};
    core::VisitorSketch visitors;
  };
  struct ProfileDay {
    std::int64_t brand;
    std::int64_t profile;
    std::int32_t day;
    bool operator==(const ProfileDay&) const = default;
    friend std::size_t hash_value(const ProfileDay& key) {
      const auto time = static_cast<std::uint64_t>(key.day);
      return static_cast<std::size_t>(key.brand + key.profile) * 0x9e3779b97f4a7c15ULL + time;
    }
  };
  struct ProfileCounts {
    ByVerdict counts{};
    ProfileWords words{};
  };

  LinkCounts& count(const TalliedClick& click, std::int64_t by);
  void roll_up(const LinkHour& key, const LinkCounts& counts, Rollups& rollups) const;
  static void roll_up(const ProfileDay& key, const ProfileCounts& counts, Rollups& rollups);

  std::int64_t hours_from_;
  boost::unordered_flat_map<LinkHour, LinkCounts> links_;
  boost::unordered_flat_map<ProfileDay, ProfileCounts> profiles_;
};

}  // namespace fairlead::redirect
