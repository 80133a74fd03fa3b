// Runs a transaction again when the engine says that it lost a race. Internal to storage/; any
// thread.
#pragma once

#include <functional>

#include "core/result.hpp"

namespace fairlead::storage {

inline constexpr int attempts_max = 8;

// Calls `attempt` until it does not throw StatementFailed, at most attempts_max times, with a
// growing random pause of at most 64 ms in between; then the last error. Other exceptions pass
// through.
core::Result<void> with_retries(const std::function<void()>& attempt);

}  // namespace fairlead::storage
