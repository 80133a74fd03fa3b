// Records as bytes: what goes in comes out, and nothing that is not a record is read as one.
#include "redirect/click_record.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

ClickRecord full_record() {
  ClickRecord click{.id = {123'456'789'012'345},
                    .brand = {-1},
                    .link = {INT64_MAX},
                    .day = {-5},
                    .hour = 23,
                    .verdict = core::ClickVerdict::embedded,
                    .variant = 255,
                    .flags = UINT32_MAX,
                    .visitor = INT64_MIN,
                    .rule = "link-preview",
                    .device = "phone",
                    .os = "ios",
                    .browser = "safari",
                    .app = "instagram",
                    .country = "DE",
                    .language = "de",
                    .referrer = "l.instagram.com",
                    .utm = "utm_source=a&utm_medium=b",
                    .subs = "sub1=x"};
  click.network = {{203, 0, 113, 0, 0, 0}, 3};
  return click;
}

void expect_same(const ClickRecord& a, const ClickRecord& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.brand, b.brand);
  EXPECT_EQ(a.link, b.link);
  EXPECT_EQ(a.day, b.day);
  EXPECT_EQ(a.hour, b.hour);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.variant, b.variant);
  EXPECT_EQ(a.network.bytes, b.network.bytes);
  EXPECT_EQ(a.network.size, b.network.size);
  EXPECT_EQ(a.flags, b.flags);
  EXPECT_EQ(a.visitor, b.visitor);
  for (const auto text :
       {&ClickRecord::rule, &ClickRecord::device, &ClickRecord::os, &ClickRecord::browser,
        &ClickRecord::app, &ClickRecord::country, &ClickRecord::language, &ClickRecord::referrer,
        &ClickRecord::utm, &ClickRecord::subs})
    EXPECT_EQ(a.*text, b.*text);
}

TEST(ClickRecord, ComesOutAsItWentInAndLeavesTheRest) {
  std::string bytes;
  append_record(bytes, full_record());
  append_record(bytes, {});
  std::string_view rest = bytes;
  ClickRecord read;
  ASSERT_TRUE(read_record(rest, read));
  expect_same(read, full_record());
  ASSERT_TRUE(read_record(rest, read));
  expect_same(read, {});
  EXPECT_TRUE(rest.empty());
  EXPECT_FALSE(read_record(rest, read));
}

TEST(ClickRecord, KeepsEveryByteOfATextAndCutsWhatIsTooLong) {
  std::string hostile = "\"\r\n';";
  for (int byte = 0; byte < 256; ++byte)
    hostile += static_cast<char>(byte);
  ClickRecord click;
  click.utm = click.subs = click.referrer = click.device = hostile;
  std::string bytes;
  append_record(bytes, click);
  std::string_view rest = bytes;
  ClickRecord read;
  ASSERT_TRUE(read_record(rest, read));
  EXPECT_EQ(read.utm, hostile.substr(0, utm_bytes_max));
  EXPECT_EQ(read.subs, hostile.substr(0, subs_bytes_max));
  EXPECT_EQ(read.referrer, hostile.substr(0, referrer_bytes_max));
  EXPECT_EQ(read.device, hostile.substr(0, word_bytes_max));
}

TEST(ClickRecord, HasNoTraceOfWhoClicked) {
  ClickRecord click = full_record();
  std::string without;
  append_record(without, click);
  click.who = 0x1122334455667788;
  std::string bytes;
  append_record(bytes, click);
  EXPECT_EQ(bytes, without);
}

TEST(ClickRecord, CutAnywhereItIsNotRead) {
  std::string bytes;
  append_record(bytes, full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view rest(bytes.data(), size);
    ClickRecord read;
    EXPECT_FALSE(read_record(rest, read)) << size;
    EXPECT_EQ(rest.size(), size) << "nothing is taken";
  }
}

TEST(ClickRecord, ItsVerdictChangesInPlace) {
  std::string bytes;
  append_record(bytes, full_record());
  change_verdict(bytes.data(), core::ClickVerdict::duplicate);
  std::string_view rest = bytes;
  ClickRecord read;
  ASSERT_TRUE(read_record(rest, read));
  ClickRecord expected = full_record();
  expected.verdict = core::ClickVerdict::duplicate;
  expect_same(read, expected);
}

// Random and damaged bytes: whatever is read is within them and would be written the same way.
TEST(ClickRecord, NoiseIsRefusedOrIsARecord) {
  test::Random random;
  std::string whole;
  append_record(whole, full_record());
  for (int round = 0; round < 50'000; ++round) {
    std::string bytes = round % 2 == 0 ? random.bytes(random.between(0, 300)) : whole;
    for (auto flips = random.between(0, 3); flips > 0 && !bytes.empty(); --flips)
      bytes[static_cast<std::size_t>(
          random.between(0, static_cast<std::int64_t>(bytes.size()) - 1))] =
          static_cast<char>(random.between(0, 255));
    std::string_view rest = bytes;
    ClickRecord read;
    if (!read_record(rest, read)) continue;
    std::string again;
    append_record(again, read);
    const std::string_view taken(bytes.data(), bytes.size() - rest.size());
    ClickRecord twice;
    std::string_view again_rest = again;
    ASSERT_TRUE(read_record(again_rest, twice));
    expect_same(twice, read);
    // A text longer than append_record() writes is the only difference there may be.
    if (again.size() == taken.size()) {
      ASSERT_EQ(again, taken);
    }
  }
}

}  // namespace
}  // namespace fairlead::redirect
