#include "storage/retry.hpp"

#include <chrono>
#include <thread>

#include "core/crypto.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

core::Result<void> with_retries(const std::function<void()>& attempt) {
  for (int number = 1;; ++number) {
    try {
      attempt();
      return {};
    } catch (const StatementFailed& failed) {
      if (!failed.worth_retrying || number == attempts_max) return failed.error;
    }
    // Half a millisecond, doubled each time, times a random share, so that the losers of one race
    // do not meet again.
    const std::uint32_t pause_us_max = 500U << number;
    std::this_thread::sleep_for(std::chrono::microseconds(1 + core::random_below(pause_us_max)));
  }
}

}  // namespace fairlead::storage
