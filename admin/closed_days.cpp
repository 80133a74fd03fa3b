#include "admin/closed_days.hpp"

#include <algorithm>

namespace fairlead::admin {

namespace {

std::size_t bytes_of(const ClosedDays::Sums& sums) {
  std::size_t bytes = sizeof sums + sums.counts.size() * sizeof(ClickCount);
  for (const auto& [link, sketch] : sums.visitors)
    bytes += sizeof(std::pair<std::int64_t, std::string>) + sketch.capacity();
  return bytes;
}

}  // namespace

std::shared_ptr<const ClosedDays::Sums> ClosedDays::find(const Key& key) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  found->second.used = ++uses_;
  return found->second.sums;
}

void ClosedDays::keep(const Key& key, std::shared_ptr<const Sums> sums) {
  const std::size_t bytes = bytes_of(*sums);
  if (bytes > bytes_max_) return;
  const std::scoped_lock lock(mutex_);
  const auto [entry, is_new] = entries_.try_emplace(key, Entry{std::move(sums), bytes, ++uses_});
  if (!is_new) return;  // another thread read them at the same time
  bytes_ += bytes;
  while (bytes_ > bytes_max_)
    forget_oldest();
}

void ClosedDays::forget_oldest() {
  const auto oldest =
      std::min_element(entries_.begin(), entries_.end(),
                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  bytes_ -= oldest->second.bytes;
  entries_.erase(oldest);
}

}  // namespace fairlead::admin
