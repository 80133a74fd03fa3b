// What reports have read of days that no longer change: the clicks and visitors of each of a
// brand's links, which take tens of milliseconds to read and add up anew. Days before the newest a
// brand has clicks on are over; the click file counts every change of them all the same
// (click_state: past_changes), and what was remembered under another count is never found again.
// Bounded in memory, the sums asked for longest ago go first. Any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/events.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace fairlead::admin {

struct ClickCount {
  std::int64_t link;
  core::ClickVerdict verdict;
  std::int64_t clicks;
  std::int64_t unnamed;  // of them, without a visitor
  core::Day day;         // of the brand; {} when days are not told apart
};

class ClosedDays {
 public:
  explicit ClosedDays(std::size_t bytes_max = std::size_t{64} << 20) : bytes_max_(bytes_max) {}

  struct Key {
    core::BrandId brand;
    std::int64_t changes = 0;  // the click file's count of changes of closed days
    core::Day first;           // whole days [first, end)
    core::Day end;
    auto operator<=>(const Key&) const = default;
  };
  struct Sums {
    std::vector<ClickCount> counts;
    std::vector<std::pair<std::int64_t, std::string>> visitors;  // link → a sketch's bytes
  };

  // Nothing when they are not remembered.
  std::shared_ptr<const Sums> find(const Key& key);
  // Sums of more than all the memory together are not kept.
  void keep(const Key& key, std::shared_ptr<const Sums> sums);

 private:
  struct Entry {
    std::shared_ptr<const Sums> sums;
    std::size_t bytes = 0;
    std::uint64_t used = 0;
  };
  void forget_oldest();

  const std::size_t bytes_max_;
  std::mutex mutex_;  // of what follows
  std::map<Key, Entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t uses_ = 0;
};

}  // namespace fairlead::admin
