// The keys that seal session tickets: random, in memory only, the same for all threads. A key seals
// for one period and opens for one more, so a stolen key opens no ticket older than two periods,
// and no ticket outlives its keys. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

#include "core/time.hpp"

namespace fairlead::net {

struct TicketKey {
  std::array<std::uint8_t, 16> name{};  // travels in the ticket
  std::array<std::uint8_t, 32> cipher{};
  std::array<std::uint8_t, 32> mac{};
};

class TicketKeys {
 public:
  // The clock must outlive the keys.
  TicketKeys(std::uint32_t period_s, const core::Clock& clock);

  std::uint32_t period_s() const { return period_s_; }
  // The key that seals now.
  TicketKey current();
  // The key of that name while it may still open tickets.
  std::optional<TicketKey> find(const std::uint8_t* name);

 private:
  void rotate_when_due();  // under the mutex

  const std::uint32_t period_s_;
  const core::Clock& clock_;
  std::mutex mutex_;
  TicketKey current_;
  std::optional<TicketKey> previous_;
  core::Instant made_at_;
};

}  // namespace fairlead::net
