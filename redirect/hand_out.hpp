// Something new for every I/O thread: each takes it between two requests, so that what a request
// reads needs no lock.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "net/net.hpp"

namespace fairlead::redirect {

// Calls `take` on every thread, with its number, and returns when all have; then nobody reads what
// was there before. After 5 s, or when `is_stopping` says so (it is asked every 100 ms, on the
// caller's thread), returns without the rest: a thread that is busy for so long takes it later, one
// that has ended needs nothing. Not on an I/O thread.
void hand_out(const std::vector<net::Executor>& threads,
              std::function<void(std::size_t thread)> take,
              const std::function<bool()>& is_stopping);

}  // namespace fairlead::redirect
