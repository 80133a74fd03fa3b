// HTTPS of the real program: certificates from its configuration, taken up again by SIGHUP.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "tests/support/certificate.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/tls_client.hpp"
#include "tests/whole/server_process.hpp"
#include "tests/whole/shop.hpp"

namespace fairlead::whole {
namespace {

using test::TlsClient;

class Https : public testing::Test {
 protected:
  Https() { write("first.example"); }

  void write(const std::string& name) const {
    test::write_certificate(certificate_, key_, {.names = {name}});
  }
  std::vector<std::string> arguments() const { return {"--data", directory_.file("data")}; }
  std::vector<std::string> with_tls() const {
    auto all = arguments();
    all.insert(all.end(),
               {"--listen-tls", "127.0.0.1:0", "--tls-cert", certificate_, "--tls-key", key_});
    return all;
  }

  test::TemporaryDirectory directory_;
  const std::string certificate_ = directory_.file("cert.pem");
  const std::string key_ = directory_.file("key.pem");
};

TEST_F(Https, AClickOverTlsRedirectsAndHangupTakesUpNewCertificates) {
  const BrandKeys keys = init_brand(arguments());
  ServerProcess server(with_tls());
  Shop shop(server.port(), keys);
  shop.set_up();
  TlsClient open(server.tls_port());
  EXPECT_EQ(open.server_name(), "first.example");

  write("second.example");
  ::kill(server.pid(), SIGHUP);
  server.wait_for_log("\"what\":\"certificates\"");
  TlsClient fresh(server.tls_port());
  EXPECT_EQ(fresh.server_name(), "second.example");
  for (TlsClient* client : {&open, &fresh}) {
    client->send("GET /mia-summer HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string head = client->read_until("\r\n\r\n");
    EXPECT_NE(head.find(" 302 "), std::string::npos) << head;
  }

  std::filesystem::remove(key_);
  ::kill(server.pid(), SIGHUP);
  server.wait_for_log("reload_failed");
  EXPECT_NE(server.log().find("key.pem: there is no such file"), std::string::npos);
  EXPECT_EQ(TlsClient(server.tls_port()).server_name(), "second.example");
  EXPECT_EQ(server.stop(), 0);
}

TEST_F(Https, AStartWithTheWrongKeyNamesIt) {
  init_brand(arguments());
  const std::string kept = certificate_ + ".kept";
  std::filesystem::copy_file(certificate_, kept);
  write("other.example");
  std::filesystem::rename(kept, certificate_);
  auto wrong = with_tls();
  wrong.insert(wrong.begin(), {"serve", "--listen", "127.0.0.1:0"});
  const Ran ran = run_program(wrong);
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("it is not the key of the first certificate in"), std::string::npos)
      << ran.err;
}

}  // namespace
}  // namespace fairlead::whole
