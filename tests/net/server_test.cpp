// The server as a client sees it: requests in order, connections that stay and close, stopping.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "tests/net/fixture.hpp"

namespace fairlead::net {
namespace {

using test::HttpAnswer;
using test::HttpClient;

TEST_F(ServerTest, ASlugGoesToTheFastPathAndAReservedSegmentToTheRouter) {
  start();
  HttpClient client(port());
  const HttpAnswer redirect = client.get("/mia-summer?sub1=a", {{"Host", "Go.Example:8080"}});
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.header("Location"), "https://shop.example/mia-summer");
  EXPECT_EQ(redirect.header("X-Query"), "sub1=a");
  EXPECT_EQ(redirect.header("X-Host"), "Go.Example");
  EXPECT_EQ(redirect.header("X-Client"), "127.0.0.1");
  const HttpAnswer api = client.get("/v1/echo?limit=3");
  EXPECT_EQ(api.status, 200);
  EXPECT_NE(api.body.find("\"query\":\"limit=3\""), std::string::npos) << api.body;
  EXPECT_EQ(client.get("/").status, 302);
  EXPECT_EQ(client.get("/v1x").status, 302);
  for (const char* path :
       {"/v1", "/v1/", "/admin", "/portal/x", "/docs", "/assets/a.css", "/healthz", "/readyz",
        "/metrics", "/robots.txt", "/favicon.ico", "/.well-known/x", "/track.js"}) {
    EXPECT_EQ(client.get(path).status, 404) << path;
  }
}

TEST_F(ServerTest, AHeldAnswerLeavesWhenItIsReleasedAndTheNextRequestWaitsForIt) {
  start();
  HttpClient client(port());
  const std::string end = " HTTP/1.1\r\nHost: go.example\r\n\r\n";
  client.send_raw("GET /held" + end + "GET /second" + end + "GET /v1/echo" + end + "GET /held" +
                  end);
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/held");
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/second");
  EXPECT_EQ(client.read_answer()->status, 200);
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/held");
  const HttpAnswer last = client.get("/held", {{"Connection", "close"}});
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, AnAnswerThatIsWrittenLaterLeavesWholeAndInOrder) {
  start();
  HttpClient client(port());
  const std::string end = " HTTP/1.1\r\nHost: go.example\r\n\r\n";
  client.send_raw("GET /late" + end + "GET /second" + end + "GET /late" + end);
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/late");
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/second");
  EXPECT_EQ(client.read_answer()->header("Location"), "https://shop.example/late");
  client.send_raw("GET /late HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_answer()->header("Connection"), "keep-alive");
}

TEST_F(ServerTest, AClientThatHasFinishedSendingIsStillAnswered) {
  start();
  for (const std::string path : {"/held", "/late", "/now", "/v1/echo"}) {
    HttpClient client(port());
    client.send_raw("GET " + path + " HTTP/1.1\r\nHost: go.example\r\n\r\n");
    client.finish_sending();
    EXPECT_EQ(answers_in(client.read_to_end()), 1u) << path;
  }
}

TEST_F(ServerTest, EveryApiAnswerForbidsCachingSniffingAndFraming) {
  start();
  HttpClient client(port());
  for (const char* path : {"/v1/echo", "/v1/nothing", "/v1/throw", "/v1/orders/7"}) {
    const HttpAnswer answer = client.get(path);
    EXPECT_EQ(answer.header("Cache-Control"), "no-store") << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Content-Security-Policy"),
              "default-src 'none'; frame-ancestors 'none'")
        << path;
    EXPECT_EQ(answer.header("Date"), "Mon, 02 Mar 2026 09:15:00 GMT") << path;
  }
}

TEST_F(ServerTest, HeadHasTheHeadOfGetAndNoBody) {
  start();
  HttpClient client(port());
  const HttpAnswer get = client.get("/v1/codes/all");
  const HttpAnswer head = client.request("HEAD", "/v1/codes/all");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), get.header("Content-Length"));
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(client.get("/v1/codes/all").body, "[]");  // the connection is in step
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start();
  const std::string answers = exchange(
      "GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
      "GET /v1/codes/two HTTP/1.1\r\nHost: a\r\n\r\n"
      "\r\nGET /three HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      "GET /four HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answers_in(answers), 4u) << answers;
  const auto one = answers.find("/one");
  const auto echo = answers.find("\"body_bytes\":2");
  const auto two = answers.find("[\"two\"]");
  const auto three = answers.find("/three");
  EXPECT_TRUE(one < echo && echo < two && two < three && three != std::string::npos) << answers;
}

TEST_F(ServerTest, AConnectionStaysAsItsVersionAndHeadersSay) {
  start();
  const struct {
    const char* head;
    bool stays;
  } cases[] = {
      {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
      {"GET /a HTTP/1.1\r\nHost: a\r\nConnection: Close, x\r\n\r\n", false},
      {"GET /a HTTP/1.0\r\n\r\n", false},
      {"GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
      {"GET /v1/echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& [head, stays] : cases) {
    HttpClient client(port());
    ASSERT_TRUE(client.send_raw(head));
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << head;
    EXPECT_EQ(answer->header("Connection") == "close", !stays) << head;
    const bool is_http10 = std::string_view(head).find("1.0") != std::string_view::npos;
    if (is_http10 && stays) {
      EXPECT_EQ(answer->header("Connection"), "keep-alive") << head;
    }
    client.send_raw("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_answer().has_value(), stays) << head;
  }
}

TEST_F(ServerTest, AConnectionEndsAfterItsLastAllowedRequest) {
  ServerOptions options;
  options.limits.requests_per_connection_max = 2;
  start(options);
  HttpClient client(port());
  EXPECT_EQ(client.get("/a").header("Connection"), "");
  EXPECT_EQ(client.get("/b").header("Connection"), "close");
  EXPECT_EQ(client.get("/c").status, 302);  // on a new one
}

TEST_F(ServerTest, TheClientIsToldToSendABodyItWaitsWith) {
  start();
  HttpClient client(port());
  client.send_raw(
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  // read_answer() passes over 100, so the bytes are looked at here by the second answer's body.
  std::thread sender([&client] { client.send_raw("{  }"); });
  const auto answer = client.read_answer();
  sender.join();
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->body.find("\"body_bytes\":4"), std::string::npos);

  HttpClient too_long(port());
  too_long.send_raw(
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  const auto refusal = too_long.read_answer();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 413);

  EXPECT_EQ(exchange("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                     "Expect: a-miracle\r\n\r\n")
                .substr(0, 12),
            "HTTP/1.1 417");
}

TEST_F(ServerTest, ABodyMayComeInPieces) {
  start();
  HttpClient client(port());
  const std::string body(150'000, 'x');
  client.send_raw("POST /v1/raw HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\nxxx");
  client.send_raw(std::string_view(body).substr(3, 70'000));
  client.send_raw(std::string_view(body).substr(70'003));
  const auto answer = client.read_answer();
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->body.find("\"body_bytes\":150000"), std::string::npos) << answer->body;
  EXPECT_EQ(client.get("/after").status, 302);
}

TEST_F(ServerTest, AListenerServesWhatItIsFor) {
  ServerOptions options;
  options.listeners = {{.serve_api = false}, {.serve_redirects = false}};
  start(options);
  HttpClient redirects(server_->port(0));
  HttpClient api(server_->port(1));
  EXPECT_EQ(redirects.get("/mia").status, 302);
  EXPECT_EQ(redirects.get("/v1/echo").status, 404);
  EXPECT_EQ(api.get("/v1/echo").status, 200);
  EXPECT_EQ(api.get("/mia").status, 404);
  // What shoppers' browsers and shops call is looked for among the routes of both.
  const auto is_foreign = [](const HttpAnswer& answer) {
    return answer.body.find("This address does not serve") != std::string::npos;
  };
  for (const char* path : {"/track.js", "/v1/codes/check", "/v1/webhooks/pixel/int_1?order=1"}) {
    EXPECT_FALSE(is_foreign(redirects.get(path))) << path;
    EXPECT_FALSE(is_foreign(api.get(path))) << path;
  }
  for (const char* path : {"/docs", "/v1/codes/checks", "/v1/webhooks/failed", "/v1/webhooks"})
    EXPECT_TRUE(is_foreign(redirects.get(path))) << path;
}

TEST_F(ServerTest, AFaultOfOursIsABare500AndTheConnectionGoesOn) {
  start();
  HttpClient client(port());
  for (const char* path :
       {"/v1/throw", "/v1/split", "/throw", "/v1/put-off-throw", "/v1/put-off-late-throw"}) {
    const HttpAnswer answer = client.get(path);
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_NE(answer.body.find("internal_error"), std::string::npos) << path;
    EXPECT_EQ(answer.body.find("secret"), std::string::npos) << path;
    EXPECT_EQ(answer.header("Set-Cookie"), "") << path;
  }
  EXPECT_EQ(client.get("/mia").status, 302);
}

TEST_F(ServerTest, TheWorkQueueIsBounded) {
  ServerOptions options;
  options.work_threads = 1;
  options.limits.work_queue_max = 2;
  start(options);
  HttpClient first(port()), second(port()), third(port());
  first.send_raw("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_for(1);
  second.send_raw("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  while (metric("fairlead_http_work_waiting") < 2)
    std::this_thread::yield();
  const HttpAnswer overloaded = third.get("/v1/echo");
  EXPECT_EQ(overloaded.status, 503);
  EXPECT_EQ(overloaded.header("Retry-After"), "1");
  EXPECT_EQ(metric("fairlead_http_overloaded_total"), 1);
  EXPECT_EQ(third.get("/mia").status, 302);  // redirects do not wait for the pool
  gate_.open();
  EXPECT_EQ(first.read_answer()->status, 200);
  EXPECT_EQ(second.read_answer()->status, 200);
}

TEST_F(ServerTest, AnAnswerThatIsPutOffHoldsNoThreadOfThePool) {
  ServerOptions options;
  options.work_threads = 1;
  start(options);
  HttpClient first(port()), second(port()), third(port());
  first.send_raw("GET /v1/put-off/a HTTP/1.1\r\nHost: a\r\n\r\n");
  second.send_raw("GET /v1/put-off/b HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_for(2);
  EXPECT_EQ(metric("fairlead_http_work_waiting"), 2) << "they count for the limit of the queue";
  EXPECT_EQ(third.get("/v1/echo").status, 200);
  gate_.open();
  EXPECT_EQ(first.read_answer()->body, "a");
  EXPECT_EQ(second.read_answer()->body, "b");
}

TEST_F(ServerTest, StoppingWaitsForAnAnswerThatIsPutOff) {
  start();
  HttpClient client(port());
  client.send_raw("GET /v1/put-off/a HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_for(1);
  std::thread stopping([this] { server_->stop(); });
  gate_.open();
  EXPECT_EQ(client.read_answer()->body, "a");
  stopping.join();
}

TEST_F(ServerTest, ThreadsShareAPort) {
  ServerOptions options;
  options.threads = 2;
  start(options);
  EXPECT_EQ(fast_path_.thread_count, 2u);
  std::set<std::string> seen;
  for (int i = 0; i < 500 && seen.size() < 2; ++i) {
    seen.insert(HttpClient(port()).get("/mia").header("X-Thread"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"0", "1"}));
}

TEST_F(ServerTest, APortInUseIsRefusedByName) {
  ServerOptions options;
  options.threads = 2;
  start(options);
  options.listeners = {{.port = port()}};
  Server second(options, *router_, fast_path_, clock_);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, core::Errc::busy);
  EXPECT_EQ(
      started.error().detail.find("127.0.0.1:" + std::to_string(port()) + " is already in use"), 0u)
      << started.error().detail;
  server_->stop();
  EXPECT_TRUE(second.start());
  EXPECT_EQ(HttpClient(second.port()).get("/mia").status, 302);
}

TEST_F(ServerTest, ABadListenAddressIsRefusedByName) {
  for (const char* address : {"localhost", "1.2.3", "203.0.113.77"}) {
    ServerOptions options;
    options.listeners = {{.address = address}};
    Server server(options, *router_, fast_path_, clock_);
    const auto started = server.start();
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, core::Errc::config) << address;
    EXPECT_NE(started.error().detail.find(address), std::string::npos) << started.error().detail;
  }
}

TEST_F(ServerTest, Ipv6IsServed) {
  ServerOptions options;
  options.listeners = {{.address = "::1"}};
  start(options);
  const HttpAnswer answer = HttpClient(port(), "::1").get("/mia", {{"Host", "[::1]:80"}});
  EXPECT_EQ(answer.header("X-Client"), "::1");
  EXPECT_EQ(answer.header("X-Host"), "[::1]");
}

TEST_F(ServerTest, TooManyConnectionsAreToldSo) {
  ServerOptions options;
  options.limits.connections_per_thread_max = 2;
  start(options);
  HttpClient first(port()), second(port());
  EXPECT_EQ(first.get("/a").status, 302);
  EXPECT_EQ(second.get("/b").status, 302);
  HttpClient third(port());
  third.connect();
  const auto refusal = third.read_answer();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 503);
  EXPECT_EQ(metric("fairlead_http_connections_over_limit_total"), 1);
  EXPECT_EQ(first.get("/c").status, 302);
}

TEST_F(ServerTest, HandlersStepBackBehindRedirects) {
  start();
  const int own = ::getpriority(PRIO_PROCESS, 0);
  HttpClient client(port());
  EXPECT_GT(std::stoi(client.get("/v1/nice").body), own) << "the other threads are as this one";
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), own);
}

TEST_F(ServerTest, OutOfDescriptorsIsSurvivedWithoutSpinning) {
  start();
  HttpClient waiting(port());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // The client takes the last descriptor, so that the server finds none for its side.
  const int probe = ::dup(0);
  ASSERT_GE(probe, 0);
  ::close(probe);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(probe) + 1;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  waiting.connect();
  while (metric("fairlead_http_accept_failures_total") < 2)
    std::this_thread::yield();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(waiting.get("/mia").status, 302);
  EXPECT_LT(metric("fairlead_http_accept_failures_total"), 20);
}

TEST_F(ServerTest, StoppingAnswersWhatIsInFlightAndClosesIdleConnections) {
  ServerOptions options;
  options.work_threads = 2;
  options.limits = short_limits();
  options.limits.idle_ms_max = 10'000;
  start(options);
  HttpClient idle(port()), busy(port());
  EXPECT_EQ(idle.get("/a").status, 302);
  busy.send_raw("GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.wait_for(1);
  std::size_t cut = 99;
  std::thread stopping([&] { cut = server_->stop(); });
  EXPECT_TRUE(idle.is_closed_by_peer());
  gate_.open();
  const auto answer = busy.read_answer();
  stopping.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_EQ(cut, 0u);
  EXPECT_EQ(server_->stop(), 0u);  // a second time is nothing
  EXPECT_THROW(HttpClient(port()).get("/a"), std::runtime_error);
}

TEST_F(ServerTest, StoppingCutsWhatTakesTooLong) {
  ServerOptions options;
  options.limits = short_limits();
  options.limits.drain_ms_max = 100;
  options.limits.head_ms_max = 60'000;
  start(options);
  HttpClient slow(port());
  slow.send_raw("GET /a HTTP/1.1\r\nHo");
  while (metric("fairlead_http_connections_open") < 1)
    std::this_thread::yield();
  const std::size_t cut = server_->stop();
  EXPECT_EQ(cut, 1u);
  EXPECT_EQ(slow.read_to_end(), "");
}

TEST_F(ServerTest, StoppingUnderLoadLosesNoAnswer) {
  ServerOptions options;
  options.threads = 2;
  options.limits = short_limits();
  start(options);
  const std::uint16_t at = port();
  std::atomic<int> received{0};
  std::atomic<bool> torn{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      HttpClient client(at);
      try {
        while (true) {
          client.send_raw(i % 2 ? "GET /mia HTTP/1.1\r\nHost: a\r\n\r\n"
                                : "GET /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n");
          const auto answer = client.read_answer();
          if (!answer) break;  // closed between two requests
          received.fetch_add(1);
          if (answer->header("Connection") == "close") client.close();
        }
      } catch (const std::exception& failure) {
        if (std::string_view(failure.what()).find("ends inside") != std::string_view::npos)
          torn = true;
      }
    });
  }
  while (received.load() < 400)
    std::this_thread::yield();
  EXPECT_EQ(server_->stop(), 0u);
  for (std::thread& client : clients)
    client.join();
  EXPECT_FALSE(torn);
  double counted = 0;
  std::vector<core::Metric> metrics;
  server_->collect(metrics);
  for (const core::Metric& metric : metrics) {
    if (metric.name == "fairlead_http_requests_total") counted += metric.value;
  }
  EXPECT_EQ(counted, received.load());
}

TEST_F(ServerTest, LargeBodiesTogetherHaveALimit) {
  ServerOptions options;
  options.limits = short_limits();
  options.limits.body_ms_max = 20'000;
  options.limits.bodies_bytes_per_thread_max = 300'000;
  start(options);
  const std::string head = "POST /v1/raw HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
  HttpClient first(port());
  HttpClient said_only(port());
  EXPECT_TRUE(said_only.send_raw(head)) << "what was only announced takes no memory";
  ASSERT_TRUE(first.send_raw(head + std::string(190'000, 'x')));
  EXPECT_NE(exchange(head + std::string(200'000, 'x')).find("503"), std::string::npos);
  ASSERT_TRUE(first.send_raw(std::string(10'000, 'x')));
  EXPECT_EQ(first.read_answer()->status, 200);
  HttpClient later(port());
  EXPECT_EQ(later.post("/v1/raw", std::string(200'000, 'x')).status, 200) << "given back";
}

}  // namespace
}  // namespace fairlead::net
