// Numbers for /metrics. A module counts with Counter (one relaxed atomic, any thread) and offers a
// MetricSource; admin/ turns all of them into Prometheus text. Names follow Prometheus'
// conventions: fairlead_<what>_<unit>, counters end in _total.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::core {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Metric {
  enum class Kind { counter, gauge } kind = Kind::counter;
  std::string name;
  std::string help;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

// Appends the current values. Called on the work pool; must not block for long.
using MetricSource = std::function<void(std::vector<Metric>&)>;

}  // namespace fairlead::core
