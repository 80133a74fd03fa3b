// What the tests of the recorder share: clicks to push, a sink that can be told to fail, and a
// recorder with a journal on a disk that does as it is told.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "redirect/click_ids.hpp"
#include "redirect/recorder.hpp"
#include "tests/redirect/faulty_disk.hpp"
#include "tests/redirect/io_threads.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {

using test::Countdown;
using Threads = test::IoThreads;

inline ClickRecord click_number(std::int64_t number) {
  ClickRecord click{.id = {core::first_id_at({1'700'000'000'000'000}) + number},
                    .brand = {1},
                    .link = {2},
                    .day = {19'675}};
  click.who = static_cast<std::uint64_t>(70 + number);
  click.device = "phone";
  return click;
}

// What the tests of the threads share: what was folded, and a sink that can be told to fail.
struct Folded {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<core::Errc> failure;
  std::vector<ClickRecord> clicks;  // their texts are gone
  int appends = 0;

  void fail_with(std::optional<core::Errc> code) {
    const std::scoped_lock lock(mutex);
    failure = code;
  }
  void wait_for_appends(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return appends >= count; });
  }
  std::size_t count() {
    const std::scoped_lock lock(mutex);
    return clicks.size();
  }
};

class TestSink final : public ClickSink {
 public:
  explicit TestSink(std::shared_ptr<Folded> folded) : folded_(std::move(folded)) {}
  JournalPosition position() const override { return {}; }
  core::Result<std::size_t> append(std::span<const ClickRecord> clicks, JournalPosition) override {
    const std::scoped_lock lock(folded_->mutex);
    ++folded_->appends;
    folded_->changed.notify_all();
    if (folded_->failure) return core::fail(*folded_->failure, "told to fail");
    folded_->clicks.insert(folded_->clicks.end(), clicks.begin(), clicks.end());
    return clicks.size();
  }

 private:
  std::shared_ptr<Folded> folded_;
};

// A recorder with a journal of its own, on a disk that does as it is told.
struct Recording {
  explicit Recording(const Options& options,
                     std::function<core::ClickVerdict(const ClickRecord&)> judge = {},
                     std::chrono::microseconds gather_pause_max = {})
      : recorder({.sink = std::make_unique<TestSink>(folded),
                  .journal = Journal::open(directory.file("journal"), {},
                                           {.segment_bytes = 64 * 1024, .disk = disk})
                                 .value(),
                  .judge = std::move(judge),
                  .gather_pause_max = gather_pause_max},
                 options) {}

  test::TemporaryDirectory directory;
  std::shared_ptr<test::FaultyDisk> disk = std::make_shared<test::FaultyDisk>();
  std::shared_ptr<Folded> folded = std::make_shared<Folded>();
  Recorder recorder;
};

inline net::Task<void> record_one(Recorder& recorder, std::size_t thread, std::int64_t number,
                                  Countdown& left) {
  test::Held held;
  if (recorder.push(thread, click_number(number), held)) co_await held.released();
  left.count();
}

inline double metric(const Recorder& recorder, std::string_view name, std::string_view label = "") {
  std::vector<core::Metric> metrics;
  recorder.collect(metrics);
  for (const core::Metric& one : metrics)
    if (one.name == name && (label.empty() || one.labels.front().second == label)) return one.value;
  ADD_FAILURE() << "no metric " << name;
  return -1;
}

inline Options options_with(std::uint32_t wait_ms, std::size_t queue_max = 1000) {
  Options options;
  options.commit_wait_ms_max = wait_ms;
  options.queue_clicks_max = queue_max;
  return options;
}
inline constexpr std::uint32_t for_ever_ms = 60'000;

// Pushes clicks from the lane's thread, one after the other, and returns when all are queued.
inline void push_clicks(Recorder& recorder, Threads& threads, std::int64_t first, int count,
                        Countdown& left) {
  std::promise<void> queued;
  for (int i = 0; i < count; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, first + i, left),
                          boost::asio::detached);
  boost::asio::post(threads.executor(0), [&] { queued.set_value(); });
  queued.get_future().wait();
}

}  // namespace fairlead::redirect
