// The recorder's promises, with a sink the test can stall and fail, and with a real click file.
#include "redirect/recorder.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "redirect/click_ids.hpp"
#include "tests/redirect/io_threads.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::redirect {
namespace {

using test::Countdown;
using Threads = test::IoThreads;

ClickRecord click_number(std::int64_t number) {
  ClickRecord click{.id = {core::first_id_at({1'700'000'000'000'000}) + number},
                    .brand = {1},
                    .link = {2},
                    .day = {19'675}};
  click.device = "phone";
  return click;
}

// What the tests of the threads share: a sink that can be stopped at its door or told to fail.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_open = true;
  std::optional<core::Errc> failure;
  std::vector<std::int64_t> stored;
  int appends = 0;

  void set_open(bool open) {
    const std::scoped_lock lock(mutex);
    is_open = open;
    changed.notify_all();
  }
  void fail_with(std::optional<core::Errc> code) {
    const std::scoped_lock lock(mutex);
    failure = code;
  }
  void wait_for_appends(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return appends >= count; });
  }
  std::size_t stored_count() {
    const std::scoped_lock lock(mutex);
    return stored.size();
  }
};

class GatedSink final : public ClickSink {
 public:
  explicit GatedSink(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  core::Result<std::size_t> append(std::span<const ClickRecord> clicks) override {
    std::unique_lock lock(gate_->mutex);
    ++gate_->appends;
    gate_->changed.notify_all();
    gate_->changed.wait(lock, [&] { return gate_->is_open; });
    if (gate_->failure) return core::fail(*gate_->failure, "told to fail");
    for (const ClickRecord& click : clicks)
      gate_->stored.push_back(click.id.number);
    return clicks.size();
  }

 private:
  std::shared_ptr<Gate> gate_;
};

net::Task<void> record_one(Recorder& recorder, std::size_t thread, std::int64_t number,
                           Countdown& left) {
  test::Held held;
  if (recorder.push(thread, click_number(number), held)) co_await held.released();
  left.count();
}

double metric(const Recorder& recorder, std::string_view name, std::string_view label = "") {
  std::vector<core::Metric> metrics;
  recorder.collect(metrics);
  for (const core::Metric& one : metrics)
    if (one.name == name && (label.empty() || one.labels.front().second == label)) return one.value;
  ADD_FAILURE() << "no metric " << name;
  return -1;
}

Options options_with(std::uint32_t wait_ms, std::size_t queue_max = 1000) {
  Options options;
  options.commit_wait_ms_max = wait_ms;
  options.queue_clicks_max = queue_max;
  return options;
}
constexpr std::uint32_t for_ever_ms = 60'000;

TEST(Recorder, AnswersLeaveAfterTheirCommitAndShareIt) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(for_ever_ms));
  Threads threads(2);
  recorder.start(threads.executors());
  gate->set_open(false);
  Countdown first{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, first),
                        boost::asio::detached);
  gate->wait_for_appends(1);  // the writer holds click 1; the others queue up behind it
  Countdown rest{10};
  std::promise<void> queued;
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2 + i, rest),
                          boost::asio::detached);
  boost::asio::post(threads.executor(0), [&] { queued.set_value(); });
  queued.get_future().wait();
  EXPECT_EQ(first.left(), 1) << "nothing is committed yet";
  EXPECT_EQ(rest.left(), 10);
  gate->set_open(true);
  first.wait();
  rest.wait();
  EXPECT_EQ(gate->stored_count(), 11u);
  EXPECT_EQ(metric(recorder, "fairlead_click_commits_total"), 2)
      << "one commit for all that queued up";
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_recorded_total", "valid"), 11);
  recorder.stop();
}

// A stop has to wait for every timer of a thread, so a long commit_wait_ms_max must not hold it.
TEST(Recorder, ADeadlineNobodyWaitsForDoesNotHoldItsThread) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(for_ever_ms / 10));
  boost::asio::io_context context(1);
  recorder.start({context.get_executor()});
  Countdown left{1};
  boost::asio::co_spawn(context, record_one(recorder, 0, 1, left), boost::asio::detached);
  const auto started = std::chrono::steady_clock::now();
  context.run();
  EXPECT_EQ(left.left(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(3));
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
  recorder.stop();
}

TEST(Recorder, StalledCommitLetsAnswersGoAtTheDeadlineAndCountsThem) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(20));
  Threads threads(1);
  recorder.start(threads.executors());
  gate->set_open(false);
  Countdown left{3};
  for (int i = 0; i < 3; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();  // ends only because of the deadline: the gate is shut
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 3);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 0);
  EXPECT_EQ(gate->stored_count(), 0u);
  gate->set_open(true);
  recorder.stop();
  EXPECT_EQ(gate->stored_count(), 3u) << "late is not lost";
}

TEST(Recorder, FullQueueAnswersAtOnceAndCountsLostClicks) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(1, 4));
  Threads threads(1);
  recorder.start(threads.executors());
  gate->set_open(false);
  Countdown left{10};
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 6);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 10);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_queued"), 4);
  gate->set_open(true);
  recorder.stop();
  EXPECT_EQ(gate->stored_count(), 4u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_queued"), 0);
}

TEST(Recorder, FullDiskKeepsTheQueueAndResumesByItself) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(for_ever_ms));
  Threads threads(1);
  recorder.start(threads.executors());
  gate->fail_with(core::Errc::no_space);
  Countdown left{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, left),
                        boost::asio::detached);
  left.wait();  // released by the failure, long before its deadline
  EXPECT_FALSE(recorder.is_recording());
  Countdown second{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2, second),
                        boost::asio::detached);
  second.wait();  // nobody waits while the file is failing
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 2);
  EXPECT_EQ(metric(recorder, "fairlead_click_storage_failed"), 1);
  gate->fail_with(std::nullopt);
  gate->wait_for_appends(
      3);  // tried again without being asked; the second click makes a third append
  recorder.stop();
  EXPECT_TRUE(recorder.is_recording());
  EXPECT_EQ(gate->stored_count(), 2u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 0);
}

TEST(Recorder, AfterAnIoErrorTheFileIsNeverTouchedAgain) {
  const auto gate = std::make_shared<Gate>();
  Recorder recorder(std::make_unique<GatedSink>(gate), options_with(for_ever_ms));
  Threads threads(1);
  recorder.start(threads.executors());
  gate->fail_with(core::Errc::io);
  Countdown left{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, left),
                        boost::asio::detached);
  left.wait();
  gate->fail_with(std::nullopt);
  Countdown later{5};
  for (int i = 0; i < 5; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2 + i, later),
                          boost::asio::detached);
  later.wait();
  recorder.stop();
  EXPECT_EQ(gate->appends, 1);
  EXPECT_EQ(gate->stored_count(), 0u);
  EXPECT_FALSE(recorder.is_recording());
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 6);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 6);
}

TEST(Recorder, AsyncAnswersFirstAndStillDrainsOnStop) {
  const auto gate = std::make_shared<Gate>();
  Options options = options_with(for_ever_ms);
  options.durability = Durability::async;
  Recorder recorder(std::make_unique<GatedSink>(gate), options);
  Threads threads(1);
  recorder.start(threads.executors());
  gate->set_open(false);
  Countdown left{100};
  for (int i = 0; i < 100; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();
  EXPECT_EQ(gate->stored_count(), 0u);
  gate->set_open(true);
  recorder.stop();
  EXPECT_EQ(gate->stored_count(), 100u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0) << "async promises nothing";
}

TEST(Recorder, ManyThreadsLoseNothingInARealFile) {
  test::TemporaryDirectory directory;
  const std::string url = "sqlite:" + directory.file("clicks.db");
  constexpr int threads_count = 3;
  constexpr int clicks_each = 400;
  {
    auto database = storage::open({.url = url, .schema = storage::Schema::clicks}).value();
    Recorder recorder(ClickStore::open(std::move(database)).value(),
                      options_with(for_ever_ms, 100'000));
    Threads threads(threads_count);
    recorder.start(threads.executors());
    Countdown left{threads_count * clicks_each};
    for (int i = 0; i < threads_count * clicks_each; ++i) {
      const std::size_t thread = static_cast<std::size_t>(i % threads_count);
      boost::asio::co_spawn(threads.executor(thread), record_one(recorder, thread, i, left),
                            boost::asio::detached);
    }
    left.wait();
    EXPECT_EQ(metric(recorder, "fairlead_clicks_recorded_total", "valid"),
              threads_count * clicks_each);
    EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
    EXPECT_LT(metric(recorder, "fairlead_click_commits_total"), threads_count * clicks_each)
        << "commits are shared";
    threads.join();
    recorder.stop();
  }
  const test::TestStatement count("SELECT COUNT(*) FROM clicks");
  const test::TestStatement sum("SELECT COALESCE(SUM(clicks), 0) FROM click_rollups");
  auto database = storage::open_read_only({.url = url, .schema = storage::Schema::clicks}).value();
  const auto stored = database->read([&](storage::Session& session) {
    return std::pair(session.run(count).one().integer(0), session.run(sum).one().integer(0));
  });
  EXPECT_EQ(stored.value(), std::pair(std::int64_t{threads_count * clicks_each},
                                      std::int64_t{threads_count * clicks_each}));
}

TEST(ClickIds, RiseInALaneAndNeverMeetAcrossLanes) {
  core::ManualClock clock({1'700'000'000'000'000});
  std::set<std::int64_t> all;
  for (std::size_t lane : {std::size_t{0}, std::size_t{1}, click_lanes_max - 1}) {
    ClickIdMaker ids(lane, 0);
    std::int64_t last = 0;
    for (int i = 0; i < 70'000; ++i) {  // more than a millisecond's counter holds
      const core::ClickId id = ids.next(clock.now());
      ASSERT_GT(id.number, last);
      ASSERT_TRUE(all.insert(id.number).second);
      last = id.number;
    }
  }
}

TEST(ClickIds, GoOnBehindTheNewestWhenTheClockJumpsBack) {
  const std::int64_t newest = core::first_id_at({1'700'000'000'000'000}) + 5;
  ClickIdMaker ids(0, newest);
  EXPECT_GT(ids.next({1'600'000'000'000'000}).number, newest);
  EXPECT_GT(ids.next({1'700'000'000'000'000}).number, newest);
}

}  // namespace
}  // namespace fairlead::redirect
