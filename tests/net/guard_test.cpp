// The guard's rules as raw bytes over a socket, the deadlines, and the limits of heads and bodies.
#include "net/guard.hpp"

#include <random>
#include <thread>

#include "net/head.hpp"
#include "tests/net/fixture.hpp"
#include "tests/support/escapes.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/random.hpp"

namespace fairlead::net {
namespace {

using test::HttpClient;

double all_refusals(const Server& server) {
  std::vector<core::Metric> metrics;
  server.collect(metrics);
  double sum = 0;
  for (const core::Metric& metric : metrics) {
    if (metric.name == "fairlead_http_refused_total") sum += metric.value;
  }
  return sum;
}

// Statuses of all answers to the bytes, and whether the last one announced the end.
std::string talk(std::uint16_t port, std::string_view bytes, bool& closes) {
  HttpClient client(port);
  client.send_raw(bytes);
  client.finish_sending();
  const auto expect =
      bytes.starts_with("HEAD") ? HttpClient::Expect::head_only : HttpClient::Expect::body;
  std::string statuses;
  while (const auto answer = client.read_answer(expect)) {
    statuses += (statuses.empty() ? "" : " ") + std::to_string(answer->status);
    closes = answer->header("Connection") == "close";
  }
  return statuses;
}

TEST_F(ServerTest, GuardRulesHoldOnTheWire) {
  start();
  for (const test::GoldenLine& line : test::golden_lines("net/guard.txt", 3)) {
    const auto& fields = line.fields;
    const double before = all_refusals(*server_);
    const double rule_before =
        fields[0] == "-" ? 0 : metric("fairlead_http_refused_total", fields[0]);
    bool closes = false;
    EXPECT_EQ(talk(port(), test::unescaped(fields[2]), closes), fields[1]) << line.where;
    EXPECT_EQ(all_refusals(*server_) - before, fields[0] == "-" ? 0 : 1) << line.where;
    if (fields[0] == "-") continue;
    EXPECT_TRUE(closes) << line.where;
    EXPECT_EQ(metric("fairlead_http_refused_total", fields[0]) - rule_before, 1) << line.where;
  }
}

TEST_F(ServerTest, BytesThatArriveOneByOneMeanTheSame) {
  start();
  for (const std::string_view bytes :
       {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"}) {
    bool closes = false;
    const std::string whole = talk(port(), bytes, closes);
    HttpClient client(port());
    for (const char byte : bytes)
      client.send_raw({&byte, 1});
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << bytes;
    EXPECT_EQ(std::to_string(answer->status), whole) << bytes;
  }
}

// Rule 7.
TEST_F(ServerTest, AHeadThatDripsIsCutFiveSecondsAfterItsFirstByteNotItsLast) {
  ServerOptions options;
  options.limits = short_limits();
  start(options);
  HttpClient client(port());
  client.send_raw("GET /a HTTP/1.1\r\n");
  // Keeps dripping until the server has had enough: a deadline per read would never come.
  while (metric("fairlead_http_timeouts_total", "head") < 1 && client.send_raw("X")) {
    std::this_thread::yield();
  }
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_peer());
}

TEST_F(ServerTest, ASlowBodyAnIdleClientAndASlowReaderAreCut) {
  ServerOptions options;
  options.limits = short_limits();
  start(options);
  HttpClient slow(port());
  slow.send_raw("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  const auto answer = slow.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(slow.is_closed_by_peer());
  EXPECT_EQ(metric("fairlead_http_timeouts_total", "body"), 1);

  HttpClient idle(port());
  EXPECT_EQ(idle.get("/a").status, 302);
  EXPECT_TRUE(idle.is_closed_by_peer());  // without a byte: no request was refused
  HttpClient silent(port());
  silent.connect();
  EXPECT_TRUE(silent.is_closed_by_peer());
  EXPECT_EQ(metric("fairlead_http_timeouts_total", "idle"), 2);

  HttpClient deaf(port());
  deaf.send_raw("GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n");
  while (metric("fairlead_http_timeouts_total", "answer") < 1)
    std::this_thread::yield();
  EXPECT_LT(deaf.read_to_end().size(), 32u * 1024 * 1024);
}

TEST_F(ServerTest, AReaderThatTakesAlwaysALittleIsCutByTheLeastRate) {
  ServerOptions options;
  options.limits = short_limits();
  options.limits.answer_bytes_per_s_min = 64 * 1024 * 1024;  // 0.5 s more for 32 MiB
  start(options);
  HttpClient slow(port());
  slow.send_raw("GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t taken = 0;
  while (metric("fairlead_http_timeouts_total", "answer") < 1 && taken < 32u * 1024 * 1024)
    taken += slow.read_some(1'024).size();
  EXPECT_LT(taken + slow.read_to_end().size(), 32u * 1024 * 1024);
}

TEST_F(ServerTest, AnswersThatAreNotTakenTogetherHaveALimit) {
  ServerOptions options;
  options.limits.unsent_bytes_per_thread_max = 40 * 1024 * 1024;
  start(options);
  const std::string head = "GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto wait_for = [&](double bytes) {
    while (metric("fairlead_http_unsent_bytes") < bytes)
      std::this_thread::yield();
  };
  HttpClient first(port());
  ASSERT_TRUE(first.send_raw(head));
  wait_for(32e6);
  HttpClient second(port());
  ASSERT_TRUE(second.send_raw(head));
  while (metric("fairlead_http_slow_readers_cut_total") < 1)
    std::this_thread::yield();
  EXPECT_LT(first.read_to_end().size(), 32u * 1024 * 1024) << "was at it the longest";
  EXPECT_EQ(second.read_answer()->body.size(), 32u * 1024 * 1024);
  EXPECT_EQ(second.get("/v1/echo").status, 200);
  EXPECT_EQ(metric("fairlead_http_unsent_bytes"), 0);
  EXPECT_EQ(metric("fairlead_http_slow_readers_cut_total"), 1);
}

TEST_F(ServerTest, HeadsAreLimitedInBytesTargetAndFields) {
  ServerOptions options;
  options.limits.head_bytes_max = 400;
  options.limits.target_bytes_max = 50;
  options.limits.header_fields_max = 4;
  start(options);
  const auto head = [](std::size_t target, std::size_t fields, std::size_t bytes) {
    std::string text = "GET /" + std::string(target - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i + 1 < fields; ++i)
      text += "A: b\r\n";
    if (fields > 1) text += "F: " + std::string(bytes - text.size() - 7, 'f') + "\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(head(50, 4, 400).size(), 400u);
  EXPECT_EQ(exchange(head(50, 4, 400) + "GET /b HTTP/1.0\r\n\r\n").find("HTTP/1.1 302"), 0u);
  EXPECT_EQ(exchange(head(50, 4, 401)).find("HTTP/1.1 431"), 0u);
  EXPECT_EQ(exchange(head(51, 4, 400)).find("HTTP/1.1 414"), 0u);
  EXPECT_EQ(exchange(head(50, 5, 400)).find("HTTP/1.1 431"), 0u);
  EXPECT_EQ(exchange("GET /" + std::string(100'000, 'a')).find("HTTP/1.1 431"), 0u);
  EXPECT_EQ(exchange(std::string(1'000, '\r')).find("HTTP/1.1 4"), 0u);
  std::string blank;
  for (int i = 0; i < 100; ++i)
    blank += "\r\n";
  EXPECT_EQ(exchange(blank).find("HTTP/1.1 400"), 0u);
}

TEST_F(ServerTest, ABodyOverTheRoutesLimitIsRefusedBeforeItIsRead) {
  ServerOptions options;
  options.limits.body_bytes_max = 2'000;
  start(options);
  const auto post = [](const std::string& path, std::size_t bytes) {
    return "POST " + path +
           " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n\r\n";
  };
  EXPECT_EQ(exchange(post("/v1/echo", 1'000) + std::string(1'000, ' ')).find("HTTP/1.1 200"), 0u);
  EXPECT_EQ(exchange(post("/mia", 2'000) + std::string(2'000, ' ')).find("HTTP/1.1 405"), 0u);
  // No byte of the body is sent: the answer is there all the same.
  EXPECT_EQ(exchange(post("/v1/echo", 1'001)).find("HTTP/1.1 413"), 0u);
  EXPECT_EQ(exchange(post("/v1/nothing", 1'001)).find("HTTP/1.1 413"), 0u);
  EXPECT_EQ(exchange(post("/mia", 2'001)).find("HTTP/1.1 413"), 0u);
  // All of a large one is sent first: the client still sees why.
  EXPECT_EQ(
      exchange(post("/v1/echo", 10'000'000) + std::string(10'000'000, 'x')).find("HTTP/1.1 413"),
      0u);
}

TEST(Guard, WhatItPassesBeastFramesAlike) {
  std::mt19937 random(test::random_seed());
  const std::vector<std::string_view> parts = {"GET ",
                                               "POST ",
                                               "/a",
                                               " HTTP/1.1",
                                               " HTTP/1.0",
                                               "\r\n",
                                               "\r\n",
                                               "\r\n",
                                               "Host: a",
                                               "Host",
                                               ": ",
                                               "Content-Length: 5",
                                               "Content-Length:",
                                               "Transfer-Encoding: chunked",
                                               "chunked",
                                               ",",
                                               " ",
                                               "\t",
                                               "5",
                                               "Connection: close",
                                               "Connection: keep-alive, x",
                                               "x",
                                               "\x80",
                                               "Expect: 100-continue",
                                               "GET /a HTTP/1.1\r\nHost: a\r\n",
                                               "Upgrade: x",
                                               "Connection: upgrade"};
  Limits limits;
  int passed = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string head = random() % 2 ? "GET /a HTTP/1.1\r\nHost: a\r\n" : "";
    for (unsigned n = random() % 12; n > 0; --n)
      head += parts[random() % parts.size()];
    head += "\r\n\r\n";
    Framing framing;
    if (!guard(head, framing).passes()) continue;
    ++passed;
    Request request;
    Head read;
    const GuardVerdict verdict = read_head(head, limits, request, read);
    ASSERT_NE(verdict.code, "ambiguous_head") << head;
  }
  EXPECT_GT(passed, 500);
}

}  // namespace
}  // namespace fairlead::net
