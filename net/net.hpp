// net/ is the only code that talks HTTP on the wire; Beast types stop here.
//
// One io_context and one SO_REUSEPORT acceptor per thread, nothing shared between threads on the
// redirect path. A session reads a head (limits.hpp), the guard (guard.hpp) refuses what Beast 1.81
// would misread, then the first path segment chooses: reserved → Router on the work pool, anything
// else → FastPath on the I/O thread. One sweep per thread and second closes late and idle clients.
//
// Threads: start() and stop() from one thread; everything else happens inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/limits.hpp"
#include "net/request.hpp"
#include "net/router.hpp"
#include "net/task.hpp"

namespace fairlead::net {

// An answer that may not leave yet, because its click is not durable or its link is being read.
class HeldAnswer {
 public:
  // Once, on the I/O thread of the request, and not within answer(). Must not throw.
  virtual void release() = 0;

 protected:
  ~HeldAnswer() = default;
};

// Answers what the Router does not: slugs. Runs on the session's I/O thread and must not block.
class FastPath {
 public:
  virtual ~FastPath() = default;
  // Called once, before the first request, with the executors of the I/O threads, index 0 … N−1.
  virtual void start(const std::vector<Executor>& threads) = 0;
  // Appends one whole answer, head and body, to `wire`. `closing`: the connection ends with this
  // answer, so the head must say "Connection: close". What it throws becomes a bare 500.
  // `when_written`: it is appended later, before it is released; until then the request and `wire`
  // stay where they are.
  enum class Leaves { now, when_released, when_written };
  virtual Leaves answer(const Request& request, std::size_t thread, bool closing, std::string& wire,
                        HeldAnswer& held) = 0;
};

struct ListenOn {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses; see Server::port()
  bool serve_redirects = true;
  bool serve_api = true;
  bool is_tls = false;
};

// Two PEM files: the certificate with its chain, its own first, and its key.
struct TlsPair {
  std::string certificate_file;
  std::string key_file;
};

struct ServerOptions {
  std::vector<ListenOn> listeners;
  std::size_t threads = 1;
  std::size_t work_threads = 4;
  std::vector<std::string> trusted_proxies;  // CIDR or address
  // For the listeners with TLS: by the name a client asks for, the first one for all other names.
  std::vector<TlsPair> certificates;
  std::size_t tls_tickets = 0;  // given away by a handshake of TLS 1.3, 0 to 2
  Limits limits;
};

class Server {
 public:
  // `router`, `fast_path` and `clock` must outlive the server.
  Server(ServerOptions options, const Router& router, FastPath& fast_path,
         const core::Clock& clock);
  ~Server();

  // Binds and starts the threads. Errc::busy names the address and port in use; Errc::config a bad
  // one, or a certificate that cannot be used.
  core::Result<void> start();
  // Reads the certificates again, for new connections; those that are open keep theirs. When one
  // cannot be used, all stay as they were and Errc::config says why. From the thread of start().
  core::Result<void> reload_certificates();
  // Stops accepting, answers what is in flight with Connection: close, cancels after drain_ms_max,
  // joins. Returns the number of sessions that had to be cut.
  std::size_t stop();
  // The bound port of the listener, in the order given.
  std::uint16_t port(std::size_t listener = 0) const;
  void collect(std::vector<core::Metric>& metrics) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::net
