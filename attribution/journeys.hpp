// The journeys of a brand's orders, from touchpoints: every touch that took part, oldest first, a
// code last. Part of the front door of attribution/.
//
// An order and its touches never change once they are booked, so what was counted of a day holds as
// long as the day has as many orders: JourneyDays remembers it, bounded in memory. Reading is
// inside the caller's snapshot; any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "attribution/compare_models.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

class JourneyDays {
 public:
  explicit JourneyDays(std::size_t bytes_max = std::size_t{128} << 20) : bytes_max_(bytes_max) {}

  struct Key {
    core::BrandId brand;
    core::Instant from;
    core::Instant to;
    auto operator<=>(const Key&) const = default;
  };
  // Nothing when it is not remembered, or the day had another number of orders.
  std::shared_ptr<const JourneyPart> find(const Key& key, std::int64_t orders);
  void keep(const Key& key, std::int64_t orders, std::shared_ptr<const JourneyPart> part);
  std::uint64_t next_number() { return ++numbers_; }  // of a part; none has it twice

  // compare_models(), remembered while nothing of its parts has changed: intervals take longer than
  // all the rest, and many ask the same.
  std::shared_ptr<const std::vector<Comparison>> compare(
      const std::vector<std::shared_ptr<const JourneyPart>>& parts, const ModelQuestion& question);

 private:
  struct Entry {
    std::int64_t orders = 0;
    std::size_t bytes = 0;
    std::uint64_t used = 0;
    std::shared_ptr<const JourneyPart> part;
  };
  void forget(std::map<Key, Entry>::iterator entry);

  struct Compared {
    std::vector<std::uint64_t> parts;
    ModelQuestion question;
    std::shared_ptr<const std::vector<Comparison>> comparisons;
  };
  static constexpr std::size_t compared_max = 32;

  const std::size_t bytes_max_;
  std::atomic<std::uint64_t> numbers_ = 0;
  std::mutex mutex_;  // of what follows
  std::map<Key, Entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::deque<Compared> compared_;  // the newest last
};

// By days of the zone; the first and the last may be a part of theirs. Empty days are left out.
std::vector<std::shared_ptr<const JourneyPart>> read_journeys(storage::Session& session,
                                                              JourneyDays& days,
                                                              core::BrandId brand, core::Zone zone,
                                                              core::Period period);

}  // namespace fairlead::attribution
