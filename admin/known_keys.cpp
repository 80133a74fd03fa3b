#include "admin/known_keys.hpp"

namespace fairlead::admin {

std::optional<KnownKeys::Known> KnownKeys::find(const core::Digest& key, core::Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  const std::int64_t age_micros = now.micros - entry.looked_up_at.micros;
  // A clock that was put back makes it unknown too.
  if (age_micros < 0 || age_micros >= kept_ms_max * 1'000) return std::nullopt;
  if (entry.known.expires_at && *entry.known.expires_at <= now) return std::nullopt;
  return entry.known;
}

std::uint64_t KnownKeys::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void KnownKeys::remember(const core::Digest& key, const Known& known, core::Instant now,
                         std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (entries_.size() >= keys_max) entries_.clear();
  entries_.insert_or_assign(key, Entry{known, now});
}

void KnownKeys::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.clear();
}

}  // namespace fairlead::admin
