#include "net/tls_channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/check.hpp"

namespace fairlead::net {
namespace {

constexpr std::size_t record_bytes_max = 16 * 1024;
// A peer that makes us answer (key updates) and does not read waits from here on.
constexpr std::size_t out_bytes_max = 64 * 1024;
constexpr std::size_t kept_bytes_max = 8 * 1024;

}  // namespace

TlsChannel::TlsChannel(std::shared_ptr<const TlsContexts> contexts, int socket)
    : contexts_(std::move(contexts)), ssl_(contexts_->new_connection()), socket_(socket) {
  BIO* bio = BIO_new(bio_method());
  CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

Handshake TlsChannel::shake_hands() {
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      // What is left to send leaves before the next wait, or with the first answer.
      is_open_ = true;
      return SSL_session_reused(ssl_.get()) == 1 ? Handshake::resumed : Handshake::full;
    }
    const bool is_http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    Io io = outcome_of(result);
    if (may_try_again(io)) continue;
    if (io == Io::would_block) return Handshake::waits;
    flush();  // the alert that says why
    return is_http ? Handshake::speaks_http : Handshake::failed;
  }
}

Io TlsChannel::read_now(std::span<char> into, std::size_t& bytes) {
  Io io = Io::done;
  do {
    bytes = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    if (result == 1) return Io::done;
    io = outcome_of(result);
  } while (may_try_again(io));
  return io;
}

Io TlsChannel::write_now(std::string_view from, std::size_t& bytes) {
  bytes = 0;
  while (true) {
    if (const Io io = flush(); io != Io::done) return bytes > 0 ? Io::done : io;
    bytes += std::exchange(held_, 0);
    if (bytes >= from.size()) return Io::done;
    const std::string_view piece = from.substr(bytes, record_bytes_max);
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_.get(), piece.data(), piece.size(), &held_);
    if (result != 1) {
      held_ = 0;
      return outcome_of(result);
    }
    if (is_last_ && bytes + held_ == from.size()) finish();
  }
}

void TlsChannel::finish() {
  ERR_clear_error();
  if (std::exchange(is_open_, false)) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  flush();
}

// What an operation that did not succeed means. The end of a connection is an end whether or not
// the peer said so before, because HTTP knows its own ends.
Io TlsChannel::outcome_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Io::would_block;
    case SSL_ERROR_ZERO_RETURN:
      return Io::ended;  // of the peer's side only: ours can still send
    default:
      is_open_ = false;
      ERR_clear_error();
      return Io::ended;
  }
}

// Sends what there is before anybody waits. True when that made the room OpenSSL waited for.
bool TlsChannel::may_try_again(Io& io) {
  if (io != Io::would_block) return false;
  const bool wants_room = SSL_want_write(ssl_.get());
  const Io flushed = flush();
  if (flushed == Io::ended) io = Io::ended;
  return flushed == Io::done && wants_room;
}

Io TlsChannel::flush() {
  while (has_unsent()) {
    const ssize_t bytes = ::send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (bytes >= 0) {
      sent_ += static_cast<std::size_t>(bytes);
    } else if (errno != EINTR) {
      return errno == EAGAIN ? Io::would_block : Io::ended;
    }
  }
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > kept_bytes_max) std::string().swap(out_);
  return Io::done;
}

const BIO_METHOD* TlsChannel::bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    CHECK(made != nullptr);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

int TlsChannel::bio_read(BIO* bio, char* into, int bytes) {
  auto& self = *static_cast<TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  ssize_t got;
  do {
    got = ::recv(self.socket_, into, static_cast<std::size_t>(bytes), 0);
  } while (got < 0 && errno == EINTR);
  self.is_drained_ = got < bytes;
  if (got < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int TlsChannel::bio_write(BIO* bio, const char* from, int bytes) {
  auto& self = *static_cast<TlsChannel*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (self.out_.size() > out_bytes_max) {
    BIO_set_retry_write(bio);
    return -1;
  }
  self.out_.append(from, static_cast<std::size_t>(bytes));
  return bytes;
}

long TlsChannel::bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // wait for flush(), which sends all at once
}

}  // namespace fairlead::net
