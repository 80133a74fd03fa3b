// When clicks share a sync, and who waits for whom.
#include <boost/asio/dispatch.hpp>

#include "tests/redirect/recording.hpp"

namespace fairlead::redirect {
namespace {

TEST(RecorderGroupCommit, AnswersLeaveAfterTheirCommitAndShareIt) {
  Recording recording(options_with(for_ever_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(2);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  Countdown first{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, first),
                        boost::asio::detached);
  recording.disk->wait_for_syncs(1);  // the writer holds click 1; the others queue up behind it
  Countdown rest{10};
  std::promise<void> queued;
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2 + i, rest),
                          boost::asio::detached);
  boost::asio::post(threads.executor(0), [&] { queued.set_value(); });
  queued.get_future().wait();
  EXPECT_EQ(first.left(), 1) << "nothing is committed yet";
  EXPECT_EQ(rest.left(), 10);
  recording.disk->set_open(true);
  first.wait();
  rest.wait();
  EXPECT_TRUE(recorder.settle());
  EXPECT_EQ(recording.folded->count(), 11u);
  EXPECT_EQ(metric(recorder, "fairlead_click_commits_total"), 2)
      << "one commit for all that queued up";
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
  EXPECT_EQ(metric(recorder, "fairlead_clicks_recorded_total", "valid"), 11);
  recorder.stop();
}

// Its pause would last for ever, so that what goes on has not waited for its end.
struct Gathering {
  Gathering() {
    recorder.start(threads.executors());
    recording.disk->set_open(false);
    push_clicks(recorder, threads, 1, 1, one);
    recording.disk->wait_for_syncs(1);
    push_clicks(recorder, threads, 2, 3, three);
    recording.disk->set_open(true);
    one.wait();
    three.wait();  // at once: the batch before was of one click
  }
  int commits() { return static_cast<int>(metric(recorder, "fairlead_click_commits_total")); }

  Recording recording{options_with(for_ever_ms), {}, std::chrono::hours(1)};
  Recorder& recorder = recording.recorder;
  Countdown one{1};
  Countdown three{3};
  Threads threads{1};
};

TEST(RecorderGroupCommit, ASyncWaitsForAsManyClicksAsSharedTheLast) {
  Gathering gathering;
  EXPECT_EQ(gathering.commits(), 2);
  Countdown left{3};
  push_clicks(gathering.recorder, gathering.threads, 10, 2, left);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(gathering.commits(), 2) << "two of three do not make a batch";
  push_clicks(gathering.recorder, gathering.threads, 12, 1, left);
  left.wait();
  EXPECT_EQ(gathering.commits(), 3) << "one sync for the three";
  gathering.recorder.stop();
}

TEST(RecorderGroupCommit, NobodyGathersWhenSomebodySettlesOrStops) {
  Gathering gathering;
  Countdown settled{1};
  push_clicks(gathering.recorder, gathering.threads, 10, 1, settled);
  EXPECT_TRUE(gathering.recorder.settle());
  settled.wait();
  Countdown two{2};
  push_clicks(gathering.recorder, gathering.threads, 11, 2, two);
  two.wait();
  Countdown stopped{1};
  push_clicks(gathering.recorder, gathering.threads, 13, 1, stopped);
  gathering.recorder.stop();
  stopped.wait();
  EXPECT_EQ(metric(gathering.recorder, "fairlead_clicks_unconfirmed_total"), 0);
}

// The writer writes the second click before the wake-up for it has run; that late wake-up finds
// nothing to do, and must not leave the writer asleep but counted as awake.
TEST(RecorderGroupCommit, AWakeUpThatComesTooLateDoesNotCostTheNextClickItsOwn) {
  constexpr std::uint32_t wait_ms = 400;  // the writer looks by itself after a second
  Recording recording(options_with(wait_ms));
  Recorder& recorder = recording.recorder;
  Threads threads(1);
  recorder.start(threads.executors());
  recording.disk->set_open(false);
  Countdown first{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 1, first),
                        boost::asio::detached);
  recording.disk->wait_for_syncs(1);
  Countdown second{1};
  std::promise<void> late;
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 2, second),
                        boost::asio::detached);
  boost::asio::dispatch(threads.executor(0), [&] {
    recording.disk->set_open(true);
    while (metric(recorder, "fairlead_click_commits_total") < 2)
      std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the writer goes to sleep
    boost::asio::post(threads.executor(0), [&] { late.set_value(); });
  });
  late.get_future().wait();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // and wakes for nothing
  Countdown third{1};
  boost::asio::co_spawn(threads.executor(0), record_one(recorder, 0, 3, third),
                        boost::asio::detached);
  third.wait();
  EXPECT_EQ(metric(recorder, "fairlead_clicks_unconfirmed_total"), 0);
  recorder.stop();
}

}  // namespace
}  // namespace fairlead::redirect
