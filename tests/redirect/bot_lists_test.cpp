// The table made of the open lists says what the lists' own language says.
#include "redirect/bot_lists.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace fairlead::redirect {
namespace {

std::string_view opinion(const std::string& agent) {
  std::string lowered = agent;
  for (char& c : lowered)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  const ListedPattern* pattern = BotLists::of_this_build().find(agent, lowered);
  return pattern == nullptr ? "person" : pattern->is_preview ? "preview" : "bot";
}

TEST(BotLists, AgreeWithJavaScriptOnKnownAndMutatedAgents) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  const bool is_long = std::getenv("FAIRLEAD_LONG") != nullptr;
  const std::string source = FAIRLEAD_SOURCE_DIR;
  const std::string command = FAIRLEAD_NODE " '" + source + "/tests/redirect/list_verdicts.mjs' '" +
                              FAIRLEAD_LISTS "' '" + source + "/redirect/lists/generate.mjs' " +
                              (is_long ? "100000 " : "5000 ") + std::to_string(seed);
  std::FILE* node = popen(command.c_str(), "r");
  ASSERT_NE(node, nullptr);
  std::array<char, 2048> buffer;
  std::map<std::string, int> count;
  while (std::fgets(buffer.data(), buffer.size(), node) != nullptr) {
    std::string line = buffer.data();
    if (line.ends_with('\n')) line.pop_back();
    const std::size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    const std::string wanted = line.substr(0, tab);
    const std::string agent = line.substr(tab + 1);
    EXPECT_EQ(opinion(agent), wanted) << agent;
    ++count[wanted];
  }
  EXPECT_EQ(pclose(node), 0);
  for (const char* opinion : {"bot", "preview", "person"})
    EXPECT_GT(count[opinion], 100) << opinion;
}

TEST(BotLists, AreThoseOfTheLockFileAndWhole) {
  EXPECT_EQ(list_versions(), "isbot 5.2.3, crawler-user-agents 1.60.0");
  std::size_t previews = 0;
  std::set<std::string_view> names;
  bool is_preview_over = false;
  for (const ListedPattern& pattern : listed_patterns()) {
    EXPECT_TRUE(names.insert(pattern.name).second) << pattern.name;
    EXPECT_FALSE(pattern.is_preview && is_preview_over) << "previews come first";
    is_preview_over = !pattern.is_preview;
    previews += pattern.is_preview ? 1 : 0;
  }
  EXPECT_GT(names.size(), 1600U);
  EXPECT_GT(previews, 70U);
}

}  // namespace
}  // namespace fairlead::redirect
