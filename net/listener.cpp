#include "net/listener.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>

namespace fairlead::net {
namespace {

namespace asio = boost::asio;
// A connection is handed over with its first bytes, or after about a second without any: then its
// deadlines begin. It saves a read that finds nothing and a registration for nearly every shopper.
using DeferAccept = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_DEFER_ACCEPT>;
using NotSentLowat = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

core::Error bind_failed(const std::string& where, const boost::system::error_code& ec) {
  if (ec == asio::error::address_in_use) {
    return core::fail(core::Errc::busy, where +
                                            " is already in use; stop the program that listens "
                                            "there, or choose another address or port");
  }
  if (ec == asio::error::access_denied) {
    return core::fail(core::Errc::config, where +
                                              " may not be used without special rights; choose "
                                              "a port of 1024 or above");
  }
  if (ec.value() == EADDRNOTAVAIL) {
    return core::fail(core::Errc::config,
                      where + " is not an address of this machine; try 127.0.0.1 or 0.0.0.0");
  }
  return core::fail(core::Errc::io, "cannot listen on " + where + ": " + ec.message());
}

}  // namespace

core::Result<Acceptor> open_listener(const ListenOn& on, std::uint16_t port, PortShare share,
                                     const Limits& limits, Executor executor) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(on.address, ec);
  if (ec) {
    return core::fail(core::Errc::config, "\"" + on.address +
                                              "\" is not an address to listen on; write one such "
                                              "as 127.0.0.1, 0.0.0.0 or ::1");
  }
  const asio::ip::tcp::endpoint endpoint(address, port);
  const std::string where = endpoint_text(on.address, port);
  Acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (ec) return bind_failed(where, ec);
  acceptor.set_option(Acceptor::reuse_address(true), ec);
  if (!ec && share == PortShare::sibling) acceptor.set_option(ReusePort(true), ec);
  if (!ec) acceptor.set_option(asio::ip::tcp::no_delay(true), ec);  // accepted sockets inherit it
  if (!ec) acceptor.set_option(NotSentLowat(limits.unsent_in_kernel_bytes_max), ec);  // this too
  if (!ec) acceptor.set_option(DeferAccept(1), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec && share == PortShare::first) acceptor.set_option(ReusePort(true), ec);
  if (!ec) acceptor.listen(limits.backlog, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (ec) return bind_failed(where, ec);
  return acceptor;
}

std::string endpoint_text(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace fairlead::net
