// The folder stores every batch of the journal once and in order: from memory, from disk when it
// fell behind, and what an earlier process left.
#include "redirect/click_folder.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

struct Stored {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_open = true;
  std::vector<std::int64_t> clicks;
  std::vector<std::int64_t> positions;
  std::vector<std::size_t> activated_behind;  // how many clicks, for each activation
  bool is_refusing = false;                   // of append()
  int maintained = 0;
  bool has_memory_to_maintain = true;

  void set_open(bool open) {
    const std::scoped_lock lock(mutex);
    is_open = open;
    changed.notify_all();
  }
  std::vector<std::int64_t> all() {
    const std::scoped_lock lock(mutex);
    return clicks;
  }
};

class GatedSink final : public ClickSink {
 public:
  GatedSink(std::shared_ptr<Stored> stored, JournalPosition position)
      : stored_(std::move(stored)), position_(position) {}
  JournalPosition position() const override { return position_; }
  core::Result<std::size_t> append(std::span<const ClickRecord> clicks,
                                   JournalPosition upto) override {
    std::unique_lock lock(stored_->mutex);
    stored_->changed.wait(lock, [&] { return stored_->is_open; });
    if (stored_->is_refusing) return core::fail(core::Errc::busy, "refused");
    for (const ClickRecord& click : clicks)
      stored_->clicks.push_back(click.id.number);
    stored_->positions.push_back(upto.batch);
    return clicks.size();
  }
  core::Result<std::size_t> activate(const Activation& activation) override {
    const std::scoped_lock lock(stored_->mutex);
    stored_->activated_behind.push_back(stored_->clicks.size());
    stored_->changed.notify_all();
    return activation.clicks.size();
  }
  bool maintain() override {
    const std::scoped_lock lock(stored_->mutex);
    ++stored_->maintained;
    stored_->changed.notify_all();
    if (!stored_->has_memory_to_maintain) throw std::bad_alloc();
    return false;
  }

 private:
  std::shared_ptr<Stored> stored_;
  JournalPosition position_;
};

std::string record_number(std::int64_t number) {
  std::string bytes;
  append_record(bytes, {.id = {number}});
  return bytes;
}

std::vector<std::int64_t> numbers(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> all;
  for (; from <= to; ++from)
    all.push_back(from);
  return all;
}

class Folding : public testing::Test {
 protected:
  void open(JournalPosition position, FolderLimits limits = {}) {
    folder.reset();
    journal = Journal::open(directory.file("journal"), position, {.segment_bytes = 16384}).value();
    folder = std::make_unique<ClickFolder>(std::make_unique<GatedSink>(stored, position), *journal,
                                           limits);
  }
  void record(std::int64_t number) {
    const std::string bytes = record_number(number);
    folder->take(journal->append(bytes).value(), bytes);
  }
  bool maintains(int times) {
    std::unique_lock lock(stored->mutex);
    return stored->changed.wait_for(lock, std::chrono::seconds(20),
                                    [&] { return stored->maintained >= times; });
  }

  test::TemporaryDirectory directory;
  std::shared_ptr<Stored> stored = std::make_shared<Stored>();
  std::unique_ptr<Journal> journal;
  std::unique_ptr<ClickFolder> folder;
};

TEST_F(Folding, StoresEachBatchOnceInOrder) {
  open({});
  folder->start();
  for (int i = 1; i <= 100; ++i)
    record(i);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_EQ(stored->all(), numbers(1, 100));
  EXPECT_EQ(stored->positions.back(), 100);
  folder->stop();
}

TEST_F(Folding, SharesATransactionUnderLoad) {
  open({});
  stored->set_open(false);
  folder->start();
  for (int i = 1; i <= 100; ++i)
    record(i);
  stored->set_open(true);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_LE(stored->positions.size(), 3u);
  folder->stop();
}

TEST_F(Folding, ReadsFromTheJournalWhatDidNotFitIntoMemory) {
  open({}, {.block_bytes = 500, .blocks_max = 2});
  stored->set_open(false);
  folder->start();
  for (int i = 1; i <= 200; ++i)
    record(i);
  stored->set_open(true);
  for (int i = 201; i <= 300; ++i)
    record(i);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_EQ(stored->all(), numbers(1, 300));
  folder->stop();
}

TEST_F(Folding, GoesOnWhereAnEarlierProcessStopped) {
  open({});
  for (int i = 1; i <= 10; ++i)
    record(i);  // journaled, never folded
  open({4});
  EXPECT_EQ(leftovers(*journal, {4}).value().clicks, 6);
  EXPECT_EQ(leftovers(*journal, {4}).value().newest, 10);
  folder->start();
  record(11);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_EQ(stored->all(), numbers(5, 11));
  folder->stop();
}

TEST_F(Folding, LooksAfterTheClickFileAlsoWhenNobodyClicks) {
  open({}, {.idle_pause = std::chrono::milliseconds(1)});
  folder->start();
  EXPECT_TRUE(maintains(3));
  record(1);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_EQ(stored->all(), numbers(1, 1));
  folder->stop();
}

TEST_F(Folding, GoesOnWhenThereIsNoMemoryToLookAfterTheClickFile) {
  open({}, {.idle_pause = std::chrono::milliseconds(1)});
  stored->has_memory_to_maintain = false;
  folder->start();
  EXPECT_TRUE(maintains(3)) << "between clicks, and again";
  record(1);
  EXPECT_TRUE(folder->settle(journal->last()));
  EXPECT_TRUE(folder->is_folding()) << "behind a fold";
  EXPECT_EQ(stored->all(), numbers(1, 1));
  folder->stop();
}

TEST_F(Folding, ActivatesBehindWhatWasTakenBefore) {
  open({});
  stored->set_open(false);
  folder->start();
  for (int i = 1; i <= 10; ++i)
    record(i);
  folder->activate({{{3}}, {}});
  record(11);
  stored->set_open(true);
  folder->stop();
  ASSERT_EQ(stored->activated_behind.size(), 1u);
  EXPECT_GE(stored->activated_behind[0], 10u);
  EXPECT_EQ(stored->all(), numbers(1, 11));
}

TEST_F(Folding, ActivatesWithoutANewClick) {
  open({});
  folder->start();
  folder->activate({{{3}}, {}});
  std::unique_lock lock(stored->mutex);
  EXPECT_TRUE(stored->changed.wait_for(lock, std::chrono::seconds(20),
                                       [&] { return stored->activated_behind.size() == 1; }));
}

TEST_F(Folding, DoesNotActivateBehindWhatCannotBeFolded) {
  open({});
  stored->is_refusing = true;
  folder->start();
  record(1);
  folder->activate({{{1}}, {}});
  EXPECT_FALSE(folder->settle(journal->last()));
  folder->stop();
  EXPECT_TRUE(stored->activated_behind.empty());
}

TEST_F(Folding, FoldsWhatIsLeftWhenItStops) {
  open({});
  folder->start();
  for (int i = 1; i <= 300; ++i)
    record(i);
  folder->stop();
  EXPECT_EQ(stored->all(), numbers(1, 300));
}

}  // namespace
}  // namespace fairlead::redirect
