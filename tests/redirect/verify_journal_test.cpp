// What waits in the journal is counted, what was confirmed and is damaged is named, and a server at
// work is never taken for damage.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "redirect/click_folder.hpp"
#include "redirect/click_store.hpp"
#include "redirect/redirect.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

constexpr std::size_t segment_bytes = 16 * 1024;
constexpr std::size_t page_bytes = 4096;

class WaitingJournal : public testing::Test {
 protected:
  std::string file() const { return directory_.file("clicks.db"); }
  std::string journal_directory() const { return file() + ".journal"; }
  std::unique_ptr<ClickStore> open_store() const {
    return ClickStore::open(
               storage::open({.url = "sqlite:" + file(), .schema = storage::Schema::clicks})
                   .value())
        .value();
  }
  std::unique_ptr<Journal> open_journal(JournalPosition folded) const {
    return Journal::open(journal_directory(), folded, {.segment_bytes = segment_bytes}).value();
  }
  static std::string records(std::int64_t first, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i)
      append_record(bytes, {.id = {first + i}, .brand = {1}, .link = {2}, .day = {19'675}});
    return bytes;
  }
  // A click file that has the first batch of `batches`, of two clicks each, one page each.
  void write(int batches) const {
    const auto journal = open_journal({});
    for (int i = 0; i < batches; ++i)
      ASSERT_TRUE(journal->append(records(1'000 + 10 * i, 2)));
    const ClickRecord first{.id = {1'000}, .brand = {1}, .link = {2}, .day = {19'675}};
    ASSERT_TRUE(open_store()->append(std::vector{first}, {1}));
  }
  WaitingClicks verified() const {
    const auto clicks =
        storage::open_read_only({.url = "sqlite:" + file(), .schema = storage::Schema::clicks});
    auto waiting = verify_journal(**clicks, file());
    EXPECT_TRUE(waiting) << waiting.error().detail;
    return std::move(*waiting);
  }
  // A bit within the records of a batch.
  void damage(std::int64_t batch, std::size_t page) const {
    std::fstream segment(journal_directory() + "/00000" + std::to_string(batch) + ".segment",
                         std::ios::in | std::ios::out | std::ios::binary);
    segment.seekg(static_cast<std::streamoff>(page * page_bytes + 40));
    const int byte = segment.get();
    segment.seekp(static_cast<std::streamoff>(page * page_bytes + 40));
    segment.put(static_cast<char>(byte ^ 1));
  }

  test::TemporaryDirectory directory_;
};

TEST_F(WaitingJournal, ThatIsNotThereHoldsNothingAndIsNotMade) {
  open_store();
  EXPECT_EQ(verified().clicks, 0);
  EXPECT_FALSE(std::filesystem::exists(journal_directory()));
}

TEST_F(WaitingJournal, CountsTheClicksBehindTheClickFile) {
  write(4);
  const WaitingClicks waiting = verified();
  EXPECT_EQ(waiting.clicks, 6);
  EXPECT_TRUE(waiting.differences.empty());
}

TEST_F(WaitingJournal, NamesADamagedBatchOnce) {
  write(4);
  damage(1, 2);
  const WaitingClicks waiting = verified();
  EXPECT_EQ(waiting.clicks, 4);
  ASSERT_EQ(waiting.differences.size(), 1u);
  EXPECT_EQ(waiting.differences[0].what, "journal batch 3");
  EXPECT_EQ(waiting.differences[0].stored, "damaged or missing");
}

TEST_F(WaitingJournal, NamesARunOfDamagedBatchesInOneLine) {
  write(9);
  for (const std::size_t page : {1, 2, 3})
    damage(1, page);
  damage(2, 1);  // batch 6
  const WaitingClicks waiting = verified();
  EXPECT_EQ(waiting.clicks, 8);
  ASSERT_EQ(waiting.differences.size(), 2u);
  EXPECT_EQ(waiting.differences[0].what, "journal batches 2 to 4");
  EXPECT_EQ(waiting.differences[1].what, "journal batch 6");
}

TEST_F(WaitingJournal, DoesNotMindDamageToWhatIsFoldedOrWasCutOff) {
  write(4);
  damage(1, 0);  // in the click file
  damage(1, 3);  // the last: as if its write had been cut off
  const WaitingClicks waiting = verified();
  EXPECT_EQ(waiting.clicks, 4);
  EXPECT_TRUE(waiting.differences.empty());
}

TEST_F(WaitingJournal, NamesABatchWhoseRecordsAreNone) {
  write(1);
  {
    const auto journal = open_journal({});
    ASSERT_TRUE(journal->append(records(2'000, 1) + "no record"));
  }
  const WaitingClicks waiting = verified();
  EXPECT_EQ(waiting.clicks, 1);
  ASSERT_EQ(waiting.differences.size(), 1u);
  EXPECT_EQ(waiting.differences[0].what, "journal batch 2");
  EXPECT_EQ(waiting.differences[0].stored, "9 bytes that are none");
}

TEST_F(WaitingJournal, AtWorkIsNeverTakenForDamage) {
  const auto journal = open_journal({});
  ClickFolder folder(open_store(), *journal);
  folder.start();
  std::atomic<bool> is_over{false};
  std::atomic<std::int64_t> appended{0};
  std::thread writer([&] {
    while (!is_over.load()) {
      const std::string batch = records(1'000 + 2 * appended.load(), 2);
      folder.take(journal->append(batch).value(), batch);
      if (++appended % 10 == 0) folder.settle(journal->last());  // segments come round soon
    }
  });
  int looks = 0;
  for (; looks < 100 || appended.load() < 200; ++looks) {
    const WaitingClicks waiting = verified();
    for (const core::Difference& one : waiting.differences)
      ADD_FAILURE() << one.what << ": " << one.stored << " after " << appended.load();
  }
  is_over = true;
  writer.join();
  EXPECT_TRUE(folder.settle(journal->last()));
  folder.stop();
  EXPECT_EQ(verified().clicks, 0);
}

}  // namespace
}  // namespace fairlead::redirect
