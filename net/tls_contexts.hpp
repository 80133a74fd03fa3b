// OpenSSL's side of the server: one context per certificate, chosen by the name a client asks for
// (SNI), and the rules that hold for all of them. TLS 1.2 and 1.3, forward secrecy and AEAD only,
// ALPN http/1.1, stateless tickets; no renegotiation, no compression, no early data.
//
// Each I/O thread has contexts of its own, because OpenSSL counts references in them for every
// connection. Made on any thread, used on one. A reload replaces the whole object; connections keep
// what they began with.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "net/certificates.hpp"
#include "net/ticket_keys.hpp"

namespace fairlead::net {

using SslPointer = std::unique_ptr<SSL, FreedBy<SSL_free>>;

class TlsContexts {
 public:
  // `tickets`: how many a TLS 1.3 handshake gives away, 0 to 2; TLS 1.2 gives one whenever it is
  // asked for. Errc::config when OpenSSL refuses a certificate. The keys must outlive the contexts.
  static core::Result<std::shared_ptr<const TlsContexts>> make(
      const std::vector<Certificate>& certificates, TicketKeys& keys, std::size_t tickets);

  // For one connection, which must keep these contexts alive.
  SslPointer new_connection() const;

 private:
  using Context = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;

  explicit TlsContexts(TicketKeys& keys) : keys_(keys) {}
  Context new_context(std::size_t tickets) const;
  core::Result<void> add(const Certificate& certificate, std::size_t tickets);
  SSL_CTX* find(std::string_view name) const;

  static int choose_certificate(SSL* ssl, int* alert, void* self);
  static int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes,
                             const unsigned char* in, unsigned in_bytes, void*);
  static int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv,
                            EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int is_sealing);

  TicketKeys& keys_;
  std::vector<Context> contexts_;  // the first one serves who asks for no name we know
  std::map<std::string, SSL_CTX*, std::less<>> by_name_;
};

}  // namespace fairlead::net
