#include "net/ticket_keys.hpp"

#include <algorithm>

#include "core/crypto.hpp"

namespace fairlead::net {
namespace {

TicketKey new_key() {
  TicketKey key;
  core::fill_random(key.name);
  core::fill_random(key.cipher);
  core::fill_random(key.mac);
  return key;
}

}  // namespace

TicketKeys::TicketKeys(std::uint32_t period_s, const core::Clock& clock)
    : period_s_(period_s), clock_(clock), current_(new_key()), made_at_(clock.now()) {}

TicketKey TicketKeys::current() {
  const std::lock_guard lock(mutex_);
  rotate_when_due();
  return current_;
}

std::optional<TicketKey> TicketKeys::find(const std::uint8_t* name) {
  const std::lock_guard lock(mutex_);
  rotate_when_due();
  const auto is_named = [name](const TicketKey& key) {
    return std::equal(key.name.begin(), key.name.end(), name);
  };
  if (is_named(current_)) return current_;
  if (previous_ && is_named(*previous_)) return previous_;
  return std::nullopt;
}

// A clock that was set back must not make a key live longer: both keys go then.
void TicketKeys::rotate_when_due() {
  const core::Instant now = clock_.now();
  if (made_at_ <= now && now < made_at_.plus_seconds(period_s_)) return;
  const bool is_next_period = made_at_ <= now && now < made_at_.plus_seconds(2LL * period_s_);
  previous_ = is_next_period ? std::optional(current_) : std::nullopt;
  current_ = new_key();
  made_at_ = now;
}

}  // namespace fairlead::net
