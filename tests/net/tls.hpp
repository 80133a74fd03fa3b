// A server with TLS on a port of the system's choice, and certificates made for the test.
#pragma once

#include <string>
#include <vector>

#include "tests/net/fixture.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/tls_client.hpp"

namespace fairlead::net {

inline const std::string closing_get =
    "GET /v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
inline const std::string staying_get = "GET /mia HTTP/1.1\r\nHost: a\r\n\r\n";

class TlsTest : public ServerTest {
 protected:
  // Writes <name>.pem and <name>.key.
  TlsPair pair(const std::string& name, const test::CertificateWish& wish = {}) {
    const TlsPair files{directory_.file(name + ".pem"), directory_.file(name + ".key")};
    test::write_certificate(files.certificate_file, files.key_file, wish);
    return files;
  }
  // One listener, TLS, with a certificate for localhost unless the options have some.
  void start_tls(ServerOptions options = {}) {
    options.listeners = {{.is_tls = true}};
    if (options.certificates.empty()) options.certificates.push_back(pair("localhost"));
    start(std::move(options));
  }
  // Opens a connection, asks once and closes; true when the handshake was a short one.
  bool is_resumed(const test::TlsSession& session, int version) {
    test::TlsClient client(port(), {.version = version, .session = session});
    EXPECT_NE(client.exchange(closing_get).find("200 OK"), std::string::npos);
    return client.is_resumed();
  }
  test::TlsSession session_of_first_visit(int version) {
    test::TlsClient client(port(), {.version = version});
    EXPECT_FALSE(client.is_resumed());
    EXPECT_NE(client.exchange(closing_get).find("200 OK"), std::string::npos);
    return client.session();
  }

  test::TemporaryDirectory directory_;
};

}  // namespace fairlead::net
