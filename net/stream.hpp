// The bytes of one connection. A plain TCP socket today; TLS goes in here, behind the same
// functions, so that nothing else in net/ has to know. Belongs to one I/O thread.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <span>
#include <string_view>
#include <utility>

#include "net/task.hpp"

namespace fairlead::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

class Stream {
 public:
  using Error = boost::system::error_code;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}

  Executor executor() { return socket_.get_executor(); }
  auto read_some(std::span<char> into, Error& ec) {
    return socket_.async_read_some(boost::asio::buffer(into.data(), into.size()),
                                   boost::asio::redirect_error(use_task, ec));
  }
  auto write_some(std::string_view bytes, Error& ec) {
    return socket_.async_write_some(boost::asio::buffer(bytes.data(), bytes.size()),
                                    boost::asio::redirect_error(use_task, ec));
  }
  // What can be had without waiting; would_block when there is nothing. One buffer is one plain
  // send, and an answer fits the socket's buffer nearly always: no turn of the event loop is
  // needed.
  std::size_t read_now(std::span<char> into, Error& ec) {
    return socket_.read_some(boost::asio::buffer(into.data(), into.size()), ec);
  }
  std::size_t write_now(std::string_view bytes, Error& ec) {
    return socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  }
  void finish_sending() {
    Error ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  void cancel() {  // what waits ends with operation_aborted
    Error ignored;
    socket_.cancel(ignored);
  }
  void close() {
    Error ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
};

}  // namespace fairlead::net
