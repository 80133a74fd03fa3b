// What changes while a server runs: certificates, ticket keys; and files that cannot be used.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "core/log.hpp"
#include "net/certificates.hpp"
#include "net/ticket_keys.hpp"
#include "tests/net/tls.hpp"

namespace fairlead::net {
namespace {

using test::TlsClient;

TEST_F(TlsTest, TicketsAreGoodOnEveryThread) {
  ServerOptions options;
  options.threads = 4;
  options.tls_tickets = 1;
  start_tls(options);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto session = session_of_first_visit(version);
    for (int i = 0; i < 40; ++i)
      EXPECT_TRUE(is_resumed(session, version)) << version;
  }
  EXPECT_EQ(metric("fairlead_tls_handshakes_total", "resumed"), 80);
}

TEST_F(TlsTest, WithoutTicketsTls13DoesNotResumeAndTls12Does) {
  start_tls();
  EXPECT_FALSE(is_resumed(session_of_first_visit(TLS1_3_VERSION), TLS1_3_VERSION));
  EXPECT_TRUE(is_resumed(session_of_first_visit(TLS1_2_VERSION), TLS1_2_VERSION));
}

TEST_F(TlsTest, ATicketOpensWhileItsKeyIsTheLastButOneAndNotLonger) {
  ServerOptions options;
  options.tls_tickets = 1;
  options.limits.ticket_key_s_max = 1'000;
  start_tls(options);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto session = session_of_first_visit(version);
    clock_.advance_seconds(1'000);
    EXPECT_TRUE(is_resumed(session, version)) << version;
    clock_.advance_seconds(1'000);
    EXPECT_FALSE(is_resumed(session, version)) << version;
  }
}

TEST(TicketKeys, RotateByTheClockAndForgetWhenItIsSetBack) {
  core::ManualClock clock{core::Instant{1'772'442'900'000'000}};
  TicketKeys keys(100, clock);
  const TicketKey first = keys.current();
  clock.advance_seconds(99);
  EXPECT_EQ(keys.current().name, first.name);
  clock.advance_seconds(1);
  const TicketKey second = keys.current();
  EXPECT_NE(second.name, first.name);
  ASSERT_TRUE(keys.find(first.name.data()));
  EXPECT_EQ(keys.find(first.name.data())->cipher, first.cipher);
  clock.advance_seconds(200);  // both periods have passed with nobody looking
  EXPECT_FALSE(keys.find(second.name.data()));
  const TicketKey third = keys.current();
  clock.advance_seconds(-1'000);
  EXPECT_FALSE(keys.find(third.name.data()));
}

TEST_F(TlsTest, AReloadChangesNewConnectionsAndNoOpenOne) {
  ServerOptions options;
  options.certificates = {pair("a", {.names = {"before.example"}})};
  start_tls(options);
  TlsClient before(port());
  ASSERT_TRUE(before.send(staying_get));
  EXPECT_NE(before.read_until("\r\n\r\n").find("302"), std::string::npos);
  pair("a", {.names = {"after.example"}});
  ASSERT_TRUE(server_->reload_certificates());
  EXPECT_EQ(TlsClient(port()).server_name(), "after.example");
  EXPECT_EQ(before.server_name(), "before.example");
  EXPECT_NE(before.exchange(closing_get).find("200 OK"), std::string::npos);
}

TEST_F(TlsTest, AReloadKeepsTicketsGood) {
  start_tls();
  const auto session = session_of_first_visit(TLS1_2_VERSION);
  ASSERT_TRUE(server_->reload_certificates());
  EXPECT_TRUE(is_resumed(session, TLS1_2_VERSION));
}

TEST_F(TlsTest, ABadNewCertificateChangesNothing) {
  ServerOptions options;
  options.certificates = {pair("a", {.names = {"a.example"}}), pair("b", {.names = {"b.example"}})};
  start_tls(options);
  pair("a", {.names = {"newer.example"}});
  std::ofstream(options.certificates[1].key_file) << "not a key";
  const auto reloaded = server_->reload_certificates();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, core::Errc::config);
  EXPECT_NE(reloaded.error().detail.find("b.key: there is no private key in it"),
            std::string::npos);
  EXPECT_EQ(TlsClient(port()).server_name(), "a.example");
  EXPECT_EQ(TlsClient(port(), {.name = "b.example"}).server_name(), "b.example");
}

TEST_F(TlsTest, ReloadUnderLoadDropsNoConnection) {
  ServerOptions options;
  options.threads = 2;
  options.tls_tickets = 1;
  start_tls(options);
  std::atomic<bool> is_over{false};
  std::atomic<int> answered{0};
  std::atomic<int> lost{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, i] {
      test::TlsSession session;
      while (!is_over) {
        try {
          TlsClient client(port(), {.version = i % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION,
                                    .name = "localhost",
                                    .session = session});
          client.send(staying_get);
          const bool is_first = client.read_until("\r\n\r\n").find("302") != std::string::npos;
          const bool is_second = client.exchange(closing_get).find("200 OK") != std::string::npos;
          ++(is_first && is_second ? answered : lost);
          session = client.session();
        } catch (const std::runtime_error& error) {
          ADD_FAILURE() << error.what();
          ++lost;
        }
      }
    });
  }
  int reloads = 0;
  for (; reloads < 20 || answered < 40; ++reloads) {
    if (reloads % 2 == 0) pair("localhost");
    EXPECT_TRUE(server_->reload_certificates());
  }
  is_over = true;
  for (std::thread& client : clients)
    client.join();
  EXPECT_EQ(lost, 0) << "of " << answered << " in " << reloads << " reloads";
}

// "" when the pair is taken.
std::string refusal(const TlsPair& pair) {
  const auto read = read_certificates({pair}, core::Instant{1'772'442'900'000'000});
  return read ? "" : read.error().detail;
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamedWithTheReason) {
  const TlsPair good = pair("good");
  const TlsPair other = pair("other");
  const std::string noise = directory_.file("noise.pem");
  std::ofstream(noise) << "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";
  const std::string sealed = directory_.file("sealed.key");
  std::ofstream(sealed) << "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGb\n"
                           "-----END ENCRYPTED PRIVATE KEY-----\n";
  const std::string none = directory_.file("none.pem");
  EXPECT_EQ(refusal(good), "");
  EXPECT_EQ(refusal({none, good.key_file}), "tls_cert " + none + ": there is no such file");
  EXPECT_EQ(refusal({good.certificate_file, none}), "tls_key " + none + ": there is no such file");
  EXPECT_NE(refusal({noise, good.key_file}).find("there is no certificate in it"),
            std::string::npos);
  EXPECT_NE(refusal({good.certificate_file, noise}).find("there is no private key in it"),
            std::string::npos);
  EXPECT_NE(refusal({good.certificate_file, sealed}).find("it is encrypted"), std::string::npos);
  EXPECT_NE(refusal({directory_.path().string(), good.key_file}).find("it cannot be read"),
            std::string::npos);
  EXPECT_EQ(refusal({good.certificate_file, other.key_file}),
            "tls_key " + other.key_file + ": it is not the key of the first certificate in " +
                good.certificate_file);
}

TEST_F(TlsTest, ExpiredCertificatesAndOpenKeysAreWarnedAbout) {
  std::vector<std::string> lines;
  core::set_log_sink([&lines](core::Level, std::string_view line) { lines.emplace_back(line); });
  const TlsPair expired = pair("expired", {.expires_year = 2025});
  ::chmod(expired.key_file.c_str(), 0644);
  EXPECT_EQ(refusal(expired), "");
  core::set_log_sink({});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("certificate_expired"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("2025-01-01T00:00:00Z"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("key_readable_by_everyone"), std::string::npos) << lines[1];
}

TEST_F(TlsTest, TheMetricsSayWhenACertificateExpires) {
  ServerOptions options;
  options.certificates = {pair("localhost")};
  start_tls(options);
  EXPECT_EQ(
      metric("fairlead_tls_certificate_expires_seconds", options.certificates[0].certificate_file),
      2'208'988'800);  // 2040-01-01
}

}  // namespace
}  // namespace fairlead::net
