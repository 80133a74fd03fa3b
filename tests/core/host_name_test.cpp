// Host names: the golden table, the limits, and bytes that are no text.
#include "core/host_name.hpp"

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

TEST(HostName, NamesAreThoseOfTheGoldenTable) {
  const auto lines = test::golden_lines("core/host_names.txt", 2);
  ASSERT_GE(lines.size(), 50u);
  for (const auto& line : lines) {
    const auto name = host_name(line.fields[0]);
    if (line.fields[1] == "refused") {
      EXPECT_FALSE(name) << line.where << ": " << *name;
      continue;
    }
    ASSERT_TRUE(name) << line.where;
    EXPECT_EQ((is_ipv4_host(*name) ? "address: " : "") + *name, line.fields[1]) << line.where;
    EXPECT_EQ(host_name(*name), name) << line.where << ": the name of a name is itself";
  }
}

TEST(HostName, LabelsHaveAtMost63BytesAndNamesAtMost253) {
  const std::string label(63, 'a');
  EXPECT_TRUE(host_name(label + ".example"));
  EXPECT_FALSE(host_name(label + "a.example"));
  const std::string name = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(name.size(), 253u);
  EXPECT_TRUE(host_name(name));
  EXPECT_FALSE(host_name(name + "b"));
  EXPECT_FALSE(host_name(""));
}

// Mapped, a label may be longer or shorter than it was written.
TEST(HostName, LimitsAreThoseOfTheMappedForm) {
  std::string sharp;
  for (int i = 0; i < 30; ++i)
    sharp += "ß";
  EXPECT_TRUE(host_name(sharp + ".example"));
  for (int i = 0; i < 40; ++i)
    sharp += "ß";
  EXPECT_FALSE(host_name(sharp + ".example"));
  std::string wide;
  for (int i = 0; i < 63; ++i)
    wide += "ａ";
  EXPECT_EQ(host_name(wide + ".example"), std::string(63, 'a') + ".example");
  EXPECT_FALSE(host_name(wide + "ａ.example"));
}

TEST(HostName, AnyBytesGiveANameOrNothing) {
  test::Random random;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 2 == 0 ? "xn--" : "";
    if (round % 4 < 2) {
      for (std::int64_t i = random.between(0, 24); i > 0; --i)
        text += static_cast<char>(random.between(0x21, 0x7e));
    } else {
      text += random.bytes(random.between(0, 24));
    }
    const auto name = host_name(text);
    if (!name) continue;
    EXPECT_EQ(name->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."), std::string::npos);
    EXPECT_EQ(host_name(*name), name);
  }
}

}  // namespace
}  // namespace fairlead::core
