// One pass must find what a search for each literal finds.
#include "redirect/literal_scan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace fairlead::redirect {
namespace {

using Hits = std::multiset<std::pair<std::size_t, std::size_t>>;  // literal, where it begins

Hits hits_of(const std::vector<std::string_view>& literals, std::string_view text) {
  Hits hits;
  LiteralScan(literals).each(
      text, [&](std::size_t literal, std::size_t at) { hits.emplace(literal, at); });
  return hits;
}

TEST(LiteralScan, FindsLiteralsInsideAndBehindEachOther) {
  EXPECT_EQ(hits_of({"he", "she", "hers", "his"}, "ushers"), (Hits{{1, 1}, {0, 2}, {2, 2}}));
  EXPECT_EQ(hits_of({"aa"}, "aaaa"), (Hits{{0, 0}, {0, 1}, {0, 2}}));
  EXPECT_EQ(hits_of({"a", "a"}, "a"), (Hits{{0, 0}, {1, 0}}));
  EXPECT_EQ(hits_of({"a"}, ""), Hits{});
  EXPECT_EQ(hits_of({}, "text"), Hits{});
  EXPECT_EQ(hits_of({std::string_view("\0\xff", 2)}, std::string_view("x\0\xff\0", 4)),
            (Hits{{0, 1}}));
}

TEST(LiteralScan, AgreesWithASearchForEachLiteral) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto text_of = [&](std::size_t size) {
    std::string text(size, 'a');
    for (char& c : text)
      c = static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> literals;
    for (std::size_t i = 0; i < 1 + random() % 12; ++i)
      literals.push_back(text_of(1 + random() % 5));
    const std::string text = text_of(random() % 60);
    Hits wanted;
    for (std::size_t i = 0; i < literals.size(); ++i)
      for (std::size_t at = text.find(literals[i]); at != std::string::npos;
           at = text.find(literals[i], at + 1))
        wanted.emplace(i, at);
    EXPECT_EQ(hits_of({literals.begin(), literals.end()}, text), wanted) << text;
  }
}

}  // namespace
}  // namespace fairlead::redirect
