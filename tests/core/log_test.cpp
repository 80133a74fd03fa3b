#include "core/log.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/check.hpp"
#include "core/result.hpp"

namespace fairlead::core {
namespace {

// Collects lines while it lives.
class Lines {
 public:
  Lines() {
    set_log_sink([this](Level, std::string_view line) { all.emplace_back(line); });
  }
  ~Lines() { set_log_sink({}); }
  std::vector<std::string> all;
};

TEST(Log, IsOneJsonObjectALine) {
  Lines lines;
  log(Level::warning, "webhook_refused", {{"platform", "shopify"}, {"reason", "signature"}});
  ASSERT_EQ(lines.all.size(), 1u);
  const auto line = boost::json::parse(lines.all[0]).as_object();
  EXPECT_EQ(line.at("level").as_string(), "warning");
  EXPECT_EQ(line.at("event").as_string(), "webhook_refused");
  EXPECT_EQ(line.at("platform").as_string(), "shopify");
}

// A value from outside can neither start a new line nor a new field.
TEST(Log, ValuesCannotForgeALineOrAField) {
  Lines lines;
  std::string every_byte;
  for (int byte = 0; byte < 128; ++byte)
    every_byte += static_cast<char>(byte);
  for (const std::string& value :
       {std::string("a\nlevel=error"), std::string("\",\"event\":\"forged"),
        std::string("\r\n\x1b[31m"), std::string("\\"), every_byte}) {
    lines.all.clear();
    log(Level::info, "test", {{"value", value}});
    ASSERT_EQ(lines.all.size(), 1u);
    for (const char c : lines.all[0])
      ASSERT_TRUE(c >= 0x20) << "a control character";
    const auto line = boost::json::parse(lines.all[0]).as_object();
    EXPECT_EQ(line.at("value").as_string(), value);
    EXPECT_EQ(line.at("event").as_string(), "test");
    EXPECT_EQ(line.size(), 3u);
  }
}

TEST(Log, BytesThatAreNotUtf8LeaveALineThatCanBeRead) {
  Lines lines;
  for (const std::string& value :
       {std::string("\xff"), std::string("a\xc3"), std::string("\xed\xa0\x80"),
        std::string("\xc0\xaf"), std::string("ok \xf0\x9f\x98 ok")}) {
    lines.all.clear();
    log(Level::info, "test", {{"value", value}});
    ASSERT_EQ(lines.all.size(), 1u);
    boost::json::error_code error;
    boost::json::parse(lines.all[0], error);
    EXPECT_FALSE(error) << lines.all[0];
  }
  log(Level::info, "test", {{"value", "Müller 😀"}});
  EXPECT_NE(lines.all.back().find("Müller 😀"), std::string::npos) << "good UTF-8 stays as it is";
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  Lines lines;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([] {
        for (int i = 0; i < 250; ++i)
          log(Level::debug, "test", {{"value", std::string(100, 'x')}});
      });
  }
  EXPECT_EQ(lines.all.size(), 1'000u);
  for (const auto& line : lines.all)
    ASSERT_EQ(line, lines.all[0]);
}

TEST(CheckDeathTest, NamesTheBrokenClaimAndItsPlace) {
  EXPECT_DEATH(CHECK(1 + 1 == 3), "CHECK failed: 1 \\+ 1 == 3 \\(.*log_test.cpp:");
}

TEST(Errc, EveryCodeHasItsFrozenName) {
  EXPECT_STREQ(name_of(Errc::invalid), "invalid");
  EXPECT_STREQ(name_of(Errc::not_found), "not_found");
  EXPECT_STREQ(name_of(Errc::conflict), "conflict");
  EXPECT_STREQ(name_of(Errc::overflow), "overflow");
  EXPECT_STREQ(name_of(Errc::unauthorized), "unauthorized");
  EXPECT_STREQ(name_of(Errc::forbidden), "forbidden");
  EXPECT_STREQ(name_of(Errc::busy), "busy");
  EXPECT_STREQ(name_of(Errc::no_space), "no_space");
  EXPECT_STREQ(name_of(Errc::io), "io");
  EXPECT_STREQ(name_of(Errc::too_new), "too_new");
  EXPECT_STREQ(name_of(Errc::config), "config");
}

}  // namespace
}  // namespace fairlead::core
