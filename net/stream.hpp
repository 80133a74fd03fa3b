// The bytes of one connection: a non-blocking TCP socket. TLS goes in here, behind the same
// functions, so that nothing else in net/ has to know: nothing here waits, the session does.
// Belongs to one I/O thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace fairlead::net {

enum class Io { done, would_block, ended };

class Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}
  ~Stream() { close(); }
  Stream(Stream&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Stream& operator=(Stream&&) = delete;

  int socket() const { return socket_; }  // −1 when closed

  // `done`: `bytes` of at least one byte were moved. Everything but a broken connection and its
  // end, which are `ended`, can be tried again when the poller says so.
  Io read_now(std::span<char> into, std::size_t& bytes);
  // One buffer is one plain send, and an answer fits the socket's buffer nearly always.
  Io write_now(std::string_view from, std::size_t& bytes);
  // After a read: false when it took all there was, so that the next news come from the poller.
  bool may_have_more() const { return may_have_more_; }

  void finish_sending();
  void close();

 private:
  int socket_;
  bool may_have_more_ = true;
};

}  // namespace fairlead::net
