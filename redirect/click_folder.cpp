#include "redirect/click_folder.hpp"

#include <algorithm>

#include "core/log.hpp"

namespace fairlead::redirect {

namespace {

// A click is in reports after at most this long and one transaction; when nothing happened for as
// long before, at once.
constexpr auto fold_pause = std::chrono::milliseconds(250);
constexpr auto retry_pause = std::chrono::seconds(1);
constexpr auto settle_wait_max = std::chrono::seconds(2);
constexpr std::size_t errands_max = 1'000;

bool may_recover(const core::Error& error) {
  return error.code == core::Errc::busy || error.code == core::Errc::no_space;
}

// What storage cannot turn into a Result is no memory; that may pass.
template <class Write>
core::Result<std::size_t> or_busy(Write write) {
  try {
    return write();
  } catch (const std::exception& failure) {
    return core::fail(core::Errc::busy, failure.what());
  }
}

void log_not_activated(const std::string& why) {
  core::log(core::Level::warning, "prefetch_not_activated", {{"why", why}});
}

}  // namespace

ClickFolder::ClickFolder(std::unique_ptr<ClickSink> sink, Journal& journal, FolderLimits limits)
    : sink_(std::move(sink)),
      journal_(journal),
      limits_(limits),
      folded_(sink_->position()),
      newest_(journal.last()) {}

ClickFolder::~ClickFolder() {
  stop();
}

void ClickFolder::start() {
  thread_ = std::thread([this] { fold_until_stopped(); });
}

void ClickFolder::take(JournalPosition position, std::string_view records) {
  const std::scoped_lock lock(mutex_);
  newest_ = position;
  const JournalPosition before{position.batch - 1};
  const bool goes_on = !blocks_.empty() && blocks_.back().upto == before &&
                       blocks_.back().records.size() < limits_.block_bytes;
  if (!goes_on && blocks_.size() < limits_.blocks_max && state_.load() != State::failed)
    blocks_.push_back({std::exchange(spare_, {}), before, before});
  if (!blocks_.empty() && blocks_.back().upto == before) {
    blocks_.back().records += records;
    blocks_.back().upto = position;
  }
  if (is_waiting_ || (!goes_on && blocks_.size() > 1)) work_.notify_one();
}

bool ClickFolder::settle(JournalPosition upto) {
  std::unique_lock lock(mutex_);
  if (upto > wanted_) wanted_ = upto;
  work_.notify_one();
  settled_.wait_for(lock, settle_wait_max, [&] {
    return folded_ >= upto || is_stopping_ || state_.load() != State::folding;
  });
  return folded_ >= upto;
}

void ClickFolder::activate(Activation activation) {
  {
    const std::scoped_lock lock(mutex_);
    if (errands_.size() < errands_max && !is_stopping_ && state_.load() != State::failed) {
      wanted_ = std::max(wanted_, newest_);
      errands_.push_back({std::move(activation), newest_});
      work_.notify_one();
      return;
    }
  }
  log_not_activated("the click file is behind or closed");
}

void ClickFolder::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  sink_.reset();
  const std::scoped_lock lock(mutex_);
  for (; !errands_.empty(); errands_.pop_front())
    log_not_activated("the click file could not be written");
  settled_.notify_all();
}

void ClickFolder::fold_until_stopped() {
  journal_.prepare();
  while (wait_for_work()) {
    if (run_errand()) continue;
    const auto gathered = gather();
    if (gathered) {
      fold();
    } else {
      note_failure(gathered.error());
    }
  }
}

// False when it is time to end: nothing is left, or it cannot be folded.
bool ClickFolder::wait_for_work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (has_errand()) return true;
    const State state = state_.load();
    const bool has_work = newest_ > folded_ && state != State::failed;
    if (is_stopping_ && (!has_work || state == State::retrying)) return false;
    if (has_work && is_due()) return true;
    if (has_work) {
      work_.wait_until(lock, due_);
    } else {
      maintain_while_idle(lock);
    }
  }
}

// Waits for work, and looks after the click file when none comes.
void ClickFolder::maintain_while_idle(std::unique_lock<std::mutex>& lock) {
  is_waiting_ = true;
  const auto pause = has_more_to_maintain_ ? fold_pause : limits_.idle_pause;
  const bool is_idle = work_.wait_for(lock, pause) == std::cv_status::timeout;
  is_waiting_ = false;
  if (!is_idle || is_stopping_ || state_.load() != State::folding) return;
  lock.unlock();
  maintain();
  lock.lock();
}

// Clicks go on when it fails for want of memory; it comes again.
void ClickFolder::maintain() {
  has_more_to_maintain_ = false;
  try {
    has_more_to_maintain_ = sink_->maintain();
  } catch (const std::exception& failure) {
    core::log(core::Level::error, "click_file_not_maintained", {{"why", failure.what()}});
  }
}

// Under mutex_.
bool ClickFolder::has_errand() const {
  return state_.load() == State::folding && !errands_.empty() && errands_.front().behind <= folded_;
}

// False when there is none that may run now.
bool ClickFolder::run_errand() {
  Errand errand;
  {
    const std::scoped_lock lock(mutex_);
    if (!has_errand()) return false;
    errand = std::move(errands_.front());
    errands_.pop_front();
  }
  const core::Result<std::size_t> activated =
      or_busy([&] { return sink_->activate(errand.activation); });
  if (activated) {
    activated_.add(*activated);
    return true;
  }
  log_not_activated(activated.error().detail);
  if (!may_recover(activated.error())) note_failure(activated.error());
  return true;
}

bool ClickFolder::is_due() const {
  if (Clock::now() >= due_) return true;
  if (state_.load() == State::retrying) return false;
  return is_stopping_ || wanted_ > folded_ || blocks_.size() > 1;
}

// The next block to fold; the one of a failed try stays.
core::Result<void> ClickFolder::gather() {
  if (is_gathered_) return {};
  JournalPosition missing;
  if (!take_block(missing)) {
    block_.records.clear();
    const auto read = journal_.read(folded_, missing, limits_.block_bytes, block_.records);
    if (!read) return read.error();
    // Nothing there: those batches were damaged on disk and are passed over.
    block_.upto = *read > folded_ ? *read : missing;
  }
  is_gathered_ = true;
  decode();
  return {};
}

// False when the journal has to be read first, up to `missing`.
bool ClickFolder::take_block(JournalPosition& missing) {
  const std::scoped_lock lock(mutex_);
  due_ = Clock::now() + fold_pause;
  missing = blocks_.empty() ? newest_ : blocks_.front().after;
  if (blocks_.empty() || missing > folded_) return false;
  block_ = std::move(blocks_.front());
  blocks_.pop_front();
  return true;
}

void ClickFolder::decode() {
  clicks_.clear();
  std::string_view rest = block_.records;
  while (!rest.empty()) {
    if (read_record(rest, clicks_.emplace_back())) continue;
    clicks_.pop_back();
    core::log(core::Level::error, "click_record_damaged", {{"bytes", std::to_string(rest.size())}});
    break;
  }
}

void ClickFolder::fold() {
  const auto started = Clock::now();
  const core::Result<std::size_t> added =
      or_busy([&] { return sink_->append(clicks_, block_.upto); });
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started);
  fold_micros_.add(static_cast<std::uint64_t>(took.count()));
  if (!added) {
    note_failure(added.error());
    return;
  }
  note_folded(*added);
  journal_.free_until(folded_);
  journal_.prepare();
  maintain();
}

void ClickFolder::note_folded(std::size_t added) {
  folds_.add();
  folded_clicks_.add(clicks_.size());
  if (added < clicks_.size()) lost_.add(clicks_.size() - added);
  if (state_.exchange(State::folding) == State::retrying)
    core::log(core::Level::info, "clicks_folding_again", {});
  const std::scoped_lock lock(mutex_);
  folded_ = block_.upto;
  if (spare_.capacity() == 0) spare_ = std::move(block_.records);
  spare_.clear();
  is_gathered_ = false;
  settled_.notify_all();
}

// After a failure whose outcome is unknown the click file is not written again: the page cache may
// lie about what reached the disk. The clicks are safe in the journal.
void ClickFolder::note_failure(const core::Error& error) {
  const State next = may_recover(error) ? State::retrying : State::failed;
  if (state_.exchange(next) != next)
    core::log(core::Level::error,
              next == State::retrying ? "clicks_not_folding" : "click_file_failed",
              {{"why", error.detail}});
  const std::scoped_lock lock(mutex_);
  due_ = Clock::now() + retry_pause;
  if (next == State::failed) blocks_.clear();
  settled_.notify_all();
}

void ClickFolder::collect(std::vector<core::Metric>& metrics) const {
  using Kind = core::Metric::Kind;
  const auto add = [&](Kind kind, const char* name, const char* help, double value) {
    metrics.push_back({kind, name, help, {}, value});
  };
  std::int64_t lag = 0;
  {
    const std::scoped_lock lock(mutex_);
    lag = newest_.batch - folded_.batch;
  }
  add(Kind::counter, "fairlead_click_folds_total",
      "Transactions that took clicks from the journal into the click file.",
      static_cast<double>(folds_.value()));
  add(Kind::counter, "fairlead_click_fold_seconds_total", "Time spent in them.",
      static_cast<double>(fold_micros_.value()) / 1e6);
  add(Kind::counter, "fairlead_clicks_folded_total", "Clicks taken into the click file.",
      static_cast<double>(folded_clicks_.value()));
  add(Kind::counter, "fairlead_clicks_refused_total",
      "Clicks of the journal whose id was in the click file already.",
      static_cast<double>(lost_.value()));
  add(Kind::counter, "fairlead_prefetches_activated_total",
      "Prefetches that count as clicks because their token came back with an order.",
      static_cast<double>(activated_.value()));
  add(Kind::gauge, "fairlead_click_fold_lag_batches",
      "Durable batches of the journal that are not in the click file yet.",
      static_cast<double>(lag));
  add(Kind::gauge, "fairlead_click_file_failed",
      "1 while clicks stay in the journal because the click file cannot be written.",
      is_folding() ? 0 : 1);
}

core::Result<Leftovers> leftovers(const Journal& journal, JournalPosition folded) {
  Leftovers found;
  std::string records;
  while (folded < journal.last()) {
    records.clear();
    const auto read = journal.read(folded, journal.last(), FolderLimits{}.block_bytes, records);
    if (!read) return read.error();
    if (*read == folded) break;
    folded = *read;
    ClickRecord click;
    for (std::string_view rest = records; read_record(rest, click);) {
      ++found.clicks;
      found.newest = std::max(found.newest, click.id.number);
      note_use(click, found.uses);
    }
  }
  return found;
}

}  // namespace fairlead::redirect
