// Runs a transaction again when the engine says that it lost a race, or that it came while it has
// to wait. Internal to storage/; any thread.
#pragma once

#include <chrono>
#include <functional>

#include "core/result.hpp"

namespace fairlead::storage {

inline constexpr int attempts_max = 8;
inline constexpr std::chrono::milliseconds patience_max{1'500};

// Calls `attempt` until it does not throw StatementFailed, then gives the last error: after a lost
// race at most attempts_max times, while it is waiting for patience_max, with a growing random
// pause of at most 64 ms in between. Other exceptions pass through.
core::Result<void> with_retries(const std::function<void()>& attempt);

}  // namespace fairlead::storage
