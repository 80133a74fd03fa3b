#include "app/periodic.hpp"

namespace fairlead::app {

Periodic::Periodic(Rhythm rhythm, std::function<void()> run)
    : run_(std::move(run)), thread_([this, rhythm] { run_until_stopped(rhythm); }) {}

Periodic::~Periodic() {
  {
    const std::lock_guard lock(guard_);
    is_stopped_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void Periodic::run_until_stopped(Rhythm rhythm) {
  auto pause = rhythm.first_after;
  for (;;) {
    std::unique_lock lock(guard_);
    if (stopped_.wait_for(lock, pause, [this] { return is_stopped_; })) return;
    lock.unlock();
    run_();
    pause = rhythm.every;
  }
}

}  // namespace fairlead::app
