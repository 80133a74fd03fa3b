#include "tests/support/tls_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace fairlead::test {

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval wait{20, 0};
  ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  if (::connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    const std::string why = std::strerror(errno);
    ::close(made);
    throw std::runtime_error("connect to " + std::to_string(port) + ": " + why);
  }
  return made;
}

namespace {

int write_first_byte(BIO* bio, const char* bytes, int) {
  BIO_clear_retry_flags(bio);
  return static_cast<int>(::send(BIO_get_fd(bio, nullptr), bytes, 1, MSG_NOSIGNAL));
}

// A socket that takes one byte at a time, which is one packet with TCP_NODELAY.
BIO* dribbling_bio(int descriptor) {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOCKET, "dribbling socket");
    const BIO_METHOD* plain = BIO_s_socket();
    BIO_meth_set_read(made, BIO_meth_get_read(plain));
    BIO_meth_set_ctrl(made, BIO_meth_get_ctrl(plain));
    BIO_meth_set_create(made, BIO_meth_get_create(plain));
    BIO_meth_set_destroy(made, BIO_meth_get_destroy(plain));
    BIO_meth_set_write(made, write_first_byte);
    return made;
  }();
  BIO* bio = BIO_new(method);
  BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
  return bio;
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const TlsWish& wish) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (wish.version != 0) {
    SSL_CTX_set_min_proto_version(context_, wish.version);
    SSL_CTX_set_max_proto_version(context_, wish.version);
    if (wish.version < TLS1_2_VERSION) SSL_CTX_set_security_level(context_, 0);
  }
  if (!wish.suites.empty()) SSL_CTX_set_cipher_list(context_, wish.suites.c_str());
  ssl_ = SSL_new(context_);
  if (!wish.name.empty()) SSL_set_tlsext_host_name(ssl_, wish.name.c_str());
  if (!wish.protocols.empty()) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(wish.protocols.data()),
                        static_cast<unsigned>(wish.protocols.size()));
  }
  if (wish.session) SSL_set_session(ssl_, wish.session.get());
  socket_ = connect_to(port);
  if (wish.is_dribbling) {
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    BIO* bio = dribbling_bio(socket_);
    SSL_set_bio(ssl_, bio, bio);
  } else {
    SSL_set_fd(ssl_, socket_);
  }
  ERR_clear_error();
  if (SSL_connect(ssl_) == 1) return;
  char text[256] = "the connection ended";
  if (const unsigned long code = ERR_get_error(); code != 0)
    ERR_error_string_n(code, text, sizeof text);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(socket_);
  throw std::runtime_error(std::string("handshake: ") + text);
}

TlsClient::~TlsClient() {
  SSL_shutdown(ssl_);  // without it OpenSSL takes the session for a bad one
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(socket_);
}

bool TlsClient::send(std::string_view bytes) {
  ERR_clear_error();
  return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) ==
         static_cast<int>(bytes.size());
}

std::string TlsClient::read_to_end() {
  std::string all;
  char piece[16 * 1024];
  ERR_clear_error();
  for (int n = SSL_read(ssl_, piece, sizeof piece); n > 0; n = SSL_read(ssl_, piece, sizeof piece))
    all.append(piece, static_cast<std::size_t>(n));
  return all;
}

std::string TlsClient::read_until(std::string_view end) {
  std::string all;
  char byte;
  ERR_clear_error();
  while (!all.ends_with(end) && SSL_read(ssl_, &byte, 1) == 1)
    all += byte;
  return all;
}

void TlsClient::finish_sending() {
  SSL_shutdown(ssl_);
  ::shutdown(socket_, SHUT_WR);
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(ssl_, &name, &bytes);
  return {reinterpret_cast<const char*>(name), bytes};
}

std::string TlsClient::server_name() const {
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl_)), NID_commonName,
                            name, sizeof name);
  return name;
}

int TlsClient::server_key() const {
  return EVP_PKEY_get_base_id(X509_get0_pubkey(SSL_get0_peer_certificate(ssl_)));
}

TlsSession TlsClient::session() const {
  return {SSL_get1_session(ssl_), SSL_SESSION_free};
}

}  // namespace fairlead::test
