#include "redirect/recorder.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include "core/check.hpp"
#include "core/click_verdict.hpp"
#include "core/log.hpp"
#include "redirect/click_ids.hpp"

namespace fairlead::redirect {

namespace {

constexpr auto retry_pause = std::chrono::seconds(1);
constexpr auto settle_wait_max = std::chrono::seconds(2);
constexpr auto timer_ms_max = std::chrono::milliseconds(50);

}  // namespace

Recorder::Recorder(Parts parts, const Options& options)
    : options_(options),
      journal_(std::move(parts.journal)),
      folder_(std::move(parts.sink), *journal_),
      judge_(std::move(parts.judge)),
      each_second_(std::move(parts.each_second)),
      gather_pause_max_(parts.gather_pause_max) {}

Recorder::~Recorder() {
  stop();
}

void Recorder::start(const std::vector<net::Executor>& threads) {
  CHECK(lanes_.empty() && threads.size() <= click_lanes_max);
  for (const net::Executor& executor : threads)
    lanes_.push_back(std::make_unique<Lane>(executor));
  folder_.start();
  writer_ = std::thread([this] { write_until_stopped(); });
}

bool Recorder::push(std::size_t thread, const ClickRecord& click, net::HeldAnswer& held) {
  const bool must_wait = options_.durability == Durability::commit;
  const State state = state_.load();
  const bool is_open = state != State::failed && !is_stopping_.load();
  if (!is_open || queued_.fetch_add(1) >= options_.queue_clicks_max) {
    if (is_open) queued_.fetch_sub(1);
    if (must_wait) unconfirmed_.add();
    lost_.add();
    return false;
  }
  // While the file is failing the click is kept for later, but nobody waits for it.
  const bool waits = must_wait && state == State::recording;
  Lane& lane = *lanes_[thread];
  if (waits) lane.waiting.fetch_add(1);
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(lane.mutex);
    append_record(lane.inbox.bytes, click);
    lane.inbox.who.push_back(click.who);
    number = ++lane.pushed;
  }
  wake_writer_soon(lane);
  if (must_wait && !waits) unconfirmed_.add();
  if (waits) {
    const auto until = Clock::now() + std::chrono::milliseconds(options_.commit_wait_ms_max);
    lane.waiters.push_back({number, until, &held});
    arm(lane);
  }
  return waits;
}

// Not at once, but when the thread has gone through the requests it has found: clicks that came
// together are then written together, and the writer, who may share the processor, does not
// interrupt the first of them.
void Recorder::wake_writer_soon(Lane& lane) {
  if (std::exchange(lane.is_wake_posted, true)) return;
  boost::asio::post(lane.executor, [this, &lane] {
    lane.is_wake_posted = false;
    std::size_t wanted = wake_at_.load();
    if (queued_.load() < wanted || !wake_at_.compare_exchange_strong(wanted, wake_never)) return;
    { const std::scoped_lock lock(wake_mutex_); }
    wake_.notify_one();
  });
}

bool Recorder::settle() {
  const std::uint64_t number = ++barriers_wanted_;
  {
    std::unique_lock lock(wake_mutex_);
    wake_.notify_one();
    passed_.wait_for(lock, settle_wait_max, [&] {
      return barriers_passed_ >= number || is_stopping_.load() || state_.load() != State::recording;
    });
    if (barriers_passed_ < number) return false;
  }
  return folder_.settle(journal_->last());
}

void Recorder::stop() {
  if (!writer_.joinable()) return;
  is_stopping_.store(true);
  { const std::scoped_lock lock(wake_mutex_); }
  wake_.notify_one();
  passed_.notify_all();
  writer_.join();
  folder_.stop();
}

void Recorder::write_until_stopped() {
  Batch batch;
  batch.last.resize(lanes_.size());
  while (wait_for_clicks()) {
    gather(batch.clicks.size());
    const std::uint64_t barrier = barriers_wanted_.load();
    take(batch);
    if (!batch.clicks.empty()) {
      if (state_.load() == State::failed) {
        give_up(batch);
      } else {
        write(batch);
      }
    }
    pass_barrier(barrier);
  }
}

void Recorder::pass_barrier(std::uint64_t number) {
  if (number == barriers_passed_) return;
  const std::scoped_lock lock(wake_mutex_);
  barriers_passed_ = number;
  passed_.notify_all();
}

// False when the writer is to end and nothing is left to write.
bool Recorder::wait_for_clicks() {
  for (;;) {
    run_each_second();
    if (queued_.load() > 0 || barriers_wanted_.load() > barriers_passed_) return true;
    if (is_stopping_.load()) return false;
    std::unique_lock lock(wake_mutex_);
    wake_.wait_for(lock, retry_pause, [&] {
      // Said again before each sleep: a wake-up for clicks that were written meanwhile took it
      // back.
      wake_at_.store(1);
      return queued_.load() > 0 || must_not_wait();
    });
    wake_at_.store(wake_never);
  }
}

// A sync costs the same processor time however many clicks share it. While clicks come in quick
// succession the next one is therefore put off until about as many are waiting as shared one of
// late, or the pause is over. (MySQL's binlog_group_commit_sync_delay and its no_delay_count are
// the same idea.)
void Recorder::gather(std::size_t last_batch) {
  batch_wanted_ = std::max(last_batch, batch_wanted_ - (batch_wanted_ + 7) / 8);
  const auto until = sync_ended_ + gather_pause_max_;
  if (queued_.load() >= batch_wanted_ || Clock::now() >= until) return;
  std::unique_lock lock(wake_mutex_);
  wake_.wait_until(lock, until, [&] {
    wake_at_.store(batch_wanted_);
    return queued_.load() >= batch_wanted_ || must_not_wait();
  });
  wake_at_.store(wake_never);
}

bool Recorder::must_not_wait() const {
  return barriers_wanted_.load() > barriers_passed_ || is_stopping_.load();
}

void Recorder::take(Batch& batch) {
  batch.taken.bytes.clear();
  batch.taken.who.clear();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[i];
    const std::scoped_lock lock(lane.mutex);
    batch.last[i] = lane.inbox.who.empty() ? 0 : lane.pushed;
    if (batch.taken.who.empty()) {
      std::swap(batch.taken, lane.inbox);  // both keep their memory
    } else {
      batch.taken.bytes += lane.inbox.bytes;
      batch.taken.who.insert(batch.taken.who.end(), lane.inbox.who.begin(), lane.inbox.who.end());
      lane.inbox.bytes.clear();
      lane.inbox.who.clear();
    }
  }
  judge(batch);
}

// Verdicts change within the bytes, so that the journal has the last word.
void Recorder::judge(Batch& batch) {
  batch.clicks.clear();
  batch.written = 0;
  std::string& bytes = batch.taken.bytes;
  std::string_view rest = bytes;
  ClickRecord click;
  for (const std::uint64_t who : batch.taken.who) {
    const std::size_t start = bytes.size() - rest.size();
    const bool is_whole = read_record(rest, click);
    CHECK(is_whole);  // what append_record() wrote
    click.who = who;
    const core::ClickVerdict verdict = judge_ ? judge_(click) : click.verdict;
    if (verdict != click.verdict) change_verdict(bytes.data() + start, verdict);
    batch.clicks.push_back({bytes.size() - rest.size(), verdict});
  }
}

// Ends with the batch durable, or given up: after a failure whose outcome is unknown a commit is
// never tried again, because the page cache may lie about what reached the disk.
void Recorder::write(Batch& batch) {
  while (batch.written < batch.clicks.size()) {
    const auto stored = write_part(batch);
    if (stored) continue;
    const core::Error& error = stored.error();
    const bool may_recover = error.code == core::Errc::busy || error.code == core::Errc::no_space;
    if (!may_recover || is_stopping_.load()) {
      core::log(
          core::Level::error, "clicks_lost",
          {{"count", std::to_string(batch.clicks.size() - batch.written)}, {"why", error.detail}});
      if (!may_recover) state_.store(State::failed);
      give_up(batch);
      return;
    }
    if (state_.exchange(State::retrying) == State::recording)
      core::log(core::Level::error, "clicks_not_recording", {{"why", error.detail}});
    answer(batch, Outcome::not_committed);
    run_each_second();
    std::unique_lock lock(wake_mutex_);
    passed_.notify_all();
    wake_.wait_for(lock, retry_pause, [&] { return is_stopping_.load(); });
  }
  if (state_.exchange(State::recording) == State::retrying)
    core::log(core::Level::info, "clicks_recording_again", {});
  answer(batch, Outcome::committed);
}

// As many of the batch's clicks as one frame of the journal holds.
core::Result<void> Recorder::write_part(Batch& batch) {
  const std::size_t start = batch.written == 0 ? 0 : batch.clicks[batch.written - 1].end;
  std::size_t upto = batch.clicks.size();
  while (batch.clicks[upto - 1].end - start > journal_->batch_bytes_max())
    upto = batch.written + (upto - batch.written) / 2;
  const auto started = Clock::now();
  const auto records =
      std::string_view(batch.taken.bytes).substr(start, batch.clicks[upto - 1].end - start);
  const auto stored = journal_->append(records);
  sync_ended_ = Clock::now();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(sync_ended_ - started);
  commit_micros_.add(static_cast<std::uint64_t>(took.count()));
  if (!stored) return stored.error();
  folder_.take(*stored, records);
  commits_.add();
  queued_.fetch_sub(upto - batch.written);
  for (; batch.written < upto; ++batch.written)
    recorded_[static_cast<std::size_t>(batch.clicks[batch.written].verdict)].add();
  return {};
}

void Recorder::give_up(const Batch& batch) {
  lost_.add(batch.clicks.size() - batch.written);
  queued_.fetch_sub(batch.clicks.size() - batch.written);
  answer(batch, Outcome::not_committed);
}

void Recorder::run_each_second() {
  if (!each_second_ || Clock::now() < second_ends_) return;
  second_ends_ = Clock::now() + std::chrono::seconds(1);
  each_second_();
}

// One message per thread that has answers waiting, none to a thread that has ended.
void Recorder::answer(const Batch& batch, Outcome outcome) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[i];
    if (batch.last[i] == 0 || lane.waiting.load() == 0) continue;
    boost::asio::post(lane.executor, [this, &lane, last = batch.last[i], outcome] {
      release(lane, last, outcome);
    });
  }
}

void Recorder::release(Lane& lane, std::uint64_t last, Outcome outcome) {
  while (!lane.waiters.empty() && lane.waiters.front().number <= last) {
    // Taken out first: the answer runs on at once and may queue the connection's next click.
    const Waiter waiter = lane.waiters.front();
    lane.waiters.pop_front();
    lane.waiting.fetch_sub(1);
    if (outcome == Outcome::not_committed) unconfirmed_.add();
    waiter.answer->release();
  }
}

// One timer per thread for the oldest waiter. It lives in its own handler, so that nothing of the
// io_context outlives it; when it fires early or for nobody, that costs one wake-up. It is never
// armed for long: a thread that is to end has to wait for it.
void Recorder::arm(Lane& lane) {
  using Timer =
      boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, net::Executor>;
  if (lane.is_timer_armed || lane.waiters.empty()) return;
  lane.is_timer_armed = true;
  const auto at = std::min(lane.waiters.front().until, Clock::now() + timer_ms_max);
  const auto timer = std::make_shared<Timer>(lane.executor, at);
  timer->async_wait([this, &lane, timer](const boost::system::error_code&) {
    lane.is_timer_armed = false;
    release_late(lane);
    arm(lane);
  });
}

void Recorder::release_late(Lane& lane) {
  const auto now = Clock::now();
  while (!lane.waiters.empty() && lane.waiters.front().until <= now) {
    const Waiter waiter = lane.waiters.front();
    lane.waiters.pop_front();
    lane.waiting.fetch_sub(1);
    unconfirmed_.add();
    waiter.answer->release();
  }
}

void Recorder::collect(std::vector<core::Metric>& metrics) const {
  using Kind = core::Metric::Kind;
  const auto add = [&](Kind kind, const char* name, const char* help, double value) {
    metrics.push_back({kind, name, help, {}, value});
  };
  for (std::size_t i = 0; i < recorded_.size(); ++i)
    metrics.push_back({Kind::counter,
                       "fairlead_clicks_recorded_total",
                       "Clicks stored durably, by first verdict.",
                       {{"verdict", core::name_of(static_cast<core::ClickVerdict>(i))}},
                       static_cast<double>(recorded_[i].value())});
  add(Kind::counter, "fairlead_clicks_unconfirmed_total",
      "Redirects that left before their click was committed although durability is commit.",
      static_cast<double>(unconfirmed_.value()));
  add(Kind::counter, "fairlead_clicks_lost_total",
      "Clicks that were answered and will not be stored: full queue or failed journal.",
      static_cast<double>(lost_.value()));
  add(Kind::gauge, "fairlead_clicks_queued", "Clicks waiting for their commit.",
      static_cast<double>(queued_.load()));
  add(Kind::counter, "fairlead_click_commits_total",
      "Batches that the journal made durable, one sync each.",
      static_cast<double>(commits_.value()));
  add(Kind::counter, "fairlead_click_commit_seconds_total", "Time spent in them.",
      static_cast<double>(commit_micros_.value()) / 1e6);
  add(Kind::gauge, "fairlead_click_storage_failed",
      "1 while clicks cannot be made durable; redirects go on.",
      state_.load() == State::recording ? 0 : 1);
  journal_->collect(metrics);
  folder_.collect(metrics);
}

}  // namespace fairlead::redirect
