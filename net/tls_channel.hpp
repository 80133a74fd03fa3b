// TLS of one connection, on the socket of its Stream. OpenSSL reads from the socket itself and
// writes into a buffer that leaves in one send: a flight of the handshake, or the last records of
// an answer with the end of the connection, are one packet. Nothing here waits; whatever would
// block has sent what it could before. Belongs to one I/O thread.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/io.hpp"
#include "net/tls_contexts.hpp"

namespace fairlead::net {

enum class Handshake {
  waits,  // for the other side
  full,
  resumed,      // from a ticket
  speaks_http,  // the client sent an HTTP request instead
  failed,
};

class TlsChannel {
 public:
  TlsChannel(std::shared_ptr<const TlsContexts> contexts, int socket);
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  // As their namesakes in Stream. A written byte counts when its record has left.
  Handshake shake_hands();
  Io read_now(std::span<char> into, std::size_t& bytes);
  Io write_now(std::string_view from, std::size_t& bytes);
  bool may_have_more() const { return !is_drained_ || SSL_has_pending(ssl_.get()) == 1; }
  bool has_unsent() const { return sent_ < out_.size(); }
  void next_is_last() { is_last_ = true; }
  // Tells the peer that nothing follows, unless that was done, as far as it goes without waiting.
  void finish();

 private:
  static const BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* into, int bytes);
  static int bio_write(BIO* bio, const char* from, int bytes);
  static long bio_control(BIO* bio, int command, long number, void* pointer);

  Io outcome_of(int result);
  bool may_try_again(Io& io);
  Io flush();

  const std::shared_ptr<const TlsContexts> contexts_;
  const SslPointer ssl_;
  const int socket_;
  std::string out_;  // records that have not left: [sent_, end)
  std::size_t sent_ = 0;
  std::size_t held_ = 0;     // bytes given to write_now() whose record is in out_
  bool is_drained_ = false;  // the last read took all the socket had
  bool is_open_ = false;     // the handshake is done and nothing broke or ended since
  bool is_last_ = false;     // nothing follows what is written next
};

}  // namespace fairlead::net
