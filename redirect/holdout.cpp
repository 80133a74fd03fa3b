#include "redirect/holdout.hpp"

#include <algorithm>

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t ppm_one = 1'000'000;
constexpr std::int64_t micros_per_minute = 60'000'000;
constexpr std::int64_t windows_min = 8;
constexpr std::int64_t windows_max = 2'000;  // a report draws them thousands of times
constexpr std::int64_t days_max = 366;

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, "holdout/" + std::move(why));
}

// The finalizer of splitmix64, twice with the seed between: a visitor's hash may be any number, a
// window's is a small one. A change of it would move visitors within runs that go on.
std::uint64_t mixed(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15ULL;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

std::uint64_t draw(std::uint64_t seed, std::uint64_t subject) {
  return mixed(mixed(subject) ^ mixed(seed));
}

// Whether a hash lies in the lowest `share_ppm` of all.
Arm arm_by(std::uint64_t hash, std::int64_t share_ppm) {
  __extension__ using Wide = unsigned __int128;
  const auto part = static_cast<std::int64_t>(Wide{hash} * ppm_one >> 64);
  return part < share_ppm ? Arm::held_out : Arm::treated;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// A country is two letters, so its bytes are a number of its own.
std::uint64_t hash_of(std::uint64_t seed, std::string_view country) {
  std::uint64_t letters = 0;
  for (const char letter : country)
    letters = letters << 8 | static_cast<std::uint8_t>(letter);
  return draw(seed, letters);
}

// Counted, not sorted: there are at most 250, and nothing has to be kept.
Arm arm_by_region(const Holdout& holdout, std::uint64_t seed, std::string_view country) {
  if (!contains(holdout.regions, country)) return Arm::none;
  if (!holdout.held_out_regions.empty())
    return contains(holdout.held_out_regions, country) ? Arm::held_out : Arm::treated;
  const std::uint64_t own = hash_of(seed, country);
  const auto lower =
      std::count_if(holdout.regions.begin(), holdout.regions.end(),
                    [&](const std::string& other) { return hash_of(seed, other) < own; });
  const std::size_t held_out = regions_held_out(holdout.regions.size(), holdout.share_ppm);
  return static_cast<std::size_t>(lower) < held_out ? Arm::held_out : Arm::treated;
}

Arm arm_by_time(const Holdout& holdout, std::uint64_t seed, core::Instant at) {
  const std::int64_t window = holdout.window_hours * 60 * micros_per_minute;
  const std::int64_t since = at.micros - holdout.starts_at->micros;
  if (since % window < holdout.washout_minutes * micros_per_minute) return Arm::none;
  return arm_by(draw(seed, static_cast<std::uint64_t>(since / window)), holdout.share_ppm);
}

core::Result<void> check_regions(const Holdout& holdout) {
  for (const std::string& region : holdout.held_out_regions)
    if (!contains(holdout.regions, region))
      return refuse("held_out_regions must be among regions; " + region + " is not");
  if (holdout.held_out_regions.size() >= holdout.regions.size())
    return refuse("held_out_regions must leave a region that is treated");
  return {};
}

core::Result<void> check_windows(const Holdout& holdout) {
  if (holdout.washout_minutes >= holdout.window_hours * 60)
    return refuse("washout_minutes must be shorter than a window");
  const std::int64_t window = holdout.window_hours * 60 * micros_per_minute;
  const std::int64_t windows = (holdout.ends_at.micros - holdout.starts_at->micros) / window;
  if (windows < windows_min || windows > windows_max)
    return refuse("window_hours must make 8 to 2000 windows between starts_at and ends_at, not " +
                  std::to_string(windows));
  return {};
}

}  // namespace

Arm arm_of(const Holdout& holdout, HoldoutRun run, const Subject& subject) {
  if (holdout.kind == Holdout::Kind::none || !holdout.starts_at) return Arm::none;
  if (subject.at < *holdout.starts_at || subject.at >= holdout.ends_at) return Arm::none;
  switch (holdout.kind) {
    case Holdout::Kind::none:
      return Arm::none;
    case Holdout::Kind::visitor:
      if (!subject.is_known) return Arm::none;
      return arm_by(draw(run.seed, subject.visitor), holdout.share_ppm);
    case Holdout::Kind::region:
      return arm_by_region(holdout, run.seed, subject.country);
    case Holdout::Kind::time:
      return arm_by_time(holdout, run.seed, subject.at);
  }
  return Arm::none;
}

std::size_t regions_held_out(std::size_t regions, std::int64_t share_ppm) {
  const auto share = static_cast<std::size_t>(share_ppm);
  const std::size_t rounded = (regions * share + ppm_one / 2) / ppm_one;
  return std::clamp<std::size_t>(rounded, 1, regions - 1);
}

core::Result<void> check_holdout(const Holdout& holdout) {
  if (holdout.ends_at <= *holdout.starts_at) return refuse("ends_at must be later than starts_at");
  if (holdout.ends_at > holdout.starts_at->plus_days(days_max))
    return refuse("ends_at must be at most 366 days after starts_at");
  const bool has_page = !holdout.destination.empty();
  if (holdout.withhold == Holdout::Withhold::page && !has_page)
    return refuse("destination is needed to withhold the page: where the held-out are led");
  if (holdout.withhold != Holdout::Withhold::page && has_page)
    return refuse("destination belongs to withhold \"page\"");
  if (holdout.kind == Holdout::Kind::region) return check_regions(holdout);
  if (holdout.kind == Holdout::Kind::time) return check_windows(holdout);
  return {};
}

}  // namespace fairlead::redirect
