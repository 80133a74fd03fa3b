// The recorder makes clicks durable before their redirect leaves. I/O threads put clicks into their
// own inbox; ONE writer takes everything that queued up during the last commit, writes it in one
// transaction with synchronous=FULL, and posts one message per thread; the waiting answers then go.
// A slow commit makes the next batch larger, never the queue unbounded. See docs/decisions/0005.
//
// Shoppers come first: an answer waits at most commit_wait_ms_max, not at all while the file is
// failing, and leaves at once when the queue is full. Each such click is counted as unconfirmed;
// one that will never be stored is counted as lost too.
//
// Threads: push() on the I/O thread of that number; the rest as said there.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/metrics.hpp"
#include "net/net.hpp"
#include "redirect/click_store.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

class Recorder {
 public:
  // `each_second` runs on the writer's thread about once a second, between batches.
  Recorder(std::unique_ptr<ClickSink> sink, const Options& options,
           std::function<void()> each_second = {});
  ~Recorder();  // stops

  // Once, before the first click; at most click_lanes_max threads.
  void start(const std::vector<net::Executor>& threads);

  // Queues a click. True when `held` will be released: when the click is committed, has failed, or
  // has waited long enough. False when the answer leaves now.
  bool push(std::size_t thread, const ClickRecord& click, net::HeldAnswer& held);
  // Writes what is queued, closes the file and ends the writer. When the server has stopped; twice
  // is harmless.
  void stop();
  bool is_recording() const { return state_.load() == State::recording; }
  void collect(std::vector<core::Metric>& metrics) const;

 private:
  enum class State { recording, retrying, failed };
  using Clock = std::chrono::steady_clock;
  struct Waiter {
    std::uint64_t number;
    Clock::time_point until;
    net::HeldAnswer* answer;
  };
  struct Inbox {
    std::string bytes;               // of records, one behind the other
    std::vector<std::uint64_t> who;  // of each, which is in no bytes
  };
  struct Lane {
    explicit Lane(net::Executor its_executor) : executor(std::move(its_executor)) {}
    net::Executor executor;
    std::mutex mutex;
    Inbox inbox;                  // under the mutex
    std::uint64_t pushed = 0;     // under the mutex
    std::atomic<int> waiting{0};  // tickets given out and not settled
    std::deque<Waiter> waiters;   // of the I/O thread only, as those below
    bool is_timer_armed = false;
    bool is_wake_posted = false;
  };
  struct Batch {
    Inbox taken;
    std::vector<ClickRecord> clicks;  // views into the bytes taken
    std::vector<std::uint64_t> last;  // per lane: the highest number taken
  };

  // On the writer's thread.
  void write_until_stopped();
  bool wait_for_clicks();
  void take(Batch& batch);
  void write(Batch& batch);
  void give_up(const Batch& batch);
  void run_each_second();
  enum class Outcome { committed, not_committed };
  void settle(const Batch& batch, Outcome outcome);

  // On the lane's I/O thread.
  void wake_writer_soon(Lane& lane);
  void release(Lane& lane, std::uint64_t last, Outcome outcome);
  void arm(Lane& lane);
  void release_late(Lane& lane);

  std::unique_ptr<ClickSink> sink_;
  const Options options_;
  std::function<void()> each_second_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::thread writer_;

  std::atomic<std::size_t> queued_{0};  // pushed and not yet settled, bounded by queue_clicks_max
  std::atomic<State> state_{State::recording};
  std::atomic<bool> is_idle_{false};
  std::atomic<bool> is_stopping_{false};
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  Clock::time_point second_ends_ = Clock::now();  // of the writer

  std::array<core::Counter, verdict_count> recorded_;  // by verdict
  core::Counter unconfirmed_;
  core::Counter lost_;
  core::Counter commits_;
  core::Counter commit_micros_;
};

}  // namespace fairlead::redirect
