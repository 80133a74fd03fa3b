// Writes that share a commit when the disk fails, at every single call of it; when the process is
// killed; and when the writer stays busy.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <thread>

#include "tests/storage/disk_faults.hpp"
#include "tests/storage/notes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

using core::Errc;
using test::DiskWatch;
using test::notes;

namespace {

double metric(storage::Database& database, std::string_view name) {
  std::vector<core::Metric> metrics;
  database.append_metrics(metrics);
  for (const auto& one : metrics) {
    if (one.name == name) return one.value;
  }
  return -1;
}

// What became of notes 1 … count, which were written in one batch while the disk failed from the
// nth call on. `failures` is how many calls failed.
struct Ended {
  std::vector<int> confirmed;
  std::vector<Errc> refused;
  int failures = 0;
};
Ended write_together(storage::Database& database, const std::string& file, int count, int nth,
                     int error) {
  Ended ended;
  std::promise<void> is_held;
  std::promise<void> may_end;
  auto holder = std::async(std::launch::async, [&] {
    return database.transact([&](storage::Session&) {
      is_held.set_value();
      may_end.get_future().wait();
    });
  });
  is_held.get_future().wait();
  std::vector<std::future<core::Result<void>>> writes;
  for (int i = 1; i <= count; ++i) {
    writes.push_back(
        std::async(std::launch::async, [&, i] { return test::write_note(database, i, 5'000); }));
    while (metric(database, "fairlead_storage_writes_waiting") < i)
      std::this_thread::yield();
  }
  DiskWatch watch(file);
  watch.fail_from(nth, error);
  may_end.set_value();
  EXPECT_TRUE(holder.get());  // wrote nothing, so it needs no disk
  for (int i = 1; i <= count; ++i) {
    if (auto done = writes[static_cast<std::size_t>(i) - 1].get()) {
      ended.confirmed.push_back(i);
    } else {
      ended.refused.push_back(done.error().code);
    }
  }
  ended.failures = watch.failures();
  return ended;
}

// Writes notes from several threads, both ways, until it is killed; tells of each that is
// confirmed.
[[noreturn]] void write_until_killed(const std::string& file, int confirmed) {
  const auto database = test::open_file(file);
  const auto tell = [confirmed](int number) {
    if (::write(confirmed, &number, sizeof number) != sizeof number) ::_exit(1);
  };
  const auto write_some = [&](int thread) {
    for (int i = 0;; ++i) {
      const int number = 100'000 * thread + i;
      if (i % 2 == 0) {
        if (test::write_note(*database, number)) tell(number);
        continue;
      }
      std::promise<void> is_told;
      database->transact_async(
          [=](storage::Session& s) { return s.run(test::insert_note, number, "").changed; },
          [&](auto outcome) {
            if (outcome.get()) tell(number);
            is_told.set_value();
          });
      is_told.get_future().wait();
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 1; thread <= 8; ++thread)
    threads.emplace_back(write_some, thread);
  for (auto& thread : threads)
    thread.join();
  ::_exit(1);
}

}  // namespace

TEST(GroupCommit, KillNineLosesNothingThatWasConfirmed) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) write_until_killed(file, ends[1]);
  ::close(ends[1]);
  std::vector<int> confirmed;
  for (int number = 0; ::read(ends[0], &number, sizeof number) == sizeof number;) {
    confirmed.push_back(number);
    if (confirmed.size() == 500) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  std::sort(confirmed.begin(), confirmed.end());
  const auto again = test::open_file(file);
  const auto found = notes(*again);
  EXPECT_GE(confirmed.size(), 500U);
  EXPECT_TRUE(std::includes(found.begin(), found.end(), confirmed.begin(), confirmed.end()));
}

TEST(GroupCommit, AFailedDiskEndsEveryWriteThatSharedTheCommit) {
  constexpr int count = 5;
  bool was_hit = true;
  int nth = 0;
  while (was_hit) {
    ++nth;
    SCOPED_TRACE("the disk fails from call " + std::to_string(nth));
    const test::TemporaryDirectory directory;
    const std::string file = directory.file("fairlead.db");
    Ended ended;
    {
      const auto database = test::open_file(file);
      ended = write_together(*database, file, count, nth, EIO);
      was_hit = ended.failures > 0;
      EXPECT_EQ(ended.refused.empty(), !was_hit);
      for (const Errc code : ended.refused)
        EXPECT_EQ(code, Errc::io);
      EXPECT_EQ(metric(*database, "fairlead_storage_failed"), was_hit ? 1 : 0);
    }
    const auto again = test::open_file(file);
    const auto found = notes(*again);
    EXPECT_TRUE(
        std::includes(found.begin(), found.end(), ended.confirmed.begin(), ended.confirmed.end()));
  }
  EXPECT_GT(nth, 3) << "a commit makes more calls than that";
}

TEST(GroupCommit, AFullDiskRefusesAllThatShareTheCommitAndRecovers) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  const Ended ended = write_together(*database, file, 5, 1, ENOSPC);
  EXPECT_TRUE(ended.confirmed.empty());
  EXPECT_EQ(ended.refused, std::vector<Errc>(5, Errc::no_space));
  EXPECT_EQ(notes(*database), std::vector<int>{});
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 1);
  EXPECT_TRUE(test::write_note(*database, 6));
  EXPECT_EQ(notes(*database), std::vector<int>{6});
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 0);
}

TEST(GroupCommit, WhoWaitsTooLongGivesUpAndTheOthersDoNot) {
  const test::TemporaryDirectory directory;
  const auto database =
      storage::open({.url = "sqlite:" + directory.file("fairlead.db"), .busy_timeout_ms = 50})
          .value();
  std::promise<void> is_held;
  std::promise<void> may_end;
  auto holder = std::async(std::launch::async, [&] {
    return database->transact([&](storage::Session&) {
      is_held.set_value();
      may_end.get_future().wait();
    });
  });
  is_held.get_future().wait();
  std::promise<bool> written;
  database->transact_async(
      [](storage::Session& s) { return s.run(test::insert_note, 1, "").changed; },
      [&](auto outcome) { written.set_value(outcome.get().has_value()); });
  EXPECT_EQ(test::write_note(*database, 2).error().code, Errc::busy);
  may_end.set_value();
  EXPECT_TRUE(holder.get());
  EXPECT_TRUE(written.get_future().get());
  EXPECT_EQ(notes(*database), std::vector<int>{1});
}

}  // namespace fairlead
