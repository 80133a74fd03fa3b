#include "net/stream.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace fairlead::net {
namespace {

Io outcome_of_error() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? Io::would_block : Io::ended;
}

}  // namespace

Io Stream::read_now(std::span<char> into, std::size_t& bytes) {
  if (tls_) return tls_->read_now(into, bytes);
  bytes = 0;
  ssize_t got = 0;
  do {
    got = ::recv(socket_, into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return Io::ended;
  if (got < 0) {
    may_have_more_ = false;
    return outcome_of_error();
  }
  bytes = static_cast<std::size_t>(got);
  may_have_more_ = bytes == into.size();
  return Io::done;
}

Io Stream::write_now(std::string_view from, std::size_t& bytes) {
  if (tls_) return tls_->write_now(from, bytes);
  bytes = 0;
  ssize_t sent = 0;
  do {
    sent = ::send(socket_, from.data(), from.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return outcome_of_error();
  bytes = static_cast<std::size_t>(sent);
  return Io::done;
}

void Stream::finish_sending() {
  if (tls_) tls_->finish();
  tls_.reset();
  may_have_more_ = true;
  ::shutdown(socket_, SHUT_WR);
}

void Stream::close() {
  if (tls_ && socket_ >= 0) tls_->finish();
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

}  // namespace fairlead::net
