#include "codes/guess_limits.hpp"

#include <algorithm>
#include <cstring>

#include "core/crypto.hpp"

namespace fairlead::codes {

namespace {

constexpr std::int64_t minute_micros = 60'000'000;
constexpr std::size_t network_rows = 8'192;  // 65,536 networks in 1 MiB
constexpr std::size_t owner_rows = 512;

}  // namespace

GuessLimits::GuessLimits(GuessLimitOptions options, std::string seed)
    : options_(options), seed_(std::move(seed)), networks_(network_rows), owners_(owner_rows) {}

std::int64_t GuessLimits::take(const Guesser& guesser, core::Instant now) {
  const std::lock_guard lock(guard_);
  const auto buckets = buckets_of(guesser);
  std::int64_t wait_micros = 0;
  for (const auto& [slot, cost] : buckets) {
    // A clock that was set back must not leave a bucket empty for longer than it can be.
    slot.full_at = std::clamp(slot.full_at, now, core::Instant{now.micros + minute_micros});
    wait_micros = std::max(wait_micros, slot.full_at.micros + cost - minute_micros - now.micros);
  }
  constexpr std::int64_t second = 1'000'000;
  if (wait_micros > 0) return (wait_micros + second - 1) / second;
  for (const auto& [slot, cost] : buckets)
    slot.full_at.micros += cost;
  return 0;
}

void GuessLimits::give_back_most(const Guesser& guesser, core::Instant now) {
  give_back(guesser, 9, now);
}

void GuessLimits::give_back(const Guesser& guesser, core::Instant now) {
  give_back(guesser, 10, now);
}

void GuessLimits::give_back(const Guesser& guesser, std::int64_t tenths, core::Instant now) {
  const std::lock_guard lock(guard_);
  for (const auto& [slot, cost] : buckets_of(guesser))
    slot.full_at = std::max(now, core::Instant{slot.full_at.micros - cost * tenths / 10});
}

std::vector<GuessLimits::Bucket> GuessLimits::buckets_of(const Guesser& guesser) {
  const auto number = [](std::int64_t id) {
    return std::string(reinterpret_cast<const char*>(&id), sizeof id);
  };
  const auto brand = number(guesser.brand.number);
  std::vector<Bucket> buckets;
  const auto add = [&](std::int64_t minute_max, std::vector<Row>& rows, const std::string& owner) {
    if (minute_max > 0) buckets.push_back({slot_of(rows, owner), minute_micros / minute_max});
  };
  add(options_.network_minute_max, networks_,
      "n" + brand + std::string(guesser.network.begin(), guesser.network.end()));
  add(options_.key_minute_max, owners_, "k" + brand + number(guesser.key.number));
  add(options_.brand_minute_max, owners_, "b" + brand);
  return buckets;
}

GuessLimits::Slot& GuessLimits::slot_of(std::vector<Row>& rows, std::string_view owner) {
  const auto digest = core::hmac_sha256(seed_, owner);
  std::uint64_t name = 0;
  std::uint64_t place = 0;
  std::memcpy(&name, digest.data(), sizeof name);
  std::memcpy(&place, digest.data() + sizeof name, sizeof place);
  name = std::max<std::uint64_t>(name, 1);
  Row& row = rows[place % rows.size()];
  auto found =
      std::find_if(row.begin(), row.end(), [&](const Slot& slot) { return slot.owner == name; });
  if (found != row.end()) return *found;
  found = std::min_element(row.begin(), row.end(),
                           [](const Slot& a, const Slot& b) { return a.full_at < b.full_at; });
  *found = {name, {}};
  return *found;
}

}  // namespace fairlead::codes
