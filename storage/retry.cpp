#include "storage/retry.hpp"

#include <algorithm>
#include <thread>

#include "core/crypto.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

core::Result<void> with_retries(const std::function<void()>& attempt) {
  using Clock = std::chrono::steady_clock;
  const auto patient_until = Clock::now() + patience_max;
  for (int number = 1;; ++number) {
    try {
      attempt();
      return {};
    } catch (const StatementFailed& failed) {
      const bool is_over =
          failed.is_waiting ? Clock::now() >= patient_until : number >= attempts_max;
      if (!failed.worth_retrying || is_over) return failed.error;
    }
    // Half a millisecond, doubled each time, times a random share, so that the losers of one race
    // do not meet again.
    const std::uint32_t pause_us_max = 500U << std::min(number, attempts_max - 1);
    std::this_thread::sleep_for(std::chrono::microseconds(1 + core::random_below(pause_us_max)));
  }
}

}  // namespace fairlead::storage
