// Group commit, seen by nobody.
//
// The problem. A commit that survives a power cut waits for one sync of the log: 0.1 to 2 ms,
// mostly idle. The file has one writer, so when each caller commits for itself a shop's checkout
// gets at most one redemption per sync, however many cores and connections there are.
//
// The idea is old (DeWitt et al., "Implementation techniques for main memory database systems",
// SIGMOD 1984): whoever arrives while a sync is running shares the next one. As in LevelDB's write
// queue, the threads of the callers do the work in turns:
//
//   A finds nobody in front of it and leads:    BEGIN  A  COMMIT
//   B, C and D came meanwhile; A makes B lead:  BEGIN  B  C  D  COMMIT, each in a savepoint
//   B ends the turns of C and D, makes the next in line lead, and goes to answer its own client.
//
// A caller that does not wait (run_async) has no thread to lead with. While such a one is first in
// line, one thread of ours leads; so a checkout need not put a thread to sleep and wake it again.
//
// What must stay true:
//
// - A caller is told "committed" only after the COMMIT of its batch.
// - A turn that throws or abandons is rolled back to its own savepoint; its neighbours do not
//   notice. Whoever is alone needs no savepoint.
// - A turn sees what the turns before it wrote. So when the transaction as a whole is lost (COMMIT
//   failed, or SQLite gave it up after a full disk), every turn of the batch ends with that
//   failure, also a refusal: it may have been refused because of a neighbour that has not come to
//   be.
// - After a failed disk operation nothing more is committed, not even the turns that went well.
// - A long turn, such as an import, holds up nobody who would not have waited for it anyway. Nobody
//   knows that it is long before it runs. When it is not the first of its batch, so that others
//   have run and wait for the commit, it is stopped at its next statement after some milliseconds,
//   rolled back, and is the first in line again, alone. That costs those milliseconds twice. Bodies
//   may run twice (storage.hpp), so nobody notices this either.
// - A caller that waits gives up when its turn is not taken in time, as it did when it waited for
//   the connection itself. One that does not wait holds no thread, and has time.
//
// The batch is what stood in line when it began. Taking those as well that come while it runs would
// make all of them wait together and then leave the writer idle together; so one half runs while
// the other half's answers are sent.
#include "storage/sqlite/group_commit.hpp"

#include <semaphore.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>

#include "core/check.hpp"
#include "storage/retry.hpp"

namespace fairlead::storage::sqlite {

using std::chrono::milliseconds;

namespace {

// What runs on our thread is the bodies of handlers: behind redirects, as the work pool is.
constexpr int handlers_nice = 5;
// No more turns are begun after this long, so that the first does not wait for ever …
constexpr milliseconds begin_max{3};
// … and one that was begun and is still running then steps out.
constexpr milliseconds run_max{6};

// Lives on the stack of a caller that waits. A semaphore of its own, so that of many sleepers the
// right one wakes, and wakes without a lock to wait for.
class WaitingTurn final : public Turn {
 public:
  explicit WaitingTurn(const Body& what) : Turn(what) { CHECK(::sem_init(&woken_, 0, 0) == 0); }
  ~WaitingTurn() override { ::sem_destroy(&woken_); }

  bool lead() override {
    change(State::leads);
    return true;
  }
  void end() noexcept override { change(State::ended); }
  bool leads() const { return state_.load(std::memory_order_acquire) == State::leads; }

  void wait() {
    while (::sem_wait(&woken_) != 0)
      CHECK(errno == EINTR);
  }
  // False when the deadline passed first.
  bool wait_until(Deadline deadline) {
    // libstdc++'s steady_clock is CLOCK_MONOTONIC.
    const auto since = deadline.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const timespec at{static_cast<std::time_t>(seconds.count()),
                      static_cast<long>(std::chrono::nanoseconds(since - seconds).count())};
    while (::sem_clockwait(&woken_, CLOCK_MONOTONIC, &at) != 0) {
      if (errno == ETIMEDOUT) return false;
      CHECK(errno == EINTR);
    }
    return true;
  }

 private:
  enum class State { waits, leads, ended };
  void change(State state) {
    state_.store(state, std::memory_order_release);
    ::sem_post(&woken_);
  }

  std::atomic<State> state_{State::waits};
  sem_t woken_;  // posted once for each change
};

// Nothing when it is no failure of the database.
std::optional<StatementFailed> as_statement_failed(const std::exception_ptr& failure) {
  if (!failure) return {};
  try {
    std::rethrow_exception(failure);
  } catch (const StatementFailed& failed) {
    return failed;
  } catch (...) {
    return {};
  }
}

bool is_worth_retrying(const std::exception_ptr& failure) {
  const auto failed = as_statement_failed(failure);
  return failed && failed->worth_retrying;
}

}  // namespace

// Owns itself: gone when it has ended.
class AsyncTurn final : public Turn {
 public:
  AsyncTurn(GroupCommit& group, Body what, GroupCommit::Done done)
      : Turn(owned_), group_(group), owned_(std::move(what)), done_(std::move(done)) {}
  bool lead() override { return false; }
  void end() noexcept override {
    if (is_worth_retrying(failure) && ++attempts_ < attempts_max) {
      failure = nullptr;
      return group_.queue_again(*this);
    }
    const std::unique_ptr<AsyncTurn> self(this);
    done_(std::move(failure));
  }

 private:
  GroupCommit& group_;
  const Body owned_;
  const GroupCommit::Done done_;
  int attempts_ = 0;
};

void GroupCommit::stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
    thread_asked_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

bool GroupCommit::run(const Body& body, milliseconds wait) {
  WaitingTurn turn(body);
  const Deadline give_up_at = std::chrono::steady_clock::now() + wait;
  bool leads = false;
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(&turn);
    leads = !std::exchange(is_led_, true);
  }
  if (!leads) {
    if (!turn.wait_until(give_up_at)) {
      {
        std::lock_guard lock(mutex_);
        if (!turn.leads() && std::erase(queue_, &turn) == 1) return false;
      }
      turn.wait();  // taken, or asked to lead, at the last moment
    }
    leads = turn.leads();
  }
  if (leads) lead(&turn);
  if (turn.failure) std::rethrow_exception(std::exchange(turn.failure, nullptr));
  return true;
}

void GroupCommit::run_async(Body body, Done done) {
  auto turn = std::make_unique<AsyncTurn>(*this, std::move(body), std::move(done));
  std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { lead_until_stopped(); });
  queue_.push_back(turn.get());
  turn.release();
  if (!std::exchange(is_led_, true)) give_to_thread();
}

// By the thread that leads, before it hands over.
void GroupCommit::queue_again(Turn& turn) {
  std::lock_guard lock(mutex_);
  queue_.push_back(&turn);
}

std::size_t GroupCommit::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

// With the lock. Asked by itself it goes on without sleeping.
void GroupCommit::give_to_thread() {
  is_thread_asked_ = true;
  if (std::this_thread::get_id() != thread_.get_id()) thread_asked_.notify_one();
}

void GroupCommit::lead_until_stopped() {
  ::setpriority(PRIO_PROCESS, 0, handlers_nice);  // on Linux a priority is a thread's own
  std::unique_lock lock(mutex_);
  while (true) {
    thread_asked_.wait(lock, [this] { return is_thread_asked_ || is_stopping_; });
    if (!std::exchange(is_thread_asked_, false)) return;
    lock.unlock();
    lead(nullptr);
    lock.lock();
  }
}

void GroupCommit::lead(const Turn* own) {
  Batch batch(*this, own);
  try {
    commit_(batch);
  } catch (...) {
    batch.fail(std::current_exception());
  }
  batch.finish();
  hand_over();
}

void GroupCommit::hand_over() {
  std::lock_guard lock(mutex_);
  is_led_ = !queue_.empty();
  if (is_led_ && !queue_.front()->lead()) give_to_thread();
}

Batch::Batch(GroupCommit& group, const Turn* own)
    : group_(group), own_(own), started_at_(std::chrono::steady_clock::now()) {
  std::lock_guard lock(group_.mutex_);
  // The thread of ours leads for one that does not give up, so it is still there.
  CHECK(!group_.queue_.empty());
  Turn* const first = group_.queue_.front();
  CHECK(own == nullptr || own == first);
  if (!first->is_long) size_max_ = std::min(group_.queue_.size(), turns_max);
  group_.queue_.pop_front();
  turns_[size_++] = first;
}

void Batch::run_on(Connection& writer) {
  if (size_max_ == 1) {
    writer.run_transaction("BEGIN IMMEDIATE", turns_[0]->body);
  } else {
    writer.run_transaction("BEGIN IMMEDIATE", [&](Session&) {
      for (Turn* turn = turns_[0]; turn != nullptr; turn = next())
        run_one(writer, *turn);
    });
  }
  group_.commits_.add();
  group_.writes_.add(size_);
}

void Batch::run_one(Connection& writer, Turn& turn) {
  const auto step_out_at = size_ == 1 ? Deadline::max() : started_at_ + run_max;
  try {
    if (writer.run_nested(turn.body, step_out_at) == Connection::Nested::ran_out) put_back(turn);
  } catch (const StatementFailed&) {
    if (!writer.may_commit()) throw;
    turn.failure = std::current_exception();
  } catch (...) {
    turn.failure = std::current_exception();
  }
  if (!writer.may_commit()) {
    throw StatementFailed{
        core::fail(core::Errc::io, "the database gave a transaction up that this one shared"),
        false};
  }
}

Turn* Batch::next() {
  if (size_ == size_max_) return nullptr;
  if (std::chrono::steady_clock::now() - started_at_ >= begin_max) return nullptr;
  std::lock_guard lock(group_.mutex_);
  // Some may have given up; one that is long waits for a batch of its own.
  if (group_.queue_.empty() || group_.queue_.front()->is_long) return nullptr;
  Turn* const turn = group_.queue_.front();
  group_.queue_.pop_front();
  turns_[size_++] = turn;
  return turn;
}

// It is the one that was taken last.
void Batch::put_back(Turn& turn) {
  turn.is_long = true;
  std::lock_guard lock(group_.mutex_);
  group_.queue_.push_front(&turn);
  --size_;
}

void Batch::fail(const std::exception_ptr& failure) {
  for (std::size_t i = 0; i < size_; ++i) {
    Turn& turn = *turns_[i];
    if (!turn.failure || as_statement_failed(turn.failure)) turn.failure = failure;
  }
}

void Batch::finish() {
  for (std::size_t i = 0; i < size_; ++i)
    if (turns_[i] != own_) turns_[i]->end();
  size_ = 0;
}

}  // namespace fairlead::storage::sqlite
