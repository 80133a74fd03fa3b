// The writer of CSV: quotes where they are needed, and no formula of a stranger.
#include "core/csv.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

TEST(Csv, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csv_field("Mia"), "Mia");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(csv_field("a=b"), "a=b");
}

TEST(Csv, DefusesTextThatReadsAsAFormula) {
  for (const std::string_view text :
       {std::string_view("=1+1"), std::string_view("+49"), std::string_view("-x"),
        std::string_view("@SUM(A1)"), std::string_view("\tx"), std::string_view("\rx"),
        std::string_view("\0x", 2), std::string_view("＝1"), std::string_view("＋1"),
        std::string_view("－1"), std::string_view("＠x")})
    EXPECT_EQ(csv_field(text), "\"'" + std::string(text) + "\"");
  EXPECT_EQ(csv_field("=\"a\""), "\"'=\"\"a\"\"\"");
  EXPECT_EQ(csv_field("'=1"), "\"''=1\"") << "so that taking one ' off gives the text again";
  EXPECT_EQ(csv_field("'a"), "'a");
}

TEST(Csv, NumbersStayNumbersAndNothingStaysEmpty) {
  std::string csv;
  const Cell cells[] = {std::int64_t{-500}, nullptr, std::string("-500"), std::int64_t{0}};
  append_csv_record(csv, cells);
  EXPECT_EQ(csv, "-500,,\"'-500\",0\r\n");
}

TEST(Csv, NoFieldOfRandomTextStartsDangerously) {
  std::mt19937 random(test::random_seed());
  const std::string alphabet = "=+-@\t\r\n\",;'aZ0 ";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 5; i > 0; --i)
      text += alphabet[random() % alphabet.size()];
    std::string field = csv_field(text);
    const bool is_quoted = field.starts_with('"');
    if (is_quoted) {
      ASSERT_TRUE(field.size() >= 2 && field.ends_with('"')) << field;
      field = field.substr(1, field.size() - 2);
    }
    ASSERT_TRUE(field.empty() || std::string("=+-@\t\r").find(field.front()) == std::string::npos)
        << text;
    ASSERT_TRUE(is_quoted || field.find_first_of(",\"\r\n") == std::string::npos) << text;
  }
}

}  // namespace
}  // namespace fairlead::core
