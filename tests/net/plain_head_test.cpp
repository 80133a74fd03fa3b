// The one-pass reader of plain heads against the guard and Beast, which it must never disagree
// with.
#include "net/plain_head.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/random.hpp"

namespace fairlead::net {
namespace {

const std::string browser =
    "GET /mia-summer?sub1=a&utm_source=x HTTP/1.1\r\nHost: Go.Example:8080\r\n"
    "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148\r\n"
    "Accept-Language: de-DE,de;q=0.9\r\nReferer:https://l.instagram.example/ \r\n"
    "Connection: Keep-Alive\r\n\r\n";

void expect_same(const Request& plain, const Head& plain_head, const Request& strict,
                 const Head& strict_head, const std::string& bytes) {
  EXPECT_EQ(plain.method, strict.method) << bytes;
  EXPECT_EQ(plain.path, strict.path) << bytes;
  EXPECT_EQ(plain.query, strict.query) << bytes;
  EXPECT_EQ(plain.host, strict.host) << bytes;
  EXPECT_EQ(plain.headers, strict.headers) << bytes;
  EXPECT_EQ(plain_head.content_length, strict_head.content_length) << bytes;
  EXPECT_EQ(plain_head.is_http11, strict_head.is_http11) << bytes;
  EXPECT_EQ(plain_head.is_chunked, strict_head.is_chunked) << bytes;
  EXPECT_EQ(plain_head.keeps_alive, strict_head.keeps_alive) << bytes;
  EXPECT_EQ(plain_head.expect, strict_head.expect) << bytes;
}

// True when the head is plain; then the strict reader has accepted it and read the same.
bool is_plain(const std::string& bytes, const Limits& limits = {}) {
  Request plain;
  Head plain_head;
  const std::size_t size = read_plain_head(bytes, limits, plain, plain_head);
  if (size == 0) return false;
  HeadScanner scanner;
  EXPECT_EQ(scanner.scan(bytes), HeadScanner::State::complete) << bytes;
  EXPECT_EQ(scanner.size(), size) << bytes;
  Request strict;
  Head strict_head;
  const GuardVerdict verdict =
      read_head(std::string_view(bytes).substr(0, size), limits, strict, strict_head);
  EXPECT_TRUE(verdict.passes()) << verdict.why << "\n" << bytes;
  expect_same(plain, plain_head, strict, strict_head, bytes);
  return true;
}

std::string get_with(std::string_view lines) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
}

TEST(PlainHead, ABrowsersHeadIsPlainAndReadAsTheGuardAndBeastReadIt) {
  EXPECT_TRUE(is_plain(browser));
  EXPECT_TRUE(is_plain(browser + browser)) << "what follows is the next request";
  EXPECT_TRUE(is_plain(get_with("")));
  EXPECT_TRUE(is_plain(get_with("Connection: close\r\n")));
  EXPECT_TRUE(is_plain(get_with("Sec-Fetch-Mode: navigate\r\nX:\r\nCookie: a=b; c=d\r\n")));
  EXPECT_TRUE(is_plain("GET /? HTTP/1.1\r\nHost: a:1\r\n\r\n"));
}

TEST(PlainHead, WhatIsNotWholeIsNotPlain) {
  for (std::size_t size = 0; size < browser.size(); ++size)
    EXPECT_FALSE(is_plain(browser.substr(0, size))) << size;
}

TEST(PlainHead, WhatTouchesFramingIsLeftToTheStrictReader) {
  for (const char* lines : {"Content-Length: 0\r\n",
                            "content-length: 5\r\n",
                            "Transfer-Encoding: chunked\r\n",
                            "Expect: 100-continue\r\n",
                            "Upgrade: h2c\r\n",
                            "Connection: Upgrade\r\n",
                            "Connection: close\r\nConnection: close\r\n",
                            "Connection: close, te\r\n",
                            "Proxy-Connection: close\r\n",
                            "Host: b\r\n",
                            " folded\r\n",
                            "X : 1\r\n",
                            "X\r\n",
                            ": 1\r\n",
                            "X: a\tb\r\n",
                            "X: \x80\r\n",
                            "X: a\rb\r\n",
                            "X: a\nb\r\n",
                            "X: 1\n",
                            "X: \x7f\r\n",
                            "X\"y: 1\r\n"})
    EXPECT_FALSE(is_plain(get_with(lines))) << lines;
  for (const char* bytes :
       {"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\rX"})
    EXPECT_FALSE(is_plain(bytes)) << bytes;
}

TEST(PlainHead, KeepsTheLimits) {
  Limits limits;
  limits.head_bytes_max = browser.size();
  EXPECT_TRUE(is_plain(browser, limits));
  --limits.head_bytes_max;
  EXPECT_FALSE(is_plain(browser, limits));
  limits = {.header_fields_max = 5};
  EXPECT_TRUE(is_plain(browser, limits));
  limits.header_fields_max = 4;
  EXPECT_FALSE(is_plain(browser, limits));
  limits = {.target_bytes_max = 31};
  EXPECT_TRUE(is_plain(browser, limits));
  limits.target_bytes_max = 30;
  EXPECT_FALSE(is_plain(browser, limits));
}

// Pieces that heads are made of, put together and damaged at random.
TEST(PlainHead, NeverAcceptsWhatTheStrictReaderRefusesOrReadsOtherwise) {
  const std::vector<std::string> pieces = {"GET ",
                                           "POST ",
                                           "/",
                                           "/a",
                                           "?b=c",
                                           "%2e",
                                           " HTTP/1.1",
                                           " HTTP/1.0",
                                           "\r\n",
                                           "\r\n\r\n",
                                           "\n",
                                           "\r",
                                           "Host: a",
                                           "Host: b:80",
                                           "Host",
                                           ":",
                                           " ",
                                           "\t",
                                           "Connection: close",
                                           "Connection: keep-alive",
                                           "connection: x",
                                           "Content-Length: 3",
                                           "Transfer-Encoding: chunked",
                                           "Expect: x",
                                           "Upgrade: h2c",
                                           "Proxy-Connection: close",
                                           "Keep-Alive: 5",
                                           "X-Y: z",
                                           "\x80",
                                           "\x7f"};
  std::mt19937 random(test::random_seed());
  int plain = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string bytes = browser;
    for (std::size_t edits = random() % 4 + 1; edits > 0; --edits) {
      const std::size_t line = bytes.find("\r\n", random() % bytes.size());
      const std::size_t at =
          random() % 2 == 0 || line == bytes.npos ? random() % bytes.size() : line;
      const std::string& piece = pieces[random() % pieces.size()];
      switch (random() % 4) {
        case 0:
          bytes.insert(at, piece);
          break;
        case 1:
          bytes.insert(at, "\r\n" + piece);
          break;
        case 2:
          bytes.replace(at, random() % 6, piece);
          break;
        default:
          bytes[at] = static_cast<char>(random());
      }
    }
    plain += is_plain(bytes);
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(plain, 1'000);
  EXPECT_LT(plain, 29'000);
}

}  // namespace
}  // namespace fairlead::net
