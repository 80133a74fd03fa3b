#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "core/money.hpp"

namespace fairlead::core {
namespace {

// Debian's iso-codes lists the alphabetic codes of ISO 4217; it has no digits of the minor unit.
std::set<std::string> system_codes() {
  std::ifstream file("/usr/share/iso-codes/json/iso_4217.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string> codes;
  EXPECT_FALSE(text.empty()) << "package iso-codes is not installed";
  if (text.empty()) return codes;
  const boost::json::value document = boost::json::parse(text);
  for (const auto& entry : document.at("4217").as_array())
    codes.emplace(entry.at("alpha_3").as_string());
  return codes;
}

bool is_listed(const std::string& code) {
  return Currency::parse(code).has_value();
}

// Newer than Debian 12's iso-codes 4.15 of 2023.
const std::set<std::string> added_since = {"ZWG"};  // Zimbabwe Gold, 2024

// In the system's list, but nobody pays in them: metals, bond units, test and "no currency" codes,
// units of account without a minor unit, and codes that were withdrawn since.
const std::set<std::string> left_out = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD",
                                        "XPT", "XSU", "XTS", "XUA", "XXX", "HRK", "SLL", "ZWL"};

TEST(Currency, EveryCodeIsInTheSystemsListAndTheOtherWayRound) {
  const std::set<std::string> system = system_codes();
  std::set<std::string> ours;
  for (char a = 'A'; a <= 'Z'; ++a)
    for (char b = 'A'; b <= 'Z'; ++b)
      for (char c = 'A'; c <= 'Z'; ++c)
        if (const std::string code{a, b, c}; is_listed(code)) ours.insert(code);
  EXPECT_GT(ours.size(), 150u);
  for (const auto& code : ours)
    EXPECT_TRUE(system.contains(code) || added_since.contains(code)) << code << " is unknown";
  for (const auto& code : system)
    EXPECT_TRUE(ours.contains(code) || left_out.contains(code)) << code << " is missing";
}

TEST(Currency, HasTheDigitsOfItsMinorUnit) {
  for (const char* code : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
                           "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"})
    EXPECT_EQ(Currency::of(code).exponent(), 0) << code;
  for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
    EXPECT_EQ(Currency::of(code).exponent(), 3) << code;
  for (const char* code : {"CLF", "UYW"})
    EXPECT_EQ(Currency::of(code).exponent(), 4) << code;
  for (const char* code : {"EUR", "USD", "GBP", "CHF", "HUF", "IDR", "TWD", "MGA", "MRU"})
    EXPECT_EQ(Currency::of(code).exponent(), 2) << code;
}

TEST(Currency, ReadsEitherCaseAndWritesUpperCase) {
  EXPECT_EQ(Currency::parse("eur").value().code(), "EUR");
  EXPECT_EQ(Currency::parse("eUr").value(), Currency::of("EUR"));
  EXPECT_NE(Currency::of("EUR"), Currency::of("USD"));
}

TEST(Currency, RefusesWhatIsNotACode) {
  for (const std::string_view text : {"", "E", "EU", "EURO", "EUR ", " EUR", "€", "XXX", "XAU",
                                      "XTS", "DEM", "BTC", "E\0R", "123"}) {
    const auto currency = Currency::parse(text);
    ASSERT_FALSE(currency) << text;
    EXPECT_EQ(currency.error().code, Errc::invalid);
    EXPECT_NE(currency.error().detail.find("ISO 4217"), std::string::npos);
  }
  EXPECT_LT(Currency::parse(std::string(10'000, 'E')).error().detail.size(), 200u);
}

}  // namespace
}  // namespace fairlead::core
