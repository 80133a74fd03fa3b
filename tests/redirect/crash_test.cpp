// The process ends, as by kill -9, at every call the recorder makes of the journal's disk and
// before and after every transaction of the click file: what was answered is stored once.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "redirect/click_store.hpp"
#include "redirect/recorder.hpp"
#include "tests/redirect/faulty_disk.hpp"
#include "tests/redirect/io_threads.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::redirect {
namespace {

constexpr int clicks_asked = 40;
constexpr std::size_t segment_bytes = 16 * 1024;

// Where a life ends: at the Nth time that this is reached.
struct End {
  enum class At { write, sync, synced, make, before_fold, after_fold } at;
  int number;
};

[[noreturn]] void die() {
  ::_exit(9);
}

class DyingSink final : public ClickSink {
 public:
  DyingSink(std::unique_ptr<ClickSink> real, End end) : real_(std::move(real)), end_(end) {}
  JournalPosition position() const override { return real_->position(); }
  core::Result<std::size_t> append(std::span<const ClickRecord> clicks,
                                   JournalPosition upto) override {
    const bool is_last = ++folds_ == end_.number;
    if (is_last && end_.at == End::At::before_fold) die();
    auto added = real_->append(clicks, upto);
    if (is_last && end_.at == End::At::after_fold) die();
    return added;
  }
  bool maintain() override { return real_->maintain(); }

 private:
  std::unique_ptr<ClickSink> real_;
  End end_;
  int folds_ = 0;
};

class DyingDisk final : public JournalDisk {
 public:
  explicit DyingDisk(End end) : end_(end) {}
  int write(int file, std::span<iovec> parts, std::int64_t at) override {
    if (is_at(End::At::write, writes_)) {
      parts.front().iov_len /= 2;  // a torn frame is all that gets there
      JournalDisk::write(file, parts.first(1), at);
      die();
    }
    return JournalDisk::write(file, parts, at);
  }
  int sync(int file) override {
    if (is_at(End::At::sync, syncs_)) die();
    const int error = JournalDisk::sync(file);
    if (end_.at == End::At::synced && syncs_ == end_.number) die();
    return error;
  }
  int make(const std::string& directory, const std::string& name, std::size_t bytes) override {
    if (is_at(End::At::make, makes_)) die();
    return JournalDisk::make(directory, name, bytes);
  }

 private:
  bool is_at(End::At at, std::atomic<int>& count) {
    return ++count == end_.number && end_.at == at;
  }
  End end_;
  std::atomic<int> writes_{0};
  std::atomic<int> syncs_{0};
  std::atomic<int> makes_{0};
};

std::unique_ptr<ClickStore> open_store(const std::string& file) {
  return ClickStore::open(
             storage::open({.url = "sqlite:" + file, .schema = storage::Schema::clicks}).value())
      .value();
}

net::Task<void> click_and_tell(Recorder& recorder, std::int64_t from, int pipe,
                               test::Countdown& left) {
  for (int i = 0; i < clicks_asked; ++i) {
    const ClickRecord click{.id = {from + i},
                            .brand = {1},
                            .link = {2},
                            .day = {19'675},
                            .utm = "utm_source=a-text-that-makes-a-record-longer"};
    test::Held held;
    if (recorder.push(0, click, held)) co_await held.released();
    if (::write(pipe, &click.id.number, sizeof click.id.number) != sizeof click.id.number) die();
  }
  left.count();
}

// One life of a recorder in a process of its own; ends there.
[[noreturn]] void live(const std::string& file, std::int64_t from, End end, int pipe) {
  Options options;
  options.commit_wait_ms_max = 60'000;  // so long that an answer is a promise
  auto store = open_store(file);
  const JournalPosition position = store->position();
  Recorder recorder({.sink = std::make_unique<DyingSink>(std::move(store), end),
                     .journal = Journal::open(file + ".journal", position,
                                              {.segment_bytes = segment_bytes,
                                               .disk = std::make_shared<DyingDisk>(end)})
                                    .value()},
                    options);
  test::IoThreads threads(1);
  recorder.start(threads.executors());
  test::Countdown left(1);
  boost::asio::co_spawn(threads.executor(0), click_and_tell(recorder, from, pipe, left),
                        boost::asio::detached);
  left.wait();
  threads.join();
  recorder.stop();
  ::_exit(0);
}

struct Life {
  std::vector<std::int64_t> answered;
  bool was_killed = false;
};

Life run_life(const std::string& file, std::int64_t from, End end) {
  int ends[2];
  if (::pipe(ends) != 0) ADD_FAILURE() << "no pipe";
  const pid_t child = ::fork();
  if (child == 0) live(file, from, end, ends[1]);
  ::close(ends[1]);
  Life life;
  std::int64_t number = 0;
  while (::read(ends[0], &number, sizeof number) == sizeof number)
    life.answered.push_back(number);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << status;
  life.was_killed = WIFEXITED(status) && WEXITSTATUS(status) == 9;
  return life;
}

std::vector<std::int64_t> stored_clicks(const std::string& file) {
  {
    auto store = open_store(file);
    const auto journal =
        Journal::open(file + ".journal", store->position(), {.segment_bytes = segment_bytes})
            .value();
    ClickFolder folder(std::move(store), *journal);
    folder.start();
    EXPECT_TRUE(folder.settle(journal->last()));
  }
  const test::TestStatement all("SELECT click_id FROM clicks ORDER BY click_id");
  std::vector<std::int64_t> stored;
  auto clicks =
      storage::open_read_only({.url = "sqlite:" + file, .schema = storage::Schema::clicks}).value();
  const auto read = clicks->read([&](storage::Session& session) {
    const storage::Rows rows = session.run(all);
    for (const storage::Row& row : rows)
      stored.push_back(row.integer(0));
  });
  EXPECT_TRUE(read);
  return stored;
}

class Crashes : public testing::TestWithParam<End::At> {};

TEST_P(Crashes, AtEveryStepLoseNothingAnsweredAndStoreNothingTwice) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("clicks.db");
  std::vector<std::int64_t> answered;
  std::int64_t from = core::first_id_at({1'700'000'000'000'000});
  int kills = 0;
  for (const int number : {1, 2, 3, 5, 10, 20}) {
    const Life life = run_life(file, from, {GetParam(), number});
    kills += life.was_killed;
    answered.insert(answered.end(), life.answered.begin(), life.answered.end());
    from += 1000;
  }
  EXPECT_GT(kills, 0) << "nothing was tried";
  const std::vector<std::int64_t> stored = stored_clicks(file);
  EXPECT_TRUE(std::includes(stored.begin(), stored.end(), answered.begin(), answered.end()))
      << answered.size() << " answered, " << stored.size() << " stored";
  // In each life one click was on its way; it may be there.
  EXPECT_LE(stored.size(), answered.size() + 6);
}

INSTANTIATE_TEST_SUITE_P(Steps, Crashes,
                         testing::Values(End::At::write, End::At::sync, End::At::synced,
                                         End::At::make, End::At::before_fold, End::At::after_fold));

}  // namespace
}  // namespace fairlead::redirect
