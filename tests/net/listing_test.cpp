#include "net/listing.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "net/problem.hpp"
#include "net/wire.hpp"

namespace fairlead::net {
namespace {

Request with_query(std::string_view query) {
  Request request;
  request.query = query;
  return request;
}

std::string cursor_after(std::int64_t number) {
  const core::Answer answer = list_answer({1, 2, 3}, true, number);
  return boost::json::parse(answer.body).at("next_cursor").as_string().c_str();
}

TEST(Listing, ACursorComesBackAsTheNumberItWasMadeOf) {
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{4'711}, INT64_MAX}) {
    const std::string query = "limit=200&cursor=" + cursor_after(number);
    const auto page = read_page(with_query(query));
    ASSERT_TRUE(page) << query;
    EXPECT_EQ(page->after, number);
    EXPECT_EQ(page->limit, 200);
  }
  EXPECT_EQ(read_page(with_query(""))->limit, 50);
}

TEST(Listing, BadPagesAreRefusedByName) {
  std::string altered = cursor_after(7);
  altered[3] = altered[3] == 'A' ? 'B' : 'A';
  for (const std::string& query :
       {std::string("limit=0"), std::string("limit=201"), std::string("limit=-1"),
        std::string("limit=ten"), std::string("limit="), std::string("limit=1.5"),
        std::string("limit=99999999999999999999"), "cursor=" + altered,
        "cursor=" + cursor_after(7).substr(1), std::string("cursor=7"), std::string("cursor=")}) {
    const auto page = read_page(with_query(query));
    ASSERT_FALSE(page) << query;
    const std::string name = "\"?" + query.substr(0, query.find('=')) + "\"";
    EXPECT_EQ(page.error().detail.find(name), 0u) << page.error().detail;
    EXPECT_EQ(problem_of(page.error()).status, 400);
  }
}

TEST(Listing, AParameterThatNothingReadsIsRefusedByName) {
  const auto refused = [](std::string_view query) {
    const auto page = read_page(with_query(query), {"deal_id"});
    EXPECT_FALSE(page) << query;
    return boost::json::parse(page.error().body);
  };
  const auto unknown = refused("limit=2&foo=1&deal_id=x&b%61r");
  EXPECT_EQ(unknown.at("status").as_int64(), 400);
  EXPECT_EQ(unknown.at("code").as_string(), "unknown_field");
  EXPECT_EQ(unknown.at("detail").as_string(),
            "there is no parameter \"foo\" here; it takes limit, cursor and deal_id");
  EXPECT_EQ(unknown.at("errors").at(0).at("pointer").as_string(), "?foo");
  EXPECT_EQ(unknown.at("errors").at(1).at("pointer").as_string(), "?bar");
  const auto twice = refused("deal_id=x&deal%5Fid=y");
  EXPECT_EQ(twice.at("code").as_string(), "invalid_request");
  EXPECT_EQ(twice.at("detail").as_string(), "give deal_id once");
  EXPECT_EQ(refused("Limit=2").at("code").as_string(), "unknown_field");
  EXPECT_EQ(refused("limit=0").at("code").as_string(), "invalid_request");
  EXPECT_EQ(read_page(with_query("&limit=2&&deal_id="), {"deal_id"})->limit, 2);
  EXPECT_EQ(read_page(with_query(""), {})->limit, 50);
}

TEST(Listing, TheSurplusRowIsCutAndTheLastPageHasNoCursor) {
  const auto more = boost::json::parse(list_answer({1, 2, 3}, true, 2).body);
  EXPECT_EQ(more.at("data").as_array().size(), 2u);
  const auto last = boost::json::parse(list_answer({1, 2, 3}, false, 3).body);
  EXPECT_EQ(last.at("data").as_array().size(), 3u);
  EXPECT_TRUE(last.at("next_cursor").is_null());
}

TEST(Listing, AStaleEditIsRefused) {
  const auto status = [](std::string_view if_match) {
    Request request;
    if (!if_match.empty()) request.headers.emplace_back("if-match", if_match);
    const auto refusal = refuse_stale(request, 7);
    return refusal ? refusal->status : 0;
  };
  EXPECT_EQ(status(""), 0);
  EXPECT_EQ(status("*"), 0);
  EXPECT_EQ(status("\"7\""), 0);
  EXPECT_EQ(status("\"6\", \"7\""), 0);
  EXPECT_EQ(status("\"6\""), 412);
  EXPECT_EQ(status("W/\"7\""), 412);
  EXPECT_EQ(status("7"), 412);
}

TEST(Request, QueriesAndPathsAreDecoded) {
  EXPECT_EQ(query_value("a=1&b=x%20y+z&b=2&c", "b"), "x y z");
  EXPECT_EQ(query_value("a=1&c", "c"), "");
  EXPECT_EQ(query_value("a=1", "b"), std::nullopt);
  EXPECT_EQ(query_value("%61=1", "a"), "1");
  EXPECT_EQ(percent_decode("a+b%2Fc%2fd%"), "a+b/c/d%");
  EXPECT_EQ(percent_decode("%g1%1"), "%g1%1");
}

TEST(Problem, AFailureSaysNothingOfItsInside) {
  for (const core::Errc code : {core::Errc::busy, core::Errc::io, core::Errc::no_space,
                                core::Errc::too_new, core::Errc::config}) {
    const core::Answer answer = problem_of(core::fail(code, "disk /secret/path"));
    EXPECT_GE(answer.status, 500);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
  }
  EXPECT_EQ(problem_of(core::fail(core::Errc::not_found, "no such deal")).status, 404);
  EXPECT_EQ(problem_of(core::fail(core::Errc::conflict, "taken")).status, 409);
  EXPECT_EQ(problem_of(core::fail(core::Errc::overflow, "too much")).status, 400);
}

TEST(Wire, AHeaderThatCouldSplitTheAnswerMakesItA500) {
  for (const std::string& value :
       {std::string("a\r\nb"), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f"),
        std::string("\xc3\xbc")}) {
    std::string wire;
    core::Answer answer{.body = "{}"};
    answer.headers.emplace_back("X-Note", value);
    EXPECT_FALSE(append_answer(wire, answer, Connection::stays, Payload::sent, {}));
    EXPECT_EQ(wire.find("HTTP/1.1 500"), 0u);
    EXPECT_EQ(wire.find("X-Note"), std::string::npos);
  }
  std::string wire;
  core::Answer answer{.status = 204};
  answer.headers.emplace_back("content-security-policy", "default-src 'self'");
  EXPECT_TRUE(append_answer(wire, answer, Connection::closes, Payload::sent, {}));
  EXPECT_EQ(wire.find("Content-Length"), std::string::npos);
  EXPECT_EQ(wire.find("'none'"), std::string::npos);
  EXPECT_NE(wire.find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::net
