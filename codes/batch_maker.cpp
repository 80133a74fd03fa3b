#include "codes/batch_maker.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "core/log.hpp"

namespace fairlead::codes {

namespace {

constexpr std::chrono::seconds wait_after_failure{5};

}  // namespace

void BatchMaker::start() {
  thread_ = std::thread([this] { run(); });
}

void BatchMaker::wake() {
  const std::lock_guard lock(guard_);
  is_awake_ = true;
  changed_.notify_one();
}

void BatchMaker::stop() {
  {
    const std::lock_guard lock(guard_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

// At the lower priority of the API, so that redirects go first. On Linux a priority is a thread's
// own; a system that does not allow it runs all alike.
void BatchMaker::run() {
  constexpr int nice = 5;
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, nice));
  std::unique_lock lock(guard_);
  for (;;) {
    changed_.wait(lock, [this] { return is_awake_ || is_stopping_; });
    if (is_stopping_) return;
    is_awake_ = false;
    lock.unlock();
    const auto made = make_chunk();
    if (!made) core::log(core::Level::error, "code_batch_waits", {{"detail", made.error().detail}});
    lock.lock();
    if (!made) changed_.wait_for(lock, wait_after_failure, [this] { return is_stopping_; });
    is_awake_ = is_awake_ || !made || *made;
  }
}

core::Result<bool> BatchMaker::make_chunk() {
  const auto batch = database_.read(find_unfinished_batch);
  if (!batch) return batch.error();
  if (!*batch) {
    texts_ = {};
    prepared_for_ = {};
    return false;
  }
  prepare(**batch);
  const auto missing = static_cast<std::size_t>((*batch)->codes_wanted - (*batch)->codes_made);
  const auto count = std::min({chunk_codes, missing, texts_.size()});
  const std::vector<std::string> chunk(texts_.end() - static_cast<std::ptrdiff_t>(count),
                                       texts_.end());
  const auto made = database_.transact(
      [&](storage::Session& session) { return make_codes(session, **batch, chunk, clock_.now()); });
  if (!made) return made.error();
  // Otherwise another server has made a chunk, and these texts are still free.
  if (*made) texts_.resize(texts_.size() - count);
  return true;
}

void BatchMaker::prepare(const Batch& batch) {
  if (prepared_for_ == batch.id && !texts_.empty()) return;
  prepared_for_ = batch.id;
  texts_.clear();
  const auto missing = batch.codes_wanted - batch.codes_made;
  texts_.reserve(static_cast<std::size_t>(missing));
  for (std::int64_t i = 0; i < missing; ++i)
    texts_.push_back(random_text(batch.text));
  std::sort(texts_.begin(), texts_.end(), std::greater<>());  // taken from the end
}

}  // namespace fairlead::codes
