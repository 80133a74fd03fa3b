// The journal's promises on real files: what was answered is read again, what was not is not made
// up, and no fault of the disk leaves anything in between.
#include "redirect/journal.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "redirect/checksum.hpp"
#include "tests/redirect/faulty_disk.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::redirect {
namespace {

using test::FaultyDisk;
constexpr std::size_t segment_bytes = 16 * 1024;

class Journals : public testing::Test {
 protected:
  core::Result<std::unique_ptr<Journal>> try_open(std::int64_t folded = 0,
                                                  std::size_t segments_max = 100) {
    return Journal::open(directory(), {folded}, {segment_bytes, segments_max, disk});
  }
  std::unique_ptr<Journal> open(std::int64_t folded = 0, std::size_t segments_max = 100) {
    return try_open(folded, segments_max).value();
  }
  std::string directory() const { return directory_.file("clicks.db.journal"); }
  std::vector<std::string> segments() const {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator(directory()))
      found.push_back(file.path().string());
    std::sort(found.begin(), found.end());
    return found;
  }
  static std::string read_all(const Journal& journal, std::int64_t after = 0) {
    std::string records;
    const auto read = journal.read({after}, journal.last(), SIZE_MAX, records);
    EXPECT_TRUE(read) << read.error().detail;
    return records;
  }
  static void change_byte(const std::string& path, std::size_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1));
  }

  test::TemporaryDirectory directory_;
  std::shared_ptr<FaultyDisk> disk = std::make_shared<FaultyDisk>();
};

TEST(Crc32c, IsTheOneOfTheStandardByBothWays) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);  // RFC 3720, B.4, and every list of CRCs
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(""), 0u);
  test::Random random;
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = random.bytes(random.between(0, 100));
    EXPECT_EQ(crc32c(bytes), crc32c_by_table(bytes));
    EXPECT_EQ(crc32c(bytes.substr(bytes.size() / 2), crc32c(bytes.substr(0, bytes.size() / 2))),
              crc32c(bytes));
  }
}

TEST_F(Journals, WhatWasAnsweredIsReadAgainAfterARestart) {
  {
    const auto journal = open();
    EXPECT_EQ(journal->append("one,").value().batch, 1);
    EXPECT_EQ(journal->append("two,").value().batch, 2);
    EXPECT_EQ(read_all(*journal), "one,two,");
  }
  const auto journal = open();
  EXPECT_EQ(journal->last().batch, 2);
  EXPECT_EQ(read_all(*journal), "one,two,");
  EXPECT_EQ(read_all(*journal, 1), "two,");
  EXPECT_EQ(journal->append("three,").value().batch, 3) << "numbers go on";
  EXPECT_EQ(read_all(*journal), "one,two,three,");
}

TEST_F(Journals, WhatIsFoldedIsNotReadAgain) {
  {
    const auto journal = open();
    for (const char* text : {"one,", "two,", "three,"})
      ASSERT_TRUE(journal->append(text));
  }
  EXPECT_EQ(read_all(*open(2), 2), "three,");
  const auto journal = open(3);
  EXPECT_EQ(read_all(*journal), "");
  EXPECT_EQ(journal->append("four,").value().batch, 4);
}

TEST_F(Journals, SegmentsAreWrittenOverWhenTheyAreFolded) {
  const auto journal = open();
  const std::string page(4000, 'x');  // four frames fill a segment
  for (int round = 1; round <= 200; ++round) {
    ASSERT_TRUE(journal->append(page));
    journal->free_until({round - 2});
    journal->prepare();
  }
  EXPECT_LE(segments().size(), 4u);
  EXPECT_EQ(read_all(*open(198), 198), page + page) << "old frames beside them stay unread";
}

TEST_F(Journals, ReadsNoMoreThanAskedForButAlwaysOneBatch) {
  const auto journal = open();
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(journal->append(std::string(100, static_cast<char>('a' + i))));
  std::string records;
  EXPECT_EQ(journal->read({0}, {5}, 250, records).value().batch, 2);
  EXPECT_EQ(records.size(), 200u);
  EXPECT_EQ(journal->read({2}, {5}, 1, records).value().batch, 3);
  EXPECT_EQ(journal->read({3}, {4}, SIZE_MAX, records).value().batch, 4);
  EXPECT_EQ(journal->read({5}, {5}, 250, records).value().batch, 5) << "nothing there";
}

TEST_F(Journals, ATornTailIsNotReadAndIsWrittenOver) {
  for (const std::size_t torn_at : {std::size_t{0}, std::size_t{4}, std::size_t{8}, std::size_t{20},
                                    std::size_t{24}, std::size_t{5000}, std::size_t{6023}}) {
    std::filesystem::remove_all(directory());
    {
      const auto journal = open();
      ASSERT_TRUE(journal->append("whole,"));
      ASSERT_TRUE(journal->append(std::string(6000, 't')));
    }
    change_byte(segments().front(), 4096 + torn_at);
    const auto journal = open();
    EXPECT_EQ(journal->last().batch, 1) << torn_at;
    EXPECT_EQ(read_all(*journal), "whole,") << torn_at;
    EXPECT_EQ(journal->append("next,").value().batch, 2);
    EXPECT_EQ(read_all(*journal), "whole,next,");
  }
}

TEST_F(Journals, DamageInTheMiddleHidesItsOwnBatchOnly) {
  {
    const auto journal = open();
    for (const char* text : {"one,", "two,", "three,"})
      ASSERT_TRUE(journal->append(text));
  }
  change_byte(segments().front(), 4096 + 26);
  EXPECT_EQ(read_all(*open()), "one,three,");
}

TEST_F(Journals, AFullDiskStoresNothingAndTheNextTryWritesOverIt) {
  auto journal = open();
  ASSERT_TRUE(journal->append("one,"));
  disk->fail_with(ENOSPC);
  EXPECT_EQ(journal->append("lost,").error().code, core::Errc::no_space);
  EXPECT_EQ(read_all(*journal), "one,");
  disk->fail_with(0);
  EXPECT_EQ(journal->append("two,").value().batch, 2);
  journal.reset();
  EXPECT_EQ(read_all(*open()), "one,two,");
}

TEST_F(Journals, NoRoomForASegmentIsAFullDiskToo) {
  disk->set_judge(
      [](FaultyDisk::Call call, int) { return call == FaultyDisk::Call::make ? ENOSPC : 0; });
  const auto journal = open();
  EXPECT_EQ(journal->append("one,").error().code, core::Errc::no_space);
  disk->set_judge({});
  EXPECT_TRUE(journal->append("one,"));
}

TEST_F(Journals, AfterAFailedSyncOrWriteItIsNeverWrittenAgain) {
  for (const auto failing : {FaultyDisk::Call::write, FaultyDisk::Call::sync}) {
    std::filesystem::remove_all(directory());
    const auto journal = open();
    ASSERT_TRUE(journal->append("one,"));
    disk->set_judge([failing](FaultyDisk::Call call, int) { return call == failing ? EIO : 0; });
    EXPECT_EQ(journal->append("two,").error().code, core::Errc::io);
    disk->set_judge({});
    const int writes = disk->writes();
    EXPECT_EQ(journal->append("three,").error().code, core::Errc::io);
    EXPECT_EQ(disk->writes(), writes);
    EXPECT_EQ(read_all(*journal), "one,") << "what was durable can still be folded";
  }
}

TEST_F(Journals, GrowsToItsLimitAndGoesOnWhenSomethingIsFolded) {
  const auto journal = open(0, 3);
  const std::string whole(journal->batch_bytes_max(), 'x');
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(journal->append(whole));
  EXPECT_EQ(journal->append("more").error().code, core::Errc::no_space);
  EXPECT_EQ(segments().size(), 3u);
  journal->free_until({1});
  EXPECT_EQ(journal->append("more").value().batch, 4);
  EXPECT_EQ(segments().size(), 3u);
}

TEST_F(Journals, AHalfMadeSegmentOfAnEarlierLifeIsMadeAgain) {
  { ASSERT_TRUE(open()->append("one,")); }
  std::ofstream(directory() + "/000002.segment.new") << "half";
  const auto journal = open();
  EXPECT_EQ(read_all(*journal), "one,");
  EXPECT_TRUE(journal->append("two,"));
  EXPECT_EQ(segments().size(), 2u);
}

// Lives of random appends, folds and faults: after each, exactly the answered batches behind the
// fold are there, plus at most the one whose sync failed.
TEST_F(Journals, RandomLivesLoseNothingAnsweredAndInventNothing) {
  test::Random random;
  std::vector<std::string> answered{""};  // by batch
  std::int64_t folded = 0;
  for (int life = 0; life < 60; ++life) {
    auto journal = open(folded);
    const std::int64_t known = static_cast<std::int64_t>(answered.size()) - 1;
    ASSERT_LE(known, journal->last().batch);
    ASSERT_LE(journal->last().batch, known + 1);
    if (journal->last().batch > known) {  // the batch of the failed sync was there after all
      std::string records;
      ASSERT_TRUE(journal->read({known}, journal->last(), SIZE_MAX, records));
      answered.push_back(records);
    }
    std::string expected;
    for (std::size_t i = static_cast<std::size_t>(folded) + 1; i < answered.size(); ++i)
      expected += answered[i];
    ASSERT_EQ(read_all(*journal, folded), expected);

    for (auto steps = random.between(0, 40); steps > 0; --steps) {
      const auto dice = random.between(0, 99);
      const int error = dice < 5 ? ENOSPC : dice < 7 ? EIO : 0;
      const bool at_sync = dice % 2 == 0;
      disk->set_judge([=](FaultyDisk::Call call, int) {
        return call == (at_sync ? FaultyDisk::Call::sync : FaultyDisk::Call::write) ? error : 0;
      });
      const std::string records = random.bytes(random.between(1, 9000));
      const auto stored = journal->append(records);
      disk->set_judge({});
      if (!stored && stored.error().code == core::Errc::io)
        break;  // the process would go on without
      if (stored) answered.push_back(records);
      if (stored) {
        ASSERT_EQ(stored->batch, static_cast<std::int64_t>(answered.size()) - 1);
      }
      if (random.between(0, 5) == 0) {
        folded = random.between(folded, static_cast<std::int64_t>(answered.size()) - 1);
        journal->free_until({folded});
        journal->prepare();
      }
    }
  }
}

}  // namespace
}  // namespace fairlead::redirect
