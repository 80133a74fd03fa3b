#include "core/money.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
__extension__ using Wide = __int128;

TEST(Money, SumsThatFitAreExactAndOthersAreRefused) {
  EXPECT_EQ(add_minor(1, 2).value(), 3);
  EXPECT_EQ(add_minor(most, least).value(), -1);
  EXPECT_EQ(add_minor(most, 0).value(), most);
  EXPECT_EQ(add_minor(least, 0).value(), least);
  EXPECT_EQ(add_minor(most, 1).error().code, Errc::overflow);
  EXPECT_EQ(add_minor(least, -1).error().code, Errc::overflow);
  EXPECT_EQ(multiply_minor(std::int64_t{1} << 62, 9).error().code, Errc::overflow);
  EXPECT_EQ(multiply_minor(least, -1).error().code, Errc::overflow);
  EXPECT_EQ(multiply_minor(least, 1).value(), least);
  EXPECT_EQ(multiply_minor(least / 2, 2).value(), least);
}

TEST(Money, ArithmeticAgreesWith128BitsForAnyTwoNumbers) {
  test::Random random;
  const auto agrees = [](const Result<std::int64_t>& result, Wide exact) {
    if (exact < least || exact > most) return !result && result.error().code == Errc::overflow;
    return result && *result == exact;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t a = random.any_integer();
    const std::int64_t b = random.any_integer();
    ASSERT_TRUE(agrees(add_minor(a, b), Wide{a} + b)) << a << " + " << b;
    ASSERT_TRUE(agrees(multiply_minor(a, b), Wide{a} * b)) << a << " * " << b;
  }
}

TEST(Split, GivesThePartsOfTheTable) {
  for (const auto& row : test::golden_lines("core/split.txt", 3)) {
    SCOPED_TRACE(row.where);
    const auto parts = split(std::stoll(row.fields[0]), test::integers_of(row.fields[1]));
    ASSERT_TRUE(parts) << parts.error().detail;
    EXPECT_EQ(*parts, test::integers_of(row.fields[2]));
  }
}

TEST(Split, RefusesWhatHasNoMeaning) {
  using Weights = std::vector<std::int64_t>;
  EXPECT_EQ(split(1, Weights{}).error().code, Errc::invalid);
  EXPECT_EQ(split(1, Weights{0, 0}).error().code, Errc::invalid);
  EXPECT_EQ(split(1, Weights{5, -1}).error().code, Errc::invalid);
  EXPECT_EQ(split(0, Weights{0}).error().code, Errc::invalid);
}

// Exact sum, the sign of the total, no part further than one unit from its exact share, nothing for
// a weight of zero, and a negative total that mirrors the positive one.
TEST(Split, PartsSumToTheTotalAndStayWithinOneUnitOfTheirShare) {
  test::Random random;
  for (int i = 0; i < 5'000; ++i) {
    const std::int64_t total = random.any_integer();
    std::vector<std::int64_t> weights(static_cast<std::size_t>(random.between(1, 12)));
    Wide weight_sum = 0;
    for (auto& weight : weights) {
      weight = random.between(0, 3) == 0 ? 0 : std::abs(random.any_integer() / 2);
      weight_sum += weight;
    }
    const auto parts = split(total, weights);
    ASSERT_EQ(parts.has_value(), weight_sum > 0);
    if (!parts) continue;
    Wide sum = 0;
    for (std::size_t at = 0; at < weights.size(); ++at) {
      const std::int64_t part = (*parts)[at];
      sum += part;
      if (weights[at] == 0) {
        ASSERT_EQ(part, 0);
      }
      ASSERT_TRUE(part == 0 || (part < 0) == (total < 0)) << "total " << total;
      // |part − total·weight/sum| < 1, without dividing.
      const Wide distance = Wide{part} - Wide{total} * weights[at] / weight_sum;
      ASSERT_TRUE(distance >= -1 && distance <= 1) << "total " << total << " entry " << at;
    }
    ASSERT_TRUE(sum == total) << "total " << total;
    if (total == least) continue;
    auto mirrored = split(-total, weights).value();
    for (auto& part : mirrored)
      part = -part;
    ASSERT_EQ(mirrored, *parts) << "total " << total;
  }
}

TEST(Decimal, ReadsAndRefusesAsTheTableSays) {
  for (const auto& row : test::golden_lines("core/decimal.txt", 3)) {
    SCOPED_TRACE(row.where + " " + row.fields[1]);
    const auto money = parse_decimal(row.fields[1], Currency::of(row.fields[0]));
    const std::string outcome =
        money ? std::to_string(money->minor) : std::string(name_of(money.error().code));
    EXPECT_EQ(outcome, row.fields[2]);
  }
}

TEST(Decimal, RefusesBlanksAndBytesThatAreNotDigits) {
  const Currency euro = Currency::of("EUR");
  for (const std::string_view text : {" 5", "5 ", "\t5", "5\n"}) {
    EXPECT_FALSE(parse_decimal(text, euro)) << text;
  }
  EXPECT_FALSE(parse_decimal(std::string_view("5\0", 2), euro));
  EXPECT_FALSE(parse_decimal(std::string_view("\xd9\xa5", 2), euro));  // an Arabic five
}

TEST(Decimal, WritesAllDigitsOfTheCurrency) {
  EXPECT_EQ(decimal_text({0, Currency::of("EUR")}), "0.00");
  EXPECT_EQ(decimal_text({-5, Currency::of("EUR")}), "-0.05");
  EXPECT_EQ(decimal_text({1200, Currency::of("JPY")}), "1200");
  EXPECT_EQ(decimal_text({7, Currency::of("KWD")}), "0.007");
  EXPECT_EQ(decimal_text({12'345, Currency::of("CLF")}), "1.2345");
  EXPECT_EQ(decimal_text({most, Currency::of("EUR")}), "92233720368547758.07");
  EXPECT_EQ(decimal_text({least, Currency::of("EUR")}), "-92233720368547758.08");
}

TEST(Decimal, TextReadsBackAsTheSameAmount) {
  test::Random random;
  constexpr std::int64_t edge = 999'999'999'999'999'999;  // 18 digits
  for (const std::string_view code : {"JPY", "EUR", "KWD", "CLF"}) {
    for (int i = 0; i < 2'000; ++i) {
      const Money money{std::clamp(random.any_integer(), -edge, edge), Currency::of(code)};
      const auto again = parse_decimal(decimal_text(money), money.currency);
      ASSERT_TRUE(again) << decimal_text(money);
      ASSERT_EQ(*again, money);
    }
  }
}

}  // namespace
}  // namespace fairlead::core
