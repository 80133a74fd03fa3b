// A disk that fails, at every single call of a few commits, and a disk that is full.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/storage/disk_faults.hpp"
#include "tests/storage/notes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

using core::Errc;
using test::DiskCall;
using test::DiskWatch;
using test::notes;
using test::write_note;

namespace {

int count(const std::vector<DiskCall>& calls, DiskCall::Kind kind) {
  return static_cast<int>(std::count_if(calls.begin(), calls.end(),
                                        [&](const DiskCall& call) { return call.kind == kind; }));
}

double metric(storage::Database& database, std::string_view name) {
  std::vector<core::Metric> metrics;
  database.append_metrics(metrics);
  for (const auto& one : metrics) {
    if (one.name == name) return one.value;
  }
  return -1;
}

}  // namespace

TEST(DiskFaults, EveryCommitIsSynced) {
  const test::TemporaryDirectory directory;
  const auto database = test::open_file(directory.file("fairlead.db"));
  const DiskWatch watch(directory.file("fairlead.db-wal"));
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(write_note(*database, i));
  EXPECT_GE(count(watch.calls(), DiskCall::Kind::sync), 10);
}

// Fails the Nth call and all after it, for every N until a run is not hit any more.
TEST(DiskFaults, AfterAFailedWriteNothingIsCommittedAndNothingConfirmedIsLost) {
  bool was_hit = true;
  int nth = 0;
  while (was_hit) {
    ++nth;
    SCOPED_TRACE("the disk fails from call " + std::to_string(nth));
    const test::TemporaryDirectory directory;
    const std::string file = directory.file("fairlead.db");
    std::vector<int> confirmed;
    {
      auto database = test::open_file(file);
      DiskWatch watch(file);
      watch.fail_from(nth, EIO);
      for (int i = 0; i < 4; ++i) {
        const auto done = write_note(*database, i);
        if (done) {
          confirmed.push_back(i);
          continue;
        }
        EXPECT_EQ(done.error().code, Errc::io) << done.error().detail;
        watch.forget();
      }
      was_hit = watch.failures() > 0;
      if (was_hit) {
        EXPECT_LT(confirmed.size(), 4U);
        // Even when the disk says yes again, nothing is written through this connection.
        watch.heal();
        watch.forget();
        const auto later = write_note(*database, 99);
        ASSERT_FALSE(later);
        EXPECT_EQ(later.error().code, Errc::io);
        EXPECT_EQ(database->check().error().code, Errc::io);
        EXPECT_EQ(metric(*database, "fairlead_storage_failed"), 1);
        database.reset();
        EXPECT_EQ(count(watch.calls(), DiskCall::Kind::write), 0);
        EXPECT_EQ(count(watch.calls(), DiskCall::Kind::sync), 0);
      }
    }
    const auto again = test::open_file(file);
    auto found = notes(*again);
    // The one that failed may be there or not; those that were confirmed are.
    ASSERT_GE(found.size(), confirmed.size());
    ASSERT_LE(found.size(), confirmed.size() + 1);
    found.resize(confirmed.size());
    EXPECT_EQ(found, confirmed);
    EXPECT_TRUE(write_note(*again, 100));
  }
  EXPECT_GT(nth, 12) << "four commits make more calls than that";
}

TEST(DiskFaults, AFullDiskRefusesAndRecoversByItself) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  ASSERT_TRUE(write_note(*database, 1));
  DiskWatch watch(file);
  watch.fail_from(1, ENOSPC);
  for (int i = 2; i < 5; ++i) {
    const auto done = write_note(*database, i, 20'000);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::no_space) << done.error().detail;
  }
  EXPECT_EQ(database->check().error().code, Errc::no_space);
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 1);
  EXPECT_EQ(notes(*database), std::vector<int>{1}) << "reads go on";
  watch.heal();
  EXPECT_TRUE(database->check());
  EXPECT_TRUE(write_note(*database, 5));
  EXPECT_EQ(notes(*database), (std::vector<int>{1, 5}));
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 0);
  EXPECT_EQ(metric(*database, "fairlead_storage_failed"), 0);
}

TEST(DiskFaults, AStartOnAFullDiskReadsWhatACrashLeftAndWritesWhenThereIsRoom) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const std::vector<std::string> crashed = {directory.file("a.db"), directory.file("b.db")};
  {
    const auto database = test::open_file(file);
    ASSERT_TRUE(write_note(*database, 1));
    for (const std::string& copy : crashed)  // as kill -9 would leave them
      for (const std::string end : {"", "-wal", "-shm"})
        std::filesystem::copy_file(file + end, copy + end);
  }
  // Syncing and shortening the log need no room, its first write does.
  int first_write = 1;
  {
    const DiskWatch watch(crashed[0] + "-wal");
    test::open_file(crashed[0]);
    for (const DiskCall& call : watch.calls()) {
      if (call.kind == DiskCall::Kind::write) break;
      ++first_write;
    }
  }
  DiskWatch watch(crashed[1] + "-wal");
  watch.fail_from(first_write, ENOSPC);
  const auto database = test::open_file(crashed[1]);
  EXPECT_EQ(notes(*database), std::vector<int>{1});
  EXPECT_EQ(write_note(*database, 2).error().code, Errc::no_space);
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 1);
  EXPECT_EQ(database->check().error().code, Errc::no_space);
  watch.heal();
  EXPECT_TRUE(database->check());
  EXPECT_TRUE(write_note(*database, 3));
  EXPECT_EQ(notes(*database), (std::vector<int>{1, 3}));
  EXPECT_EQ(metric(*database, "fairlead_storage_full"), 0);
}

TEST(DiskFaults, ANewFileIsNotStartedOnAFullDisk) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  DiskWatch watch(file);
  watch.fail_from(1, ENOSPC);
  const auto opened = storage::open({.url = "sqlite:" + file});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find(file), std::string::npos) << opened.error().detail;
}

TEST(DiskFaults, AFailedCheckpointClosesTheFileForCommits) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(write_note(*database, i, 1'000'000));
  {
    DiskWatch watch(file);
    watch.fail_from(1, EIO);
    database->maintain();
    EXPECT_GT(watch.failures(), 0);
  }
  EXPECT_EQ(write_note(*database, 7).error().code, Errc::io);
  EXPECT_EQ(notes(*database).size(), 6U);
}

}  // namespace fairlead
