// What one I/O thread counts. Each number is written by that thread only, so a count costs no
// locked instruction; any thread may read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/metrics.hpp"

namespace fairlead::net {

class Tally {
 public:
  void add(std::int64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

struct Traffic {
  Tally accepted;
  Tally open;        // connections at the moment
  Tally over_limit;  // connections turned away by connections_per_thread_max
  Tally accept_failures;
  Tally failures;                  // exceptions and bad headers of ours
  std::array<Tally, 6> redirects;  // answers of the fast path by status class; 0 is not used
  std::array<Tally, 6> api;        // answers of the router and of the session itself
  std::array<Tally, 9> refused;    // heads and bodies by guard rule; 0: not HTTP, or over a limit
  Tally full_handshakes;
  Tally resumed_handshakes;
  Tally failed_handshakes;  // late ones are counted below
  Tally late_handshakes;
  Tally late_heads;
  Tally late_bodies;
  Tally late_reads;     // clients that did not take their answer
  Tally crowded_reads;  // the same, cut for want of memory before their deadline
  Tally unsent_bytes;   // of answers that wait for their clients at the moment
  Tally idle;
  Tally cut;  // sessions ended by force when the server stopped
};

// Appends the sums over all threads.
void collect_traffic(const std::vector<const Traffic*>& threads,
                     std::vector<core::Metric>& metrics);

}  // namespace fairlead::net
