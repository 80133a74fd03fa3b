#include "net/json.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "core/utf8.hpp"
#include "tests/support/escapes.hpp"

namespace fairlead::net {
namespace {

namespace json = boost::json;

// Reads a body with every kind of reader and returns the refusal as the golden file writes it.
std::string refusal_of(const std::string& body) {
  Fields fields(body);
  fields.text("name", {.min = 1, .max = 20});
  fields.integer("rate_ppm", 0, 1'000'000);
  fields.integer("price_minor", 0, 1'000'000'000'000);
  fields.instant("placed_at");
  fields.currency("currency");
  fields.one_of("kind", {"percent", "fixed"});
  fields.objects("items", 1, 3, [](Fields& item) {
    item.text("line_id");
    item.integer("quantity", 1, 9);
  });
  fields.maybe_text("note");
  fields.maybe_boolean("is_new");
  fields.maybe_day("day");
  fields.maybe_instant("expires_at");
  fields.maybe_integer("uses", 1, 100);
  fields.maybe_one_of("unit", {"cm"});
  fields.texts("tags", 2);
  fields.object("utm", false, [](Fields& utm) { utm.maybe_text("source"); });
  const auto refusal = fields.refusal();
  if (!refusal) return "  none\n";
  EXPECT_EQ(refusal->status, 400);
  EXPECT_EQ(refusal->media_type, "application/problem+json");
  EXPECT_TRUE(core::is_utf8(refusal->body));
  const json::object problem = json::parse(refusal->body).as_object();
  std::string text = "  " + std::string(problem.at("code").as_string()) + "\n";
  for (const json::value& error : problem.at("errors").as_array()) {
    text += "  ";
    for (const char* part : {"pointer", "code", "detail"}) {
      if (*part != 'p') text += " | ";
      text += error.at(part).as_string();
    }
    text += "\n";
  }
  return text;
}

// A good body with one part in place of its own.
std::string around(const std::string& part) {
  json::object body = json::parse(R"({"name":"Mia","rate_ppm":100000,"price_minor":1999,
    "placed_at":"2026-03-02T09:15:00Z","currency":"EUR","kind":"percent",
    "items":[{"line_id":"1","quantity":2}]})")
                          .as_object();
  std::string text;
  for (const auto& [key, value] : body) {
    if (part.find("\"" + std::string(key) + "\":") != 0 &&
        part.find(",\"" + std::string(key) + "\":") == part.npos) {
      text += ",\"" + std::string(key) + "\":" + json::serialize(value);
    }
  }
  return "{" + part + text + "}";
}

TEST(Json, EveryRefusalNamesTheFieldAndWhatWouldBeRight) {
  std::ifstream stream(FAIRLEAD_GOLDEN_DIR "/net/json_refusals.txt");
  const std::string golden((std::istreambuf_iterator<char>(stream)), {});
  ASSERT_FALSE(golden.empty());
  std::istringstream lines(golden);
  std::string line, said;
  while (std::getline(lines, line)) {
    if (line.starts_with("  ")) continue;
    said += line + "\n";
    if (line.starts_with("#")) continue;
    constexpr std::string_view good = "… ";
    const std::string body = test::unescaped(line, test::Escapes::bytes_only);
    said += refusal_of(body.starts_with(good) ? around(body.substr(good.size())) : body);
  }
  EXPECT_EQ(said, golden);
}

TEST(Json, AGoodBodyIsReadAsItIs) {
  Fields fields(
      R"({"name":"Zoë 🎉","rate_ppm":1000000,"at":"2026-03-02T10:15:00+01:00","currency":"jpy",
          "absent":null,"flag":true,"tags":["a","b"],"free":{"x":[1.50]},
          "low":-9223372036854775808})");
  EXPECT_EQ(fields.text("name"), "Zoë 🎉");
  EXPECT_EQ(fields.integer("rate_ppm", 0, 1'000'000), 1'000'000);
  EXPECT_EQ(fields.integer("low", INT64_MIN, 0), INT64_MIN);
  EXPECT_EQ(core::format_instant(fields.instant("at")), "2026-03-02T09:15:00Z");
  EXPECT_EQ(fields.currency("currency")->code(), "JPY");
  EXPECT_FALSE(fields.has("absent"));
  EXPECT_EQ(fields.maybe_text("absent"), std::nullopt);
  EXPECT_EQ(fields.maybe_boolean("flag"), true);
  EXPECT_EQ(fields.texts("tags", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(fields.maybe_day("day"), std::nullopt);
  EXPECT_FALSE(fields.object("none", false, [](Fields&) {}));
  const json::value* free = fields.raw("free");
  ASSERT_NE(free, nullptr);
  EXPECT_EQ(number_source(free->at("x").at(0)), "1.50");
  EXPECT_EQ(fields.raw("nothing"), nullptr);
  const auto refusal = fields.refusal();
  EXPECT_FALSE(refusal) << refusal->body;
}

TEST(Json, NumbersThatAreNoIntegersKeepTheirText) {
  const std::pair<const char*, const char*> kept[] = {
      {"19.99", "19.99"}, {"1e3", "1e3"},
      {"-0.0", "-0.0"},   {"9223372036854775808", "9223372036854775808"},
      {"1E+2", "1E+2"},   {"123456789012345678901234567890.5", "123456789012345678901234567890.5"}};
  for (const auto& [text, source] : kept) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(number_source(*value), source) << text;
  }
  for (const char* text : {"0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_TRUE(value->is_int64()) << text;
    EXPECT_EQ(std::to_string(value->as_int64()), text);
  }
  EXPECT_EQ(number_source(json::value("19.99")), std::nullopt);
}

TEST(Json, DepthIsLimitedWithoutRecursion) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(32)));
  EXPECT_FALSE(parse_json(nested(33)));
  const auto deep = parse_json(nested(100'000));
  ASSERT_FALSE(deep);
  EXPECT_NE(deep.error().detail.find("deeper than 32"), std::string::npos) << deep.error().detail;
  std::string objects;
  for (int i = 0; i < 100'000; ++i)
    objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects));
  EXPECT_TRUE(parse_json(nested(40), {.depth_max = 40}));
}

TEST(Json, DuplicatedKeysAreAllowedOnlyWhereAskedFor) {
  EXPECT_FALSE(parse_json(R"({"a":1,"b":{"a":1,"a":2}})"));
  EXPECT_TRUE(parse_json(R"({"a":1,"b":{"a":1}})"));
  EXPECT_TRUE(parse_json(R"({"a":1,"a":2})", {.refuse_duplicate_keys = false}));
  EXPECT_FALSE(parse_json("{\"a\":1,\"\\u0061\":2}"));  // the same key in another spelling
}

TEST(Json, ATenMegabyteBodyIsReadOnceAndNoMore) {
  const std::string blanks(10'000'000, ' ');
  EXPECT_FALSE(parse_json(blanks));
  const auto digits = parse_json(std::string(10'000'000, '9'));
  ASSERT_TRUE(digits);
  EXPECT_EQ(number_source(*digits)->size(), 10'000'000u);
  EXPECT_FALSE(parse_json("\"" + std::string(10'000'000, 'x')));
}

TEST(Json, ALongListOfProblemsIsCut) {
  std::string body = "{\"items\":[";
  for (int i = 0; i < 500; ++i)
    body += std::string(i ? "," : "") + "{\"quantity\":-1,\"x\":1}";
  Fields fields(body + "]}");
  fields.objects("items", 1, 500, [](Fields& item) { item.integer("quantity", 1, 9); });
  const auto refusal = fields.refusal();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(json::parse(refusal->body).at("errors").as_array().size(), 50u);
}

TEST(Utf8, WellFormedTextIsTold) {
  for (const char* good : {"", "a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x8e\x89",
                           "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"}) {
    EXPECT_TRUE(core::is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x82"}) {
    EXPECT_FALSE(core::is_utf8(bad)) << bad;
    EXPECT_TRUE(core::is_utf8(core::utf8_repaired(bad)));
  }
  EXPECT_EQ(core::utf8_repaired("a\xff\xc3\xbc"), "a\xef\xbf\xbd\xc3\xbc");
  EXPECT_EQ(core::utf8_prefix("ab\xff"), 2u);
}

}  // namespace
}  // namespace fairlead::net
