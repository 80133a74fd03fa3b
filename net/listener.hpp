// Opens listening sockets: one per I/O thread and address, sharing the port by SO_REUSEPORT, so
// that the kernel spreads connections and no thread waits for another. Called before the threads
// start.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "net/net.hpp"
#include "net/task.hpp"

namespace fairlead::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

// The first socket of a port is bound alone and opens the port for its siblings afterwards. That
// way a second server is refused (Errc::busy), which two SO_REUSEPORT sockets would not do.
enum class PortShare { first, sibling };

// `port` replaces on.port: the first socket may have been given one by the system.
core::Result<Acceptor> open_listener(const ListenOn& on, std::uint16_t port, PortShare share,
                                     const Limits& limits, Executor executor);

// "127.0.0.1:8080", "[::1]:8080".
std::string endpoint_text(const std::string& address, std::uint16_t port);

}  // namespace fairlead::net
