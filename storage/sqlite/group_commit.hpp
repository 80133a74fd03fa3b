// The queue in front of the one writer connection: who waits together commits together. The idea is
// at the head of group_commit.cpp. Internal to storage/sqlite/; owned by SqliteDatabase, any
// thread.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "core/metrics.hpp"
#include "storage/sqlite/connection.hpp"

namespace fairlead::storage::sqlite {

using Body = std::function<void(Session&)>;
using Deadline = std::chrono::steady_clock::time_point;

// One caller's write, from its place in the line to its end.
class Turn {
 public:
  explicit Turn(const Body& what) : body(what) {}
  virtual ~Turn() = default;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Asks the turn's own thread to lead the next batch; false when it has none that waits.
  virtual bool lead() = 0;
  // The turn is over, with `failure` or without. Nothing of it may be touched afterwards.
  virtual void end() noexcept = 0;

  const Body& body;
  bool is_long = false;        // stepped out of a batch before; runs alone
  std::exception_ptr failure;  // none: committed, or abandoned
};

class GroupCommit;
class AsyncTurn;

// The turns of one transaction, as the leading thread takes them from the line.
class Batch {
 public:
  // `own` is the turn of the leading thread, the first in line; nullptr when the thread has none.
  Batch(GroupCommit& group, const Turn* own);

  // Runs the turns and commits them, on the calling thread. A turn that fails or abandons is undone
  // alone and keeps its own failure. Throws what the batch as a whole failed with.
  void run_on(Connection& writer);
  // Every turn ends with this; only a failure that is not the database's stays a turn's own.
  void fail(const std::exception_ptr& failure);
  // Ends the turns other than `own`. Doing it twice does nothing.
  void finish();

 private:
  void run_one(Connection& writer, Turn& turn);
  Turn* next();
  void put_back(Turn& turn);

  static constexpr std::size_t turns_max = 256;

  GroupCommit& group_;
  const Turn* const own_;
  const Deadline started_at_;
  std::array<Turn*, turns_max> turns_;  // nothing is allocated while others wait
  std::size_t size_ = 0;
  std::size_t size_max_ = 1;
};

class GroupCommit {
 public:
  // `commit` runs a batch on the thread that leads it, one batch at a time.
  explicit GroupCommit(std::function<void(Batch&)> commit) : commit_(std::move(commit)) {}
  ~GroupCommit() { stop(); }

  // Runs what was handed over before, and ends the thread. By the owner, while `commit` still can.
  void stop();

  // Runs `body` in a transaction that others may share, on this thread or on another one while this
  // one waits, and returns when it is committed or abandoned. Throws what `body` throws, and
  // StatementFailed when the commit fails. False: after `wait` the turn had not come.
  bool run(const Body& body, std::chrono::milliseconds wait);
  // The same without waiting and without a limit of time: `done` is called once, on the thread that
  // led the batch, with nothing or with what run() would have thrown. It must not throw or block. A
  // failure worth retrying is retried first, at most attempts_max times.
  using Done = std::function<void(std::exception_ptr)>;
  void run_async(Body body, Done done);

  std::size_t waiting() const;                                // turns that were not taken yet
  std::uint64_t writes() const { return writes_.value(); }    // turns whose batch was committed
  std::uint64_t commits() const { return commits_.value(); }  // batches that were

 private:
  friend class Batch;
  friend class AsyncTurn;
  void lead(const Turn* own);
  void hand_over();
  void give_to_thread();
  void lead_until_stopped();
  void queue_again(Turn& turn);

  const std::function<void(Batch&)> commit_;
  mutable std::mutex mutex_;
  std::deque<Turn*> queue_;  // the leader's own is in front until its batch begins
  bool is_led_ = false;      // by somebody, or somebody was asked to
  core::Counter writes_;
  core::Counter commits_;
  // For turns whose callers do not wait: leads while the first in line is one of them.
  std::thread thread_;  // started by the first of them
  std::condition_variable thread_asked_;
  bool is_thread_asked_ = false;
  bool is_stopping_ = false;
};

}  // namespace fairlead::storage::sqlite
