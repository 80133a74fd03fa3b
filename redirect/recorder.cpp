#include "redirect/recorder.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include "core/check.hpp"
#include "core/log.hpp"
#include "redirect/click_ids.hpp"

namespace fairlead::redirect {

namespace {

constexpr auto retry_pause = std::chrono::seconds(1);
constexpr auto timer_ms_max = std::chrono::milliseconds(50);

// What storage cannot turn into a Result is no memory; that may pass.
core::Result<std::size_t> append(ClickSink& sink, std::span<const ClickRecord> clicks) {
  try {
    return sink.append(clicks);
  } catch (const std::exception& failure) {
    return core::fail(core::Errc::busy, failure.what());
  }
}

constexpr std::array<const char*, verdict_count> verdict_names = {
    "valid",         "head",      "prefetch",   "bot",   "preview",
    "unknown_agent", "duplicate", "datacenter", "flood", "embedded"};

}  // namespace

Recorder::Recorder(std::unique_ptr<ClickSink> sink, const Options& options,
                   std::function<void()> each_second)
    : sink_(std::move(sink)), options_(options), each_second_(std::move(each_second)) {}

Recorder::~Recorder() {
  stop();
}

void Recorder::start(const std::vector<net::Executor>& threads) {
  CHECK(lanes_.empty() && threads.size() <= click_lanes_max);
  for (const net::Executor& executor : threads)
    lanes_.push_back(std::make_unique<Lane>(executor));
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
    if (!is_idle_.exchange(false)) return;
    { const std::scoped_lock lock(wake_mutex_); }
    wake_.notify_one();
  });
}

void Recorder::stop() {
  if (!writer_.joinable()) return;
  is_stopping_.store(true);
  { const std::scoped_lock lock(wake_mutex_); }
  wake_.notify_one();
  writer_.join();
  sink_.reset();
}

void Recorder::write_until_stopped() {
  Batch batch;
  batch.last.resize(lanes_.size());
  while (wait_for_clicks()) {
    take(batch);
    if (batch.clicks.empty()) continue;
    if (state_.load() == State::failed) {
      give_up(batch);
    } else {
      write(batch);
    }
  }
}

// False when the writer is to end and nothing is left to write.
bool Recorder::wait_for_clicks() {
  for (;;) {
    run_each_second();
    if (queued_.load() > 0) return true;
    if (is_stopping_.load()) return false;
    std::unique_lock lock(wake_mutex_);
    is_idle_.store(true);
    wake_.wait_for(lock, retry_pause, [&] { return queued_.load() > 0 || is_stopping_.load(); });
    is_idle_.store(false);
  }
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
  batch.clicks.clear();
  std::string_view rest = batch.taken.bytes;
  for (const std::uint64_t who : batch.taken.who) {
    const bool is_whole = read_record(rest, batch.clicks.emplace_back());
    CHECK(is_whole);  // what append_record() wrote
    batch.clicks.back().who = who;
  }
}

// Ends with the batch durable, or given up: after a failure whose outcome is unknown a commit is
// never tried again, because the page cache may lie about what reached the disk.
void Recorder::write(Batch& batch) {
  for (;;) {
    const auto started = Clock::now();
    const core::Result<std::size_t> added = append(*sink_, batch.clicks);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
    commit_micros_.add(static_cast<std::uint64_t>(took.count()));
    if (added) {
      commits_.add();
      for (const ClickRecord& click : batch.clicks)
        recorded_[static_cast<std::size_t>(click.verdict)].add();
      if (*added < batch.clicks.size()) lost_.add(batch.clicks.size() - *added);
      if (state_.exchange(State::recording) == State::retrying)
        core::log(core::Level::info, "clicks_recording_again", {});
      queued_.fetch_sub(batch.clicks.size());
      settle(batch, Outcome::committed);
      sink_->maintain();
      return;
    }
    const core::Errc code = added.error().code;
    const bool may_recover = code == core::Errc::busy || code == core::Errc::no_space;
    if (!may_recover || is_stopping_.load()) {
      core::log(core::Level::error, "clicks_lost",
                {{"count", std::to_string(batch.clicks.size())}, {"why", added.error().detail}});
      if (!may_recover) state_.store(State::failed);
      give_up(batch);
      return;
    }
    if (state_.exchange(State::retrying) == State::recording)
      core::log(core::Level::error, "clicks_not_recording", {{"why", added.error().detail}});
    settle(batch, Outcome::not_committed);
    run_each_second();
    std::unique_lock lock(wake_mutex_);
    wake_.wait_for(lock, retry_pause, [&] { return is_stopping_.load(); });
  }
}

void Recorder::give_up(const Batch& batch) {
  lost_.add(batch.clicks.size());
  queued_.fetch_sub(batch.clicks.size());
  settle(batch, Outcome::not_committed);
}

void Recorder::run_each_second() {
  if (!each_second_ || Clock::now() < second_ends_) return;
  second_ends_ = Clock::now() + std::chrono::seconds(1);
  each_second_();
}

// One message per thread that has answers waiting, none to a thread that has ended.
void Recorder::settle(const Batch& batch, Outcome outcome) {
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
                       {{"verdict", verdict_names[i]}},
                       static_cast<double>(recorded_[i].value())});
  add(Kind::counter, "fairlead_clicks_unconfirmed_total",
      "Redirects that left before their click was committed although durability is commit.",
      static_cast<double>(unconfirmed_.value()));
  add(Kind::counter, "fairlead_clicks_lost_total",
      "Clicks that were answered and will not be stored: full queue or failed click file.",
      static_cast<double>(lost_.value()));
  add(Kind::gauge, "fairlead_clicks_queued", "Clicks waiting for their commit.",
      static_cast<double>(queued_.load()));
  add(Kind::counter, "fairlead_click_commits_total", "Group commits of clicks.",
      static_cast<double>(commits_.value()));
  add(Kind::counter, "fairlead_click_commit_seconds_total", "Time spent in group commits.",
      static_cast<double>(commit_micros_.value()) / 1e6);
  add(Kind::gauge, "fairlead_click_storage_failed",
      "1 while clicks cannot be stored; redirects go on.", is_recording() ? 0 : 1);
}

}  // namespace fairlead::redirect
