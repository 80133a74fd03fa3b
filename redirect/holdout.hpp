// A share of a link's clicks does without what the link adds, so that a report can tell what that
// brings: the arms of a run, and which one a click is in. Evaluated for links that have a holdout
// only. Nobody is led to a wrong page, and the influencer is credited in both arms alike
// (docs/decisions/0012). Plain values; pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace fairlead::redirect {

// A click's flags from bit 16 on; stored and frozen.
inline constexpr std::uint32_t flag_in_run = 1U << 16;    // drawn into an arm of the link's holdout
inline constexpr std::uint32_t flag_held_out = 1U << 17;  // … which does without
inline constexpr int flag_run_shift = 18;                 // above: the run's number, 14 bits
inline constexpr std::uint32_t run_version_max = (1U << 14) - 1;

enum class Arm : std::uint8_t { none, treated, held_out };

struct Holdout {
  enum class Kind : std::uint8_t { none, visitor, region, time };
  // What the held-out do without: the code that the link applies; the page it leads to, for another
  // one; or nothing, which checks the way of measuring (an A/A run).
  enum class Withhold : std::uint8_t { code, page, nothing };

  Kind kind = Kind::none;
  Withhold withhold = Withhold::code;
  std::int64_t share_ppm = 0;  // held out, 10,000 … 900,000; 0 where held_out_regions says which
  std::optional<core::Instant> starts_at;     // inclusive; where none is given, when it is written
  core::Instant ends_at;                      // exclusive
  std::string destination;                    // of withhold page
  std::vector<std::string> regions;           // "DE", …: all that take part
  std::vector<std::string> held_out_regions;  // as given; none = drawn by the share
  std::int64_t window_hours = 0;              // of time
  std::int64_t washout_minutes = 0;           // at the beginning of each window, in no arm

  bool operator==(const Holdout&) const = default;
};

// One run of a holdout. Every edit of the link begins another one, so that no arm is made of clicks
// that got different things. The number goes on when a holdout was removed.
struct HoldoutRun {
  std::uint32_t version = 0;  // 1 … run_version_max; 0 = the link never had one
  std::uint64_t seed = 0;     // of this run's draws

  bool operator==(const HoldoutRun&) const = default;
};

// What is known of the one who clicked.
struct Subject {
  core::Instant at;
  std::uint64_t visitor = 0;
  bool is_known = false;     // may be known again; else in no arm by visitor
  std::string_view country;  // "" = not known, in no arm by region
};

// A hash of seed and visitor, or of seed and window, against the share; of regions, those whose
// hashes are lowest. The same seed gives the same arms on every node and after every restart.
Arm arm_of(const Holdout& holdout, HoldoutRun run, const Subject& subject);

// How many of so many regions are held out: the share rounded, at least one, never all.
std::size_t regions_held_out(std::size_t regions, std::int64_t share_ppm);

// What of a holdout cannot be right whatever the link is: Errc::invalid, "holdout/ends_at must …".
// `starts_at` is set.
core::Result<void> check_holdout(const Holdout& holdout);

}  // namespace fairlead::redirect
