// Where a click goes: the golden table, and properties under hostile input.
#include "redirect/decide.hpp"

#include <gtest/gtest.h>

#include <random>

#include "redirect/redirect.hpp"
#include "redirect/utm.hpp"
#include "tests/redirect/golden_lines.hpp"
#include "tests/support/random.hpp"

namespace fairlead::redirect {
namespace {

// A target with the defaults it borrows.
struct OwnTarget {
  UtmDefaults utm;
  Destination destination;
};

OwnTarget target_of(std::string_view url, std::string_view utm, bool is_locked) {
  OwnTarget target;
  target.destination = split_destination(url).value();
  while (!utm.empty()) {
    const std::string_view pair = utm.substr(0, utm.find(','));
    utm.remove_prefix(std::min(utm.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    append_encoded(target.utm.values.at(utm_index(pair.substr(0, equals))),
                   pair.substr(equals + 1));
  }
  target.utm.is_locked = is_locked;
  return target;
}

std::string location_of(const OwnTarget& target, std::string_view query,
                        bool own_query_wins = false) {
  std::string location;
  decide({target.destination, &target.utm, own_query_wins}, {"mia", query, "T", "MIA-10/x"},
         known_values(query), location);
  return location;
}

TEST(Decide, LocationsAreThoseOfTheGoldenTable) {
  const auto lines = golden_lines("location.txt", 5);
  ASSERT_GE(lines.size(), 40u);
  for (const auto& line : lines) {
    const OwnTarget target = target_of(line.fields[0], line.fields[1], line.fields[2] == "yes");
    EXPECT_EQ(location_of(target, line.fields[3]), line.fields[4]) << line.where;
  }
}

TEST(Decide, AnAddressThatBringsACodeIsNotOverruledByTheShopper) {
  const auto lines = golden_lines("own_query_wins.txt", 3);
  ASSERT_GE(lines.size(), 30u);
  for (const auto& line : lines) {
    const OwnTarget target = target_of(line.fields[0], "", false);
    EXPECT_EQ(location_of(target, line.fields[1], true), line.fields[2]) << line.where;
  }
}

// Pieces that have fooled URL handling somewhere, glued at random.
std::string hostile_text(std::mt19937& random) {
  using namespace std::string_view_literals;
  static constexpr std::array pieces = {"//evil.example"sv,
                                        "https://evil.example"sv,
                                        "@"sv,
                                        "\\"sv,
                                        "\r\nSet-Cookie: a=1"sv,
                                        "%0d%0a"sv,
                                        "?"sv,
                                        "#"sv,
                                        "&"sv,
                                        "="sv,
                                        "sub1"sv,
                                        "sub2="sv,
                                        ".."sv,
                                        "%2e%2e"sv,
                                        "/"sv,
                                        "%2f"sv,
                                        "%"sv,
                                        "+"sv,
                                        "utm_source"sv,
                                        "fl_click="sv,
                                        "\xff"sv,
                                        "\0x"sv,
                                        "["sv,
                                        "]"sv,
                                        "{sub1}"sv,
                                        "javascript:"sv,
                                        ":443"sv,
                                        "%00"sv,
                                        "%252e"sv,
                                        "."sv,
                                        "a"sv,
                                        " "sv};
  std::string text;
  for (auto n = random() % 12; n > 0; --n)
    text += pieces[random() % pieces.size()];
  return text;
}

TEST(Decide, NoQueryChangesSchemeHostPortOrFixedPath) {
  std::mt19937 random(test::random_seed());
  const OwnTarget target =
      target_of("https://shop.example:8443/fixed/{sub1}/{sub2}{sub3}/end?own=1#part",
                "utm_source=x", random() % 2 == 0);
  for (int i = 0; i < 20'000; ++i) {
    const std::string query = hostile_text(random);
    const std::string location = location_of(target, query);
    ASSERT_TRUE(is_header_safe(location)) << query;
    ASSERT_TRUE(location.starts_with("https://shop.example:8443/fixed/")) << query;
    const std::string path = location.substr(0, location.find('?'));
    ASSERT_EQ(std::count(path.begin(), path.end(), '/'), 6) << path;
    ASSERT_TRUE(path.ends_with("/end")) << path;
    ASSERT_EQ(path.find('\\'), std::string::npos) << path;
    for (std::string_view rest = std::string_view(path).substr(26); !rest.empty();) {
      rest.remove_prefix(1);
      const std::string_view segment = rest.substr(0, rest.find('/'));
      rest.remove_prefix(segment.size());
      std::string plain;
      append_decoded(plain, segment);
      ASSERT_TRUE(plain != "." && plain != "..") << path << " from " << query;
    }
    ASSERT_TRUE(location.ends_with("fl_click=T#part")) << location;
    int tokens = 0;
    std::string_view pairs = std::string_view(location).substr(path.size() + 1);
    for (QueryPair pair; next_pair(pairs, pair);)
      tokens += pair.kind.name == PairKind::click_token;
    ASSERT_EQ(tokens, 1) << location;
  }
}

TEST(Decide, ForwardedPairsComeOutAsTheyWent) {
  std::mt19937 random(test::random_seed());
  const OwnTarget target = target_of("https://shop.example/", "", false);
  for (int i = 0; i < 5'000; ++i) {
    std::string query;
    std::string expected;
    for (auto n = random() % 5; n > 0; --n) {
      std::string pair = "k" + std::to_string(random() % 3);
      for (auto m = random() % 6; m > 0; --m)
        pair += static_cast<char>(0x21 + random() % 94);
      std::erase(pair, '&');
      std::erase(pair, '#');
      query += (query.empty() ? "" : "&") + pair;
      expected += pair + "&";
    }
    ASSERT_EQ(location_of(target, query), "https://shop.example/?" + expected + "fl_click=T");
  }
}

TEST(Decide, HeaderGuardRefusesEveryForbiddenByte) {
  EXPECT_TRUE(is_header_safe("https://shop.example/~!"));
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte);
    EXPECT_EQ(is_header_safe(text), byte >= 0x21 && byte <= 0x7e) << byte;
  }
}

TEST(Destination, ChecksAreThoseOfTheGoldenTable) {
  const auto lines = golden_lines("destinations.txt", 3);
  ASSERT_GE(lines.size(), 40u);
  for (const auto& line : lines) {
    std::vector<std::string> allowed;
    for (std::string_view rest = line.fields[0]; !rest.empty();) {
      allowed.emplace_back(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(rest.size(), allowed.back().size() + 1));
    }
    const auto stored = check_destination(line.fields[1], allowed);
    const std::string& wanted = line.fields[2];
    if (wanted.starts_with("refused:")) {
      ASSERT_FALSE(stored) << line.where << " stored " << *stored;
      const std::string part = wanted.size() > 9 ? wanted.substr(9) : "";
      EXPECT_NE(stored.error().detail.find(part), std::string::npos)
          << line.where << ": " << stored.error().detail;
      EXPECT_EQ(stored.error().code, core::Errc::invalid);
    } else {
      ASSERT_TRUE(stored) << line.where << ": " << stored.error().detail;
      EXPECT_EQ(*stored, wanted) << line.where;
      EXPECT_EQ(check_destination(*stored, allowed).value(), wanted)
          << "checking again must change nothing";
    }
  }
}

TEST(Destination, LongestUrlIs4096Bytes) {
  const std::vector<std::string> allowed = {"shop.example"};
  std::string url = "https://shop.example/";
  url.append(4096 - url.size(), 'a');
  EXPECT_TRUE(check_destination(url, allowed));
  EXPECT_FALSE(check_destination(url + "a", allowed));
}

TEST(Destination, HasAtMostTwentyMacros) {
  const std::vector<std::string> allowed = {"shop.example"};
  std::string url = "https://shop.example/{slug}?a=";
  for (int i = 0; i < 19; ++i)
    url += "{sub1}";
  EXPECT_EQ(check_destination(url, allowed).value(), url);
  const auto refused = check_destination(url + "#{click_id}", allowed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "destination may have at most 20 macros, this has 21");
}

// Rows from before there was a limit.
TEST(Decide, MacrosWithoutEndAreNotFollowed) {
  std::string url = "https://shop.example/";
  while (url.size() < 4000)
    url += "{sub1}";
  const std::string query = "sub1=" + std::string(4000, '%');
  EXPECT_LT(location_of(target_of(url, "", false), query).size(), 3 * location_bytes_max);
  EXPECT_LT(location_of(target_of("https://shop.example/?a=" + url, "", false), query).size(),
            3 * location_bytes_max);
}

TEST(Destination, DamagedRowsAreNotServed) {
  for (const char* url :
       {"", "shop.example", "https://", "https:///x", "https://a@b/", "https://[::1]/",
        "https://a/\r\n", "https://a/ b", "https://a\\b/", "https://{slug}/"})
    EXPECT_FALSE(split_destination(url)) << url;
}

}  // namespace
}  // namespace fairlead::redirect
