// What opening a SQLite file promises and refuses.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

#include "tests/storage/notes.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

using core::Errc;
using test::notes;
using test::write_note;

namespace {

core::Error refusal(const std::string& url, storage::Schema schema = storage::Schema::main) {
  storage::OpenOptions options;
  options.url = url;
  options.schema = schema;
  const auto opened = storage::open(options);
  return opened ? core::fail(Errc::invalid, "was opened") : opened.error();
}

}  // namespace

TEST(Opening, AUrlOfNoEngineIsRefusedAndNotRepeated) {
  for (const char* url : {"", "sqlite:", "fairlead.db", "mysql://user:secret@host/db"}) {
    const auto error = refusal(url);
    EXPECT_EQ(error.code, Errc::config);
    EXPECT_NE(error.detail.find("sqlite:/path"), std::string::npos);
    EXPECT_EQ(error.detail.find("secret"), std::string::npos);
  }
}

TEST(Opening, APostgresThatDoesNotAnswerIsNamedWithoutItsPassword) {
  const auto error = refusal("postgresql://user:secret@127.0.0.1:1/db");
  EXPECT_EQ(error.code, Errc::config);
  EXPECT_NE(error.detail.find("127.0.0.1"), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find("port 1"), std::string::npos) << error.detail;
  EXPECT_EQ(error.detail.find("secret"), std::string::npos) << error.detail;
}

TEST(Opening, APostgresUrlThatCannotBeReadKeepsItsPassword) {
  const auto error = refusal("postgresql://user:secret@[::1/db");
  EXPECT_EQ(error.code, Errc::config);
  EXPECT_EQ(error.detail.find("secret"), std::string::npos) << error.detail;
}

TEST(Opening, ClicksAreNeverInPostgres) {
  EXPECT_EQ(refusal("postgresql://user@host/db", storage::Schema::clicks).code, Errc::config);
}

TEST(Opening, AMissingDirectoryIsNamed) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("missing") + "/fairlead.db";
  const auto error = refusal("sqlite:" + file);
  EXPECT_EQ(error.code, Errc::config);
  EXPECT_NE(error.detail.find(file), std::string::npos) << error.detail;
}

TEST(Opening, APathBelowAFileOrInAReadOnlyPlaceIsNamed) {
  for (const char* file : {"/dev/null/fairlead.db", "/proc/fairlead.db"}) {
    const auto error = refusal(std::string("sqlite:") + file);
    EXPECT_EQ(error.code, Errc::config);
    EXPECT_NE(error.detail.find(file), std::string::npos) << error.detail;
  }
}

TEST(Opening, AFileThatIsNoDatabaseIsLeftAsItIs) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const std::string text(10'000, 'x');
  std::ofstream(file) << text;
  const auto error = refusal("sqlite:" + file);
  EXPECT_EQ(error.code, Errc::io) << error.detail;
  EXPECT_NE(error.detail.find("not a database"), std::string::npos) << error.detail;
  std::ifstream in(file);
  EXPECT_EQ(std::string((std::istreambuf_iterator<char>(in)), {}), text);
}

TEST(Opening, ASecondServerIsRefusedAndToldWhoHoldsTheFile) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  auto first = test::open_file(file);
  const auto error = refusal("sqlite:" + file);
  EXPECT_EQ(error.code, Errc::busy);
  EXPECT_NE(error.detail.find(file), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find(std::to_string(::getpid())), std::string::npos) << error.detail;
  EXPECT_TRUE(write_note(*first, 1)) << "the first goes on";
  first.reset();
  EXPECT_EQ(notes(*test::open_file(file)), std::vector<int>{1});
}

TEST(Opening, OnlyTheOwnerMayReadTheFiles) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  const auto database = test::open_file(file);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

// A commit into a file that has no name any more would be confirmed and gone with the process.
TEST(Opening, ADeletedRenamedOrReplacedFileTakesNoMoreCommits) {
  for (const char* how : {"deleted", "renamed", "replaced"}) {
    const test::TemporaryDirectory directory;
    const std::string file = directory.file("fairlead.db");
    const auto database = test::open_file(file);
    ASSERT_TRUE(write_note(*database, 1)) << how;
    EXPECT_TRUE(database->check()) << how;
    if (how == std::string_view("deleted")) {
      std::filesystem::remove(file);
    } else {
      std::filesystem::rename(file, directory.file("elsewhere.db"));
      if (how == std::string_view("replaced")) std::ofstream(file) << "";
    }
    EXPECT_FALSE(database->check()) << how;
    const auto refused = write_note(*database, 2);
    ASSERT_FALSE(refused) << how;
    EXPECT_EQ(refused.error().code, Errc::io) << how;
    EXPECT_EQ(notes(*database), std::vector<int>{1}) << how << ": reading goes on";
  }
}

TEST(Opening, LookingNeedsADatabase) {
  const test::TemporaryDirectory directory;
  storage::OpenOptions options;
  options.url = "sqlite:" + directory.file("fairlead.db");
  EXPECT_EQ(storage::open_read_only(options).error().code, Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(directory.file("fairlead.db")));
  std::ofstream(directory.file("fairlead.db")).close();
  EXPECT_EQ(storage::open_read_only(options).error().code, Errc::not_found);
}

TEST(Opening, LookingWhereNothingCanBeWrittenSaysWhatToMakeWritable) {
  const test::TemporaryDirectory directory;
  storage::OpenOptions options;
  options.url = "sqlite:" + directory.file("fairlead.db");
  ASSERT_TRUE(storage::open(options));
  const std::string path = std::filesystem::path(directory.file("fairlead.db")).parent_path();
  ASSERT_EQ(::chmod(path.c_str(), 0555), 0);
  ASSERT_EQ(::chmod(directory.file("fairlead.db").c_str(), 0444), 0);
  const uid_t me = ::geteuid();
  constexpr uid_t nobody = 65'534;
  if (me == 0) {
    ASSERT_EQ(::seteuid(nobody), 0);  // to root everything is writable
  }
  const auto looking = storage::open_read_only(options);
  if (me == 0) {
    ASSERT_EQ(::seteuid(me), 0);
  }
  ::chmod(path.c_str(), 0755);
  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().code, Errc::config);
  EXPECT_TRUE(
      looking.error().detail.starts_with(directory.file("fairlead.db") + " cannot be written ("))
      << looking.error().detail;
  EXPECT_TRUE(
      looking.error().detail.ends_with("; make the file and its directory writable for this user"));
}

TEST(Opening, TheClickFileKeepsClicksInTheOrderOfTheirIds) {
  const test::TemporaryDirectory directory;
  storage::OpenOptions options;
  options.url = "sqlite:" + directory.file("clicks.db");
  options.schema = storage::Schema::clicks;
  const auto database = storage::open(options).value();
  // No index that every click is in: the id is the row's own key. The partial ones have only clicks
  // of visitors who are known by consent, or drawn into a holdout.
  const auto indexes = database->read([](storage::Session& s) {
    return s
        .run(test::TestStatement(
            "SELECT name FROM pragma_index_list('clicks') WHERE partial = 0 ORDER BY name LIMIT 9"))
        .size();
  });
  EXPECT_EQ(indexes.value(), 0U);
}

// Kills a process that writes at a random moment, again and again.
TEST(Opening, WhatWasConfirmedIsThereAfterAKill) {
  std::mt19937 random(test::random_seed());
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("fairlead.db");
  int confirmed = 0;
  for (int round = 0; round < 10; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto database = test::open_file(file);
      for (int number = static_cast<int>(notes(*database).size());; ++number) {
        if (!write_note(*database, number, 3'000)) ::_exit(1);
        if (::write(ends[1], "+", 1) != 1) ::_exit(1);
      }
    }
    ::close(ends[1]);
    const int kill_after = static_cast<int>(random() % 60);
    char byte = 0;
    for (int i = 0; i < kill_after && ::read(ends[0], &byte, 1) == 1; ++i)
      ++confirmed;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &byte, 1) == 1)
      ++confirmed;
    ::close(ends[0]);
    const auto found = notes(*test::open_file(file));
    ASSERT_GE(static_cast<int>(found.size()), confirmed);
    ASSERT_LE(static_cast<int>(found.size()), confirmed + 1);
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_EQ(found[i], static_cast<int>(i));
    confirmed = static_cast<int>(found.size());  // one more may have been committed unsaid
  }
}

}  // namespace fairlead
