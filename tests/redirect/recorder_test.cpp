// The recorder's promises, with a sink the test can stall and fail, and with a real click file.
#include "redirect/click_store.hpp"
#include "tests/redirect/recording.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::redirect {
namespace {

// A stop has to wait for every timer of a thread, so a long commit_wait_ms_max must not hold it.
TEST(Recorder, ADeadlineNobodyWaitsForDoesNotHoldItsThread) {
  Recording recording(options_with(for_ever_ms / 10));
  Recorder& recorder = recording.recorder;
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
  Recording recording(options_with(20));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  Countdown left{3};
  for (int i = 0; i < 3; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();  // ends only because of the deadline: the disk does not answer
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 3);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 0);
  EXPECT_EQ(recording.folded->count(), 0u);
  recording.disk->set_open(true);
  recorder.stop();
  EXPECT_EQ(recording.folded->count(), 3u) << "late is not lost";
}

TEST(Recorder, FullQueueAnswersAtOnceAndCountsLostClicks) {
  Recording recording(options_with(1, 4));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  Countdown left{10};
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 6);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 10);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_queued"), 4);
  recording.disk->set_open(true);
  recorder.stop();
  EXPECT_EQ(recording.folded->count(), 4u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_queued"), 0);
}

TEST(Recorder, FullDiskKeepsTheQueueAndResumesByItself) {
  Recording recording(options_with(for_ever_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->fail_with(ENOSPC);
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
  recording.disk->fail_with(0);
  recording.folded->wait_for_appends(1);  // tried again without being asked
  recorder.stop();
  EXPECT_TRUE(recorder.is_recording());
  EXPECT_EQ(recording.folded->count(), 2u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 0);
}

TEST(Recorder, AfterAnIoErrorTheFileIsNeverTouchedAgain) {
  Recording recording(options_with(for_ever_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->fail_with(EIO);
  Countdown left{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, left),
                        boost::asio::detached);
  left.wait();
  recording.disk->fail_with(0);
  Countdown later{5};
  for (int i = 0; i < 5; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2 + i, later),
                          boost::asio::detached);
  later.wait();
  recorder.stop();
  EXPECT_EQ(recording.disk->writes(), 1);
  EXPECT_EQ(recording.folded->count(), 0u);
  EXPECT_FALSE(recorder.is_recording());
  EXPECT_EQ(metric(recorder, "fairlead_clicks_lost_total"), 6);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 6);
}

TEST(Recorder, JudgesEveryClickOnceInTheOrderOfTheJournal) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> judged;  // link and who
  Recording recording(options_with(for_ever_ms), [&](const ClickRecord& click) {
    judged.emplace_back(click.link.number, click.who);
    return judged.size() % 2 == 0 ? core::ClickVerdict::duplicate : click.verdict;
  });
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  Countdown left{4};
  for (int i = 0; i < 4; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();
  recorder.stop();
  EXPECT_EQ(judged, (std::vector<std::pair<std::int64_t, std::uint64_t>>{
                        {2, 70}, {2, 71}, {2, 72}, {2, 73}}));
  ASSERT_EQ(recording.folded->clicks.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(recording.folded->clicks[i].verdict,
              i % 2 == 0 ? core::ClickVerdict::valid : core::ClickVerdict::duplicate);
    EXPECT_EQ(recording.folded->clicks[i].who, 0u) << "never in the journal";
  }
  EXPECT_EQ(metric(recorder, "fairlead_clicks_recorded_total", "duplicate"), 2);
}

TEST(Recorder, ABatchOfMoreThanASegmentIsWrittenInParts) {
  Recording recording(options_with(for_ever_ms, 100'000));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  constexpr int clicks = 5000;  // about 350 KB, a segment has 64
  Countdown left{clicks};
  for (int i = 0; i < clicks; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  recording.disk->wait_for_syncs(1);
  recording.disk->set_open(true);
  left.wait();
  EXPECT_TRUE(recorder.settle());
  ASSERT_EQ(recording.folded->count(), std::size_t{clicks});
  for (int i = 0; i < clicks; ++i)
    ASSERT_EQ(recording.folded->clicks[static_cast<std::size_t>(i)].id, click_number(i).id);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
  recorder.stop();
}

TEST(Recorder, AFailingClickFileHoldsNobodyAndItsClicksStayInTheJournal) {
  Recording recording(options_with(for_ever_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.folded->fail_with(core::Errc::io);
  for (int i = 0; i < 3; ++i) {
    Countdown left{1};
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
    left.wait();
  }
  EXPECT_FALSE(recorder.settle());
  EXPECT_FALSE(recorder.is_recording()) << "an operator must know";
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0) << "they are durable";
  EXPECT_EQ(metric(recorder, "fairlead_click_file_failed"), 1);
  recording.folded->fail_with(std::nullopt);
  recorder.stop();
  EXPECT_EQ(recording.folded->appends, 1) << "not written again before a restart";
  const auto journal = Journal::open(recording.directory.file("journal"), {}).value();
  EXPECT_EQ(leftovers(*journal, {}).value().clicks, 3);
  EXPECT_EQ(leftovers(*journal, {}).value().newest, click_number(2).id.number);
}

TEST(Recorder, AFullClickFileIsFoldedAgainByItself) {
  Recording recording(options_with(for_ever_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.folded->fail_with(core::Errc::no_space);
  Countdown left{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 0, left),
                        boost::asio::detached);
  left.wait();
  recording.folded->wait_for_appends(1);
  recording.folded->fail_with(std::nullopt);
  recording.folded->wait_for_appends(2);
  recorder.stop();
  EXPECT_EQ(recording.folded->count(), 1u);
  EXPECT_TRUE(recorder.is_recording());
}

TEST(Recorder, AsyncAnswersFirstAndStillDrainsOnStop) {
  Options options = options_with(for_ever_ms);
  options.durability = Durability::async;
  Recording recording(options);
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  Countdown left{100};
  for (int i = 0; i < 100; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, i, left),
                          boost::asio::detached);
  left.wait();
  EXPECT_EQ(recording.folded->count(), 0u);
  recording.disk->set_open(true);
  recorder.stop();
  EXPECT_EQ(recording.folded->count(), 100u);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0) << "async promises nothing";
}

TEST(Recorder, ManyThreadsLoseNothingInARealFile) {
  test::TemporaryDirectory directory;
  const std::string url = "sqlite:" + directory.file("clicks.db");
  constexpr int threads_count = 3;
  constexpr int clicks_each = 400;
  {
    auto database = storage::open({.url = url, .schema = storage::Schema::clicks}).value();
    Recorder recorder({.sink = ClickStore::open(std::move(database)).value(),
                       .journal = Journal::open(directory.file("journal"), {}).value()},
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
  const test::TestStatement sum(
      "SELECT COALESCE(SUM(clicks), 0) FROM click_rollups WHERE span = 2");
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
