// The recorder makes clicks durable before their redirect leaves. I/O threads put clicks into their
// own inbox; ONE writer takes everything that queued up during the last commit, judges what only
// all clicks together can tell, appends it to the journal (journal.hpp) with one sync, and posts
// one message per thread; the waiting answers then go. Behind it the folder (click_folder.hpp)
// takes batches into the click file. See docs/decisions/0005 and 0006.
//
// Shoppers come first: an answer waits at most commit_wait_ms_max, not at all while the journal is
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
#include "redirect/click_folder.hpp"
#include "redirect/journal.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

class Recorder {
 public:
  struct Parts {
    std::unique_ptr<ClickSink> sink;
    std::unique_ptr<Journal> journal;  // opened at the sink's position
    // Both run on the writer's thread: the first for every click in the order of the journal, the
    // second about once a second, between batches. May be empty.
    std::function<core::ClickVerdict(const ClickRecord&)> judge = {};
    std::function<void()> each_second = {};
    std::chrono::microseconds gather_pause_max{1000};  // after a sync, for clicks to share the next
  };
  Recorder(Parts parts, const Options& options);
  ~Recorder();  // stops

  // Once, before the first click; at most click_lanes_max threads.
  void start(const std::vector<net::Executor>& threads);

  // Queues a click. True when `held` will be released: when the click is committed, has failed, or
  // has waited long enough. False when the answer leaves now.
  bool push(std::size_t thread, const ClickRecord& click, net::HeldAnswer& held);

  // Waits until every click pushed so far is in the click file. False when that fails or takes
  // longer than a few seconds. Blocks: never on an I/O thread.
  bool settle();
  // Writes what is queued, folds it, closes the files and ends both threads. When the server has
  // stopped; twice is harmless.
  void stop();
  void activate(Activation activation) { folder_.activate(std::move(activation)); }
  bool is_recording() const { return state_.load() == State::recording && folder_.is_folding(); }
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
  struct Judged {
    std::size_t end;  // of the click's record in the bytes
    core::ClickVerdict verdict;
  };
  struct Batch {
    Inbox taken;
    std::vector<Judged> clicks;       // of the bytes taken
    std::size_t written = 0;          // of the clicks
    std::vector<std::uint64_t> last;  // per lane: the highest number taken
  };

  // On the writer's thread.
  void write_until_stopped();
  bool wait_for_clicks();
  void gather(std::size_t last_batch);
  bool must_not_wait() const;
  void take(Batch& batch);
  void judge(Batch& batch);
  void write(Batch& batch);
  core::Result<void> write_part(Batch& batch);
  void pass_barrier(std::uint64_t number);
  void give_up(const Batch& batch);
  void run_each_second();
  enum class Outcome { committed, not_committed };
  void answer(const Batch& batch, Outcome outcome);

  // On the lane's I/O thread.
  void wake_writer_soon(Lane& lane);
  void release(Lane& lane, std::uint64_t last, Outcome outcome);
  void arm(Lane& lane);
  void release_late(Lane& lane);

  const Options options_;
  std::unique_ptr<Journal> journal_;
  ClickFolder folder_;
  std::function<core::ClickVerdict(const ClickRecord&)> judge_;
  std::function<void()> each_second_;
  const std::chrono::microseconds gather_pause_max_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::thread writer_;

  std::atomic<std::size_t> queued_{0};  // pushed and not yet settled, bounded by queue_clicks_max
  std::atomic<State> state_{State::recording};
  static constexpr std::size_t wake_never = SIZE_MAX;
  std::atomic<std::size_t> wake_at_{wake_never};  // queued clicks that the writer sleeps for
  std::atomic<bool> is_stopping_{false};
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  Clock::time_point second_ends_ = Clock::now();  // of the writer, as the next
  Clock::time_point sync_ended_ = {};
  std::size_t batch_wanted_ = 0;
  std::atomic<std::uint64_t> barriers_wanted_{0};
  std::uint64_t barriers_passed_ = 0;  // under wake_mutex_
  std::condition_variable passed_;

  std::array<core::Counter, verdict_count> recorded_;  // by verdict
  core::Counter unconfirmed_;
  core::Counter lost_;
  core::Counter commits_;
  core::Counter commit_micros_;
};

}  // namespace fairlead::redirect
