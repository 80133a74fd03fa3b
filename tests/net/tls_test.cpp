// TLS as a client sees it: versions, certificates by name, protocols, and connections that are
// slow, broken, cut in pieces or meant for somebody else.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "tests/net/tls.hpp"

namespace fairlead::net {
namespace {

using test::TlsClient;

// Why the handshake failed; "" when it did not.
std::string refusal(std::uint16_t port, const test::TlsWish& wish) {
  try {
    TlsClient client(port, wish);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST_F(TlsTest, BothVersionsServeTheSameAnswersAndSayThatTheyAreSafe) {
  start_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(port(), {.version = version});
    ASSERT_TRUE(client.send(staying_get));
    EXPECT_NE(client.read_until("\r\n\r\n").find("302 Found"), std::string::npos);
    const std::string answer = client.exchange(closing_get);
    EXPECT_NE(answer.find("\"via_tls\":true"), std::string::npos) << answer;
    EXPECT_TRUE(client.has_peer_finished());
    EXPECT_EQ(client.suite(), version == TLS1_3_VERSION ? "TLS_AES_128_GCM_SHA256"
                                                        : "ECDHE-ECDSA-AES128-GCM-SHA256");
  }
  EXPECT_EQ(metric("fairlead_tls_handshakes_total", "full"), 2);
}

TEST_F(TlsTest, PlainListenersBesideItStayPlain) {
  ServerOptions options;
  options.listeners = {{}, {.is_tls = true}};
  options.certificates = {pair("localhost")};
  start(options);
  EXPECT_NE(exchange(closing_get).find("\"via_tls\":false"), std::string::npos);
  TlsClient client(server_->port(1));
  EXPECT_NE(client.exchange(closing_get).find("\"via_tls\":true"), std::string::npos);
}

TEST_F(TlsTest, OlderVersionsAreRefused) {
  start_tls();
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION})
    EXPECT_NE(refusal(port(), {.version = version}).find("protocol version"), std::string::npos);
}

TEST_F(TlsTest, TheNameThatIsAskedForChoosesTheCertificate) {
  ServerOptions options;
  options.certificates = {pair("one", {.names = {"one.example"}}),
                          pair("two", {.names = {"two.example", "also.example"}}),
                          pair("all", {.names = {"*.go.example"}})};
  start_tls(options);
  const std::pair<const char*, const char*> cases[] = {{"one.example", "one.example"},
                                                       {"two.example", "two.example"},
                                                       {"also.example", "two.example"},
                                                       {"TWO.Example", "two.example"},
                                                       {"x.go.example", "*.go.example"},
                                                       {"x.y.go.example", "one.example"},
                                                       {"go.example", "one.example"},
                                                       {"unknown.example", "one.example"},
                                                       {"", "one.example"}};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& [asked, given] : cases) {
      TlsClient client(port(), {.version = version, .name = asked});
      EXPECT_EQ(client.server_name(), given) << asked;
      EXPECT_NE(client.exchange(closing_get).find("200 OK"), std::string::npos) << asked;
    }
  }
}

TEST_F(TlsTest, OfTwoKeysForOneNameTheClientGetsTheOneItCanVerify) {
  ServerOptions options;
  options.certificates = {pair("rsa", {.kind = test::KeyKind::rsa2048}), pair("p256")};
  start_tls(options);
  TlsClient modern(port(), {.name = "localhost"});
  EXPECT_EQ(modern.server_key(), EVP_PKEY_EC);
  TlsClient old(port(), {.version = TLS1_2_VERSION, .suites = "ECDHE-RSA-AES128-GCM-SHA256"});
  EXPECT_EQ(old.server_key(), EVP_PKEY_RSA);
}

TEST_F(TlsTest, Http11IsTheOnlyProtocol) {
  start_tls();
  TlsClient both(port(), {.protocols = "\x02h2\x08http/1.1"});
  EXPECT_EQ(both.protocol(), "http/1.1");
  TlsClient none(port());
  EXPECT_EQ(none.protocol(), "");
  EXPECT_NE(refusal(port(), {.protocols = "\x02h2"}).find("no application protocol"),
            std::string::npos);
}

TEST_F(TlsTest, RenegotiationIsRefused) {
  start_tls();
  TlsClient client(port(), {.version = TLS1_2_VERSION});
  ASSERT_EQ(SSL_renegotiate(client.ssl()), 1);
  EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
}

TEST_F(TlsTest, AnHttpRequestOnTheTlsPortIsToldSo) {
  start_tls();
  const std::string answer = exchange(staying_get);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_NE(answer.find("tls_needed"), std::string::npos) << answer;
  EXPECT_EQ(metric("fairlead_tls_handshakes_total", "failed"), 1);
}

TEST_F(TlsTest, NoiseIsAnsweredByAnAlertAndTheEnd) {
  start_tls();
  const std::string answer = exchange(std::string(600, '\x17'));
  EXPECT_TRUE(answer.empty() || answer[0] == '\x15') << answer;
  EXPECT_EQ(exchange(std::string("\x16\x03\x01\xff\xff") + std::string(70'000, 'x')).substr(0, 1),
            "\x15");
}

TEST_F(TlsTest, SlowHandshakesAreCut) {
  ServerOptions options;
  options.limits = short_limits();
  options.limits.handshake_ms_max = 100;
  start_tls(options);
  test::HttpClient silent(port());
  silent.connect();
  EXPECT_TRUE(silent.is_closed_by_peer());
  test::HttpClient halting(port());
  halting.send_raw(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(halting.is_closed_by_peer());
  EXPECT_EQ(metric("fairlead_http_timeouts_total", "handshake"), 2);
}

TEST_F(TlsTest, IdleAndSlowClientsAreCutAsOnPlainConnections) {
  ServerOptions options;
  options.limits = short_limits();
  start_tls(options);
  TlsClient idle(port());
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(idle.has_peer_finished());
  TlsClient slow(port());
  ASSERT_TRUE(slow.send("GET /mia HTT"));
  EXPECT_NE(slow.read_to_end().find("408"), std::string::npos);
  TlsClient deaf(port());
  ASSERT_TRUE(deaf.send("GET /v1/big HTTP/1.1\r\nHost: a\r\n\r\n"));
  while (metric("fairlead_http_timeouts_total", "answer") == 0)
    std::this_thread::yield();
}

TEST_F(TlsTest, AHeadMayBeSpreadOverManyRecords) {
  start_tls();
  TlsClient client(port());
  const std::string request = "GET /mia?x=" + std::string(2'000, 'y') +
                              " HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(4'000, 'z') +
                              "\r\nConnection: close\r\n\r\n";
  for (std::size_t at = 0; at < request.size(); at += 7)
    ASSERT_TRUE(client.send(std::string_view(request).substr(at, 7)));
  EXPECT_NE(client.read_to_end().find("302 Found"), std::string::npos);
}

TEST_F(TlsTest, RecordsMayArriveByteByByte) {
  start_tls();
  TlsClient client(port(), {.is_dribbling = true});
  EXPECT_NE(client.exchange(closing_get).find("200 OK"), std::string::npos);
}

TEST_F(TlsTest, LongBodiesGoBothWays) {
  start_tls();
  TlsClient client(port());
  ASSERT_TRUE(client.send("POST /v1/raw HTTP/1.1\r\nHost: a\r\nContent-Length: 190000\r\n\r\n" +
                          std::string(190'000, 'b')));
  EXPECT_NE(client.read_until("}").find("\"body_bytes\":190000"), std::string::npos);
  const std::string answer =
      client.exchange("GET /v1/big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_GT(answer.size(), 32u * 1024 * 1024);
  EXPECT_TRUE(answer.ends_with("xxxx"));
}

TEST_F(TlsTest, PipelinedRequestsInOneRecordAreAnsweredInOrder) {
  start_tls();
  TlsClient client(port());
  EXPECT_EQ(answers_in(client.exchange(staying_get + staying_get + closing_get)), 3u);
}

TEST_F(TlsTest, WhoFinishedSendingStillGetsTheAnswer) {
  start_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(port(), {.version = version});
    ASSERT_TRUE(client.send(staying_get));
    client.finish_sending();
    EXPECT_NE(client.read_to_end().find("302 Found"), std::string::npos) << version;
  }
}

TEST_F(TlsTest, ABreakWithoutGoodbyeHurtsNobody) {
  start_tls();
  for (int i = 0; i < 20; ++i) {
    TlsClient client(port());
    client.send(staying_get);
    linger now{1, 0};
    ::setsockopt(SSL_get_fd(client.ssl()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::shutdown(SSL_get_fd(client.ssl()), SHUT_RDWR);
  }
  TlsClient client(port());
  EXPECT_NE(client.exchange(closing_get).find("200 OK"), std::string::npos);
}

TEST_F(TlsTest, AStopSaysGoodbyeToIdleConnections) {
  start_tls();
  TlsClient client(port());
  ASSERT_TRUE(client.send(staying_get));
  client.read_until("\r\n\r\n");
  EXPECT_EQ(server_->stop(), 0u);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.has_peer_finished());
}

// A client that asks for key updates all the time and reads no answer must not cost memory.
TEST_F(TlsTest, KeyUpdatesWithoutEndAreHeldBack) {
  ServerOptions options;
  options.limits = short_limits();
  start_tls(options);
  TlsClient client(port(), {.version = TLS1_3_VERSION});
  for (int i = 0; i < 5'000; ++i) {
    SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    if (SSL_do_handshake(client.ssl()) != 1) break;
  }
  TlsClient other(port());
  EXPECT_NE(other.exchange(closing_get).find("200 OK"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::net
