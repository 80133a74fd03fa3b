// A blocking TLS client for tests: OpenSSL on a plain socket, without any code of net/. It trusts
// every certificate and tells which one it got. One thread at a time.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::test {

using TlsSession = std::shared_ptr<SSL_SESSION>;

struct TlsWish {
  int version = 0;            // TLS1_2_VERSION or TLS1_3_VERSION; 0: whatever both can
  std::string name;           // of the server (SNI); "": not said
  std::string protocols;      // ALPN, each behind its length; "": not said
  std::string suites;         // of TLS 1.2, as OpenSSL names them; "": its own choice
  TlsSession session;         // to resume
  bool is_dribbling = false;  // sends each byte by itself
};

class TlsClient {
 public:
  // Connects to 127.0.0.1 and shakes hands. Throws std::runtime_error with OpenSSL's reason.
  explicit TlsClient(std::uint16_t port, const TlsWish& wish = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // False when the peer does not take it.
  bool send(std::string_view bytes);
  // Everything until the peer ends the connection.
  std::string read_to_end();
  // Everything up to and with `end`; less when the connection ends before.
  std::string read_until(std::string_view end);
  std::string exchange(std::string_view bytes) { return send(bytes) ? read_to_end() : ""; }
  // Says that nothing follows (close_notify) and ends the sending side of the socket.
  void finish_sending();

  bool is_resumed() const { return SSL_session_reused(ssl_) == 1; }
  // True when the peer said that nothing follows.
  bool has_peer_finished() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::string protocol() const;     // ALPN; "": none
  std::string server_name() const;  // common name of its certificate
  int server_key() const;           // EVP_PKEY_EC, EVP_PKEY_RSA
  std::string version() const { return SSL_get_version(ssl_); }
  std::string suite() const { return SSL_get_cipher_name(ssl_); }
  // With TLS 1.3 once something was read: the ticket comes after the handshake.
  TlsSession session() const;
  SSL* ssl() { return ssl_; }

 private:
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  int socket_ = -1;
};

// A connected socket with time limits of 20 s.
int connect_to(std::uint16_t port);

}  // namespace fairlead::test
