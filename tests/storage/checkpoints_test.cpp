// SQLite before 3.51.3 can lose committed pages when one connection checkpoints while another
// commits. So the database file is only ever written through one descriptor: that of the writer's
// connection.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/storage/disk_faults.hpp"
#include "tests/storage/notes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

using test::DiskCall;
using test::DiskWatch;
using test::notes;
using test::write_note;

namespace {

std::uintmax_t wal_bytes(const std::string& file) {
  return std::filesystem::file_size(file + "-wal");
}

// The descriptors through which the database file itself, not its log, was written.
std::set<int> writers_of(const std::string& file, const std::vector<DiskCall>& calls) {
  std::set<int> writers;
  for (const DiskCall& call : calls) {
    if (call.path == file && call.kind != DiskCall::Kind::sync) writers.insert(call.file);
  }
  return writers;
}

}  // namespace

TEST(Checkpoints, RunOnTheWritersConnectionOnly) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const DiskWatch watch(file);
  auto database = test::open_file(file);
  // Readers and a program that only looks come and go while the log passes its limit several times.
  std::atomic<bool> is_done{false};
  std::thread reader([&] {
    while (!is_done) {
      storage::OpenOptions options;
      options.url = "sqlite:" + file;
      auto looking = storage::open_read_only(options).value();
      EXPECT_LE(notes(*looking).size(), 60U);
      EXPECT_LE(notes(*database).size(), 60U);
    }
  });
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(write_note(*database, i, 1'000'000));
    if (i % 10 == 0) database->maintain();
  }
  is_done = true;
  reader.join();
  EXPECT_EQ(writers_of(file, watch.calls()).size(), 1U);

  storage::OpenOptions options;
  options.url = "sqlite:" + file;
  auto looking = storage::open_read_only(options).value();
  database.reset();
  looking.reset();  // the last one to close must not checkpoint either
  EXPECT_EQ(writers_of(file, watch.calls()).size(), 1U);
}

TEST(Checkpoints, ACommitStartsOneWhenTheLogIsLong) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(write_note(*database, i, 1'000'000));
  EXPECT_LT(wal_bytes(file), 20'000'000U);
}

TEST(Checkpoints, MaintainStartsOneEarlier) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(write_note(*database, i, 1'000'000));
    database->maintain();
  }
  EXPECT_LT(wal_bytes(file), 8'000'000U);
}

TEST(Checkpoints, ALongReaderOnlyDelaysThem) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  int number = 0;
  database
      ->read([&](storage::Session& s) {
        s.run(test::list_notes);
        for (; number < 30; ++number)
          ASSERT_TRUE(write_note(*database, number, 1'000'000));
        EXPECT_GT(wal_bytes(file), 30'000'000U);
        EXPECT_EQ(s.run(test::list_notes).size(), 0U);
      })
      .value();
  for (; number < 90; ++number)
    ASSERT_TRUE(write_note(*database, number, 1'000'000));
  EXPECT_LT(wal_bytes(file), 52'000'000U);
  EXPECT_EQ(notes(*database).size(), 90U);
}

TEST(Checkpoints, OnlyOneFunctionOfTheTreeCanStartOne) {
  const std::filesystem::path tree = FAIRLEAD_SOURCE_DIR;
  std::vector<std::string> files;
  for (const char* folder :
       {"core", "storage", "net", "redirect", "codes", "attribution", "ledger", "admin", "app"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree / folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path());
      const std::string text((std::istreambuf_iterator<char>(in)), {});
      if (text.find("wal_checkpoint") != text.npos) {
        files.push_back(std::filesystem::relative(entry.path(), tree).string());
      }
    }
  }
  EXPECT_EQ(files, std::vector<std::string>{"storage/sqlite/connection.cpp"});
}

}  // namespace fairlead
