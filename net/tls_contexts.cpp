#include "net/tls_contexts.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>

#include "core/check.hpp"
#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

// P-256 is there for those without X25519, and because an ECDSA certificate on P-256 needs the
// group in TLS 1.2 (docs/performance.md has the cost of each).
constexpr const char* groups = "X25519:P-256";
// AES-128 first: nothing is gained from longer keys.
constexpr const char* suites_13 =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* suites_12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384";
constexpr unsigned char http11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr std::string_view session_domain = "fairlead";

std::string openssl_says() {
  char text[256] = "no reason given";
  if (const unsigned long code = ERR_peek_last_error(); code != 0)
    ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return text;
}

}  // namespace

core::Result<std::shared_ptr<const TlsContexts>> TlsContexts::make(
    const std::vector<Certificate>& certificates, TicketKeys& keys, std::size_t tickets) {
  CHECK(!certificates.empty());
  const std::shared_ptr<TlsContexts> made(new TlsContexts(keys));
  for (const Certificate& certificate : certificates) {
    auto added = made->add(certificate, tickets);
    if (!added) return added.error();
  }
  return made;
}

SslPointer TlsContexts::new_connection() const {
  SslPointer ssl(SSL_new(contexts_.front().get()));
  CHECK(ssl != nullptr);
  SSL_set_accept_state(ssl.get());
  return ssl;
}

// Two pairs for the same names, such as one ECDSA and one RSA, share a context: OpenSSL offers what
// the client can verify, ECDSA first.
core::Result<void> TlsContexts::add(const Certificate& certificate, std::size_t tickets) {
  const ParsedCertificate parsed = certificate.parse();
  const bool is_known =
      !certificate.names.empty() &&
      std::all_of(certificate.names.begin(), certificate.names.end(),
                  [this](const std::string& name) { return by_name_.contains(name); });
  if (!is_known) contexts_.push_back(new_context(tickets));
  SSL_CTX* context = is_known ? by_name_.at(certificate.names.front()) : contexts_.back().get();

  STACK_OF(X509)* chain = sk_X509_new_null();
  for (std::size_t i = 1; i < parsed.chain.size(); ++i)
    sk_X509_push(chain, parsed.chain[i].get());
  ERR_clear_error();
  const int is_used =
      SSL_CTX_use_cert_and_key(context, parsed.chain.front().get(), parsed.key.get(), chain, 1);
  sk_X509_free(chain);
  if (is_used != 1) {
    return core::fail(core::Errc::config, "tls_cert " + certificate.files.certificate_file +
                                              ": OpenSSL does not take it: " + openssl_says());
  }
  for (const std::string& name : certificate.names)
    by_name_.emplace(name, context);
  return {};
}

TlsContexts::Context TlsContexts::new_context(std::size_t tickets) const {
  Context owned(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = owned.get();
  CHECK(context != nullptr);
  CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  CHECK(SSL_CTX_set1_groups_list(context, groups) == 1);
  CHECK(SSL_CTX_set_ciphersuites(context, suites_13) == 1);
  CHECK(SSL_CTX_set_cipher_list(context, suites_12) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // NO_AUTO_CHAIN: what the file has is the chain; none is sought among the system's certificates.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(context, 1);  // one recv for all records that are there

  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, keys_.period_s());
  CHECK(SSL_CTX_set_num_tickets(context, tickets) == 1);
  CHECK(SSL_CTX_set_session_id_context(
            context, reinterpret_cast<const unsigned char*>(session_domain.data()),
            session_domain.size()) == 1);
  SSL_CTX_set_app_data(context, const_cast<TlsContexts*>(this));
  CHECK(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key) == 1);

  SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(context, const_cast<TlsContexts*>(this));
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return owned;
}

// The name itself, or the wildcard that stands for its first label.
SSL_CTX* TlsContexts::find(std::string_view name) const {
  if (const auto exact = by_name_.find(name); exact != by_name_.end()) return exact->second;
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto wildcard = by_name_.find("*" + std::string(name.substr(dot)));
  return wildcard == by_name_.end() ? nullptr : wildcard->second;
}

int TlsContexts::choose_certificate(SSL* ssl, int* /*alert*/, void* self) {
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
  std::string name(asked);
  for (char& c : name)
    c = lower(c);
  SSL_CTX* context = static_cast<const TlsContexts*>(self)->find(name);
  if (context == nullptr) return SSL_TLSEXT_ERR_NOACK;
  if (context != SSL_get_SSL_CTX(ssl)) SSL_set_SSL_CTX(ssl, context);
  return SSL_TLSEXT_ERR_OK;
}

// RFC 7301: who offers protocols, and HTTP/1.1 is not among them, is refused by an alert.
int TlsContexts::choose_protocol(SSL*, const unsigned char** out, unsigned char* out_bytes,
                                 const unsigned char* in, unsigned in_bytes, void*) {
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_bytes, http11, sizeof http11, in, in_bytes);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// 0: the key is gone, a full handshake follows; 1: go on; 2: opened, and a new ticket is due;
// negative: a fault.
int TlsContexts::use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv,
                                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int is_sealing) {
  TicketKeys& keys =
      static_cast<const TlsContexts*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->keys_;
  TicketKey key = keys.current();
  bool is_current = true;
  if (is_sealing != 0) {
    std::copy(key.name.begin(), key.name.end(), name);
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
  } else if (!std::equal(key.name.begin(), key.name.end(), name)) {
    const auto previous = keys.find(name);
    if (!previous) return 0;
    key = *previous;
    is_current = false;
  }
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
  if (EVP_MAC_CTX_set_params(mac, parameters) != 1) return -1;
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv, is_sealing) != 1)
    return -1;
  return is_sealing != 0 || is_current ? 1 : 2;
}

}  // namespace fairlead::net
