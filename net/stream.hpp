// The bytes of one connection: a non-blocking TCP socket, with TLS on it (tls_channel.hpp) where
// the listener says so. Once shake_hands() is over nothing else in net/ has to know which. Nothing
// here waits, the session does. Belongs to one I/O thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "net/io.hpp"
#include "net/tls_channel.hpp"

namespace fairlead::net {

class Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}
  ~Stream() { close(); }
  Stream(Stream&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), tls_(std::move(other.tls_)) {}
  Stream& operator=(Stream&&) = delete;

  int socket() const { return socket_; }  // −1 when closed

  void start_tls(std::shared_ptr<const TlsContexts> contexts) {
    tls_ = std::make_unique<TlsChannel>(std::move(contexts), socket_);
  }
  bool is_tls() const { return tls_ != nullptr; }
  // First of all with TLS, and again with all news until it says something else than `waits`.
  Handshake shake_hands() { return tls_->shake_hands(); }
  // For a client that did not mean TLS: only plain bytes from here on.
  void drop_tls() { tls_.reset(); }

  // `done`: `bytes` of at least one byte were moved. Everything but a broken connection and its
  // end, which are `ended`, can be tried again when the poller says so.
  Io read_now(std::span<char> into, std::size_t& bytes);
  // One buffer is one plain send, and an answer fits the socket's buffer nearly always.
  Io write_now(std::string_view from, std::size_t& bytes);
  // After a read: false when it took all there was, so that the next news come from the poller.
  bool may_have_more() const { return tls_ ? tls_->may_have_more() : may_have_more_; }
  // True when something must leave although nobody is writing: wait for room, then read.
  bool has_unsent() const { return tls_ && tls_->has_unsent(); }
  // The next write_now() ends what is sent: with TLS the peer is told in the same packet.
  void next_is_last() {
    if (tls_) tls_->next_is_last();
  }

  void finish_sending();  // what is read from here on is not decrypted: it is to be dropped
  void close();

 private:
  int socket_;
  std::unique_ptr<TlsChannel> tls_;  // empty: plain
  bool may_have_more_ = true;
};

}  // namespace fairlead::net
