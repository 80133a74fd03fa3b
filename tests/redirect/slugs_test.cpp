// Generated slugs: no look-alikes, no offensive words, longer when they are taken.
#include "redirect/slugs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "redirect/links.hpp"
#include "tests/redirect/link_api.hpp"
#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

// The plain way to say it, which has_offensive_word() must agree with.
bool holds_a_word(std::string_view slug) {
  std::string folded;
  for (const char letter : slug)
    folded += folded_letter(letter);
  return std::any_of(offensive_words().begin(), offensive_words().end(),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

TEST(GeneratedSlugs, LookAlikesAreOneLetter) {
  for (const std::string_view same :
       {"aA4", "bB8", "eE3", "gG69", "iIlL1", "oO0", "sSzZ52", "tT7", "uUvV"})
    for (const char letter : same)
      EXPECT_EQ(folded_letter(letter), same.front()) << letter;
  EXPECT_EQ(folded_letter('k'), 'k');
  EXPECT_EQ(folded_letter('~'), 0);
}

TEST(GeneratedSlugs, NoWordIsAPartOfAnother) {
  const auto words = offensive_words();
  EXPECT_GT(words.size(), 500u);
  EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
  for (const std::string_view word : words) {
    EXPECT_EQ(std::count_if(words.begin(), words.end(),
                            [&](std::string_view other) {
                              return word.find(other) != std::string_view::npos;
                            }),
              1)
        << word;
    EXPECT_TRUE(word.size() >= 3 && word.size() <= 16) << word;
  }
}

TEST(GeneratedSlugs, WordsAreFoundWhereverTheyStandAndHoweverTheyAreWritten) {
  for (const std::string_view word : offensive_words()) {
    EXPECT_TRUE(has_offensive_word(word)) << word;
    EXPECT_TRUE(has_offensive_word("qk" + std::string(word) + "7Q")) << word;
    std::string shouted(word);
    for (char& letter : shouted) {
      if (letter == 'a') letter = '4';
      if (letter == 'e') letter = '3';
      if (letter == 's') letter = '5';
      if (letter >= 'b' && letter <= 'z') letter = static_cast<char>(letter - 32);
    }
    EXPECT_TRUE(has_offensive_word(shouted)) << shouted;
  }
  EXPECT_FALSE(has_offensive_word(""));
  EXPECT_FALSE(has_offensive_word("summer-sale"));
}

TEST(GeneratedSlugs, TheQuickCheckSaysWhatThePlainOneSays) {
  const std::uint64_t seed = test::random_seed();
  std::mt19937_64 random(seed);
  std::size_t refused = 0;
  // Few letters, so that many words come up.
  constexpr std::string_view letters = "acdefhikmnprstux";
  for (int i = 0; i < 20'000; ++i) {
    std::string slug;
    for (int j = 0; j < 8; ++j)
      slug += letters[random() % letters.size()];
    ASSERT_EQ(has_offensive_word(slug), holds_a_word(slug)) << slug << " seed " << seed;
    refused += has_offensive_word(slug);
  }
  EXPECT_GT(refused, 100u);
}

// FAIRLEAD_SLUGS sets how many are made; a million take some seconds in a release build.
TEST(GeneratedSlugs, HoldNoOffensiveWord) {
  const std::uint64_t seed = test::random_seed();
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint32_t bound) {
    return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(random);
  };
  const char* const wanted = std::getenv("FAIRLEAD_SLUGS");
  const long count = wanted == nullptr ? 5'000 : std::atol(wanted);
  for (long i = 0; i < count; ++i) {
    const std::string slug = new_slug(slug_letters_at(static_cast<int>(i % 8)), below);
    ASSERT_FALSE(holds_a_word(slug)) << slug << " seed " << seed;
    ASSERT_EQ(slug.find_first_of("0OoIl1"), std::string::npos) << slug << " seed " << seed;
    ASSERT_TRUE(check_slug(slug)) << slug;
  }
}

TEST(GeneratedSlugs, GrowWhenTheyAreTaken) {
  EXPECT_EQ(slug_letters_at(0), 8u);
  EXPECT_EQ(slug_letters_at(1), 8u);
  EXPECT_EQ(slug_letters_at(2), 9u);
  EXPECT_EQ(slug_letters_at(7), 11u);
  EXPECT_EQ(new_slug(11).size(), 11u);
}

class ChosenSlugs : public test::LinkApi {};
INSTANTIATE_ON_ENGINES(ChosenSlugs);

TEST_P(ChosenSlugs, AreNotCensored) {
  const std::string_view word =
      *std::find_if(offensive_words().begin(), offensive_words().end(),
                    [](std::string_view any) { return check_slug(any).has_value(); });
  EXPECT_NO_THROW(shop.add_link({.slug = std::string(word)}));
  EXPECT_EQ(redirect->reload_links().has_value(), true);
  EXPECT_EQ(redirect.get("/" + std::string(word)).status, "302");
}

}  // namespace
}  // namespace fairlead::redirect
