// Runs one thing again and again on a thread of its own: first after a while, then a while after
// each end, until it is destroyed, which waits for a run under way. For work that nobody waits for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace fairlead::app {

struct Rhythm {
  std::chrono::seconds first_after;
  std::chrono::seconds every;
};

class Periodic {
 public:
  // `run` must not throw.
  Periodic(Rhythm rhythm, std::function<void()> run);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void run_until_stopped(Rhythm rhythm);

  const std::function<void()> run_;
  std::mutex guard_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace fairlead::app
