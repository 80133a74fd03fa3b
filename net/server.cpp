// The server and its I/O threads (io_thread.hpp). All coroutines of net/ are started here, in one
// function, and counted: a thread ends when each of its coroutines has ended.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "core/log.hpp"
#include "net/certificates.hpp"
#include "net/io_thread.hpp"
#include "net/net.hpp"
#include "net/problem.hpp"
#include "net/ticket_keys.hpp"
#include "net/traffic.hpp"
#include "net/trusted_proxies.hpp"
#include "net/wire.hpp"
#include "net/work_pool.hpp"

namespace fairlead::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto accept_pause = std::chrono::milliseconds(100);
constexpr int accepted_at_once_max = 256;

// An IPv4 client of an IPv6 socket is an IPv4 client.
std::string address_text(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof text);
  } else if (peer.ss_family == AF_INET6) {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &address, text, sizeof text);
    }
  }
  return text;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Router& router, FastPath& fast_path, const core::Clock& clock)
      : options_(std::move(options)),
        fast_path_(fast_path),
        pool_(std::max<std::size_t>(options_.work_threads, 1), options_.limits.work_queue_max,
              router),
        site_{router, fast_path, clock, pool_, options_.limits, proxies_},
        ticket_keys_(options_.limits.ticket_key_s_max, clock) {}

  core::Result<void> start() {
    CHECK(threads_.empty());
    auto proxies = TrustedProxies::parse(options_.trusted_proxies);
    if (!proxies) return proxies.error();
    proxies_ = *std::move(proxies);
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.threads, 1); ++i) {
      threads_.push_back(std::make_unique<IoThread>(i, site_));
    }
    auto ready = reload_certificates();
    if (ready) ready = bind();
    if (!ready) {
      threads_.clear();
      return ready;
    }
    std::vector<Executor> executors;
    for (const auto& thread : threads_)
      executors.push_back(thread->executor());
    fast_path_.start(executors);
    for (const auto& thread : threads_)
      thread->start();
    is_running_ = true;
    return {};
  }

  core::Result<void> reload_certificates() {
    if (options_.certificates.empty()) return {};
    auto certificates = read_certificates(options_.certificates, site_.clock.now());
    if (!certificates) return certificates.error();
    std::vector<std::shared_ptr<const TlsContexts>> all;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      auto contexts = TlsContexts::make(*certificates, ticket_keys_, options_.tls_tickets);
      if (!contexts) return contexts.error();
      all.push_back(*std::move(contexts));
    }
    for (std::size_t i = 0; i < threads_.size(); ++i)
      threads_[i]->use_contexts(std::move(all[i]));
    const std::lock_guard lock(expiries_mutex_);
    expiries_.clear();
    for (const Certificate& certificate : *certificates)
      expiries_.emplace_back(certificate.files.certificate_file, certificate.expires_at);
    return {};
  }

  std::size_t stop() {
    if (!std::exchange(is_running_, false)) return 0;
    for (const auto& thread : threads_)
      thread->drain();
    for (const auto& thread : threads_)
      thread->join();
    pool_.join();
    std::size_t cut = 0;
    for (const auto& thread : threads_)
      cut += thread->cut_sessions();
    return cut;
  }

  std::uint16_t port(std::size_t listener) const {
    CHECK(listener < ports_.size());
    return ports_[listener];
  }

  void collect(std::vector<core::Metric>& metrics) const {
    std::vector<const Traffic*> traffic;
    for (const auto& thread : threads_)
      traffic.push_back(&thread->traffic());
    collect_traffic(traffic, metrics);
    metrics.push_back({core::Metric::Kind::counter,
                       "fairlead_http_overloaded_total",
                       "API requests answered 503 because the work queue was full.",
                       {},
                       static_cast<double>(pool_.overloaded())});
    metrics.push_back({core::Metric::Kind::gauge,
                       "fairlead_http_work_waiting",
                       "API requests queued or running on the work pool.",
                       {},
                       static_cast<double>(pool_.waiting())});
    const std::lock_guard lock(expiries_mutex_);
    for (const auto& [file, expires_at] : expiries_) {
      metrics.push_back({core::Metric::Kind::gauge,
                         "fairlead_tls_certificate_expires_seconds",
                         "When the certificate in use expires, in seconds since 1970.",
                         {{"file", file}},
                         static_cast<double>(expires_at.micros / 1'000'000)});
    }
  }

 private:
  core::Result<void> bind() {
    ports_.clear();
    for (const ListenOn& on : options_.listeners) {
      CHECK(!on.is_tls || !options_.certificates.empty());
      std::uint16_t port = on.port;
      PortShare share = PortShare::first;
      for (const auto& thread : threads_) {
        auto acceptor = open_listener(on, port, share, options_.limits, thread->executor());
        if (!acceptor) return acceptor.error();
        port = acceptor->local_endpoint().port();
        share = PortShare::sibling;
        thread->add_listener(*std::move(acceptor), on);
      }
      ports_.push_back(port);
    }
    return {};
  }

  const ServerOptions options_;
  FastPath& fast_path_;
  TrustedProxies proxies_;
  WorkPool pool_;
  const Site site_;
  TicketKeys ticket_keys_;
  mutable std::mutex expiries_mutex_;
  std::vector<std::pair<std::string, core::Instant>> expiries_;  // by file
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<std::uint16_t> ports_;  // by listener
  bool is_running_ = false;
};

Server::Server(ServerOptions options, const Router& router, FastPath& fast_path,
               const core::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), router, fast_path, clock)) {}

Server::~Server() {
  stop();
}

core::Result<void> Server::start() {
  return impl_->start();
}
core::Result<void> Server::reload_certificates() {
  return impl_->reload_certificates();
}
std::size_t Server::stop() {
  return impl_->stop();
}
std::uint16_t Server::port(std::size_t listener) const {
  return impl_->port(listener);
}
void Server::collect(std::vector<core::Metric>& metrics) const {
  impl_->collect(metrics);
}

IoThread::IoThread(std::size_t index, const Site& site)
    : site_(site),
      poller_(context_.get_executor(), [this] { state_.now_ms = steady_ms(); }),
      state_{.executor = context_.get_executor(),
             .poller = poller_,
             .spawn = [this](Task<void> task) { spawn(std::move(task)); },
             .on_ended = [this](Session& session) { session_ended(session); },
             .index = index},
      sweep_timer_(context_.get_executor()) {}

IoThread::~IoThread() {
  sessions_.clear_and_dispose([](Session* session) { delete session; });
}

IoThread::Listener::Listener(IoThread& its_thread, int its_socket, const ListenOn& its_on)
    : thread(its_thread), socket(its_socket), on(its_on), pause(its_thread.executor()) {}

void IoThread::Listener::close() {
  if (socket >= 0) ::close(std::exchange(socket, -1));
}

void IoThread::add_listener(Acceptor acceptor, const ListenOn& on) {
  listeners_.push_back(std::make_unique<Listener>(*this, acceptor.release(), on));
}

void IoThread::start() {
  work_.emplace(context_.get_executor());
  state_.now_ms = steady_ms();
  for (const auto& listener : listeners_)
    CHECK(poller_.watch(listener->socket, *listener));
  poller_.start();
  spawn(sweep_loop());
  thread_ = std::thread([this] { context_.run(); });
}

void IoThread::use_contexts(std::shared_ptr<const TlsContexts> contexts) {
  if (!thread_.joinable()) {
    contexts_ = std::move(contexts);
    return;
  }
  asio::post(context_,
             [this, made = std::move(contexts)]() mutable { contexts_ = std::move(made); });
}

void IoThread::drain() {
  asio::post(context_, [this] { begin_drain(); });
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

// Starts a coroutine and remembers it: the thread ends when all have ended.
void IoThread::spawn(Task<void> task) {
  ++tasks_;
  asio::co_spawn(context_.get_executor(), std::move(task), [this](std::exception_ptr failure) {
    if (failure) {
      state_.traffic.failures.add();
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        core::log(core::Level::error, "io_task_failed", {{"detail", error.what()}});
      }
    }
    --tasks_;
    end_when_done();
  });
}

// Takes all that are waiting: the poller tells once.
void IoThread::accept(Listener& listener) {
  for (int accepted = 0; accepted < accepted_at_once_max; ++accepted) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    const int socket = ::accept4(listener.socket, reinterpret_cast<sockaddr*>(&peer), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      listener.is_failing = false;
      welcome(socket, peer, listener.on);
      continue;
    }
    const int error = errno;
    if (error == EAGAIN) return;
    if (error == EINTR || error == ECONNABORTED) continue;  // gone before it was taken
    return pause_accepting(listener, error);
  }
  asio::post(context_, [this, &listener] {
    if (listener.socket >= 0) accept(listener);
  });
}

// Out of descriptors or memory: whoever waits in the queue is served when there are some again.
void IoThread::pause_accepting(Listener& listener, int error) {
  state_.traffic.accept_failures.add();
  if (!std::exchange(listener.is_failing, true)) {
    core::log(core::Level::warning, "accept_failed", {{"detail", std::strerror(error)}});
  }
  if (state_.is_draining) return;
  listener.pause.expires_after(accept_pause);
  listener.pause.async_wait([this, &listener](const error_code& ec) {
    if (!ec && listener.socket >= 0) accept(listener);
  });
}

Task<void> IoThread::sweep_loop() {
  while (!state_.is_draining || !sessions_.empty()) {
    const std::int64_t now = state_.now_ms = steady_ms();
    std::int64_t wait_ms = site_.limits.sweep_ms;
    for (Session& session : sessions_)
      session.sweep(now);
    if (state_.is_draining) {
      if (now >= cut_at_ms_) {
        for (Session& session : sessions_)
          state_.traffic.cut.add(session.cut());
      } else {
        wait_ms = std::min(wait_ms, cut_at_ms_ - now);
      }
    }
    error_code ignored;
    sweep_timer_.expires_after(std::chrono::milliseconds(wait_ms));
    co_await sweep_timer_.async_wait(asio::redirect_error(use_task, ignored));
  }
}

void IoThread::welcome(int socket, const sockaddr_storage& peer, const ListenOn& on) {
  Traffic& traffic = state_.traffic;
  traffic.accepted.add();
  Stream stream(socket);
  if (traffic.open.value() >= static_cast<std::int64_t>(site_.limits.connections_per_thread_max)) {
    traffic.over_limit.add();
    if (on.is_tls) return;
    std::string wire;
    append_answer(wire, problem(503, "too_many_connections", "The server has too many clients."),
                  Connection::closes, Payload::sent, site_.clock.now());
    std::size_t sent = 0;
    stream.write_now(wire, sent);  // as much as goes without waiting
    return;
  }
  traffic.open.add();
  if (on.is_tls) stream.start_tls(contexts_);
  auto session =
      std::make_unique<Session>(std::move(stream), on, address_text(peer), site_, state_);
  sessions_.push_back(*session);
  session.release()->start();
}

// The session that ends may be somewhere up the stack, so it is destroyed later.
void IoThread::session_ended(Session& session) {
  if (ended_.empty()) asio::post(context_, [this] { bury_sessions(); });
  ended_.push_back(&session);
}

void IoThread::bury_sessions() {
  state_.traffic.open.add(-static_cast<std::int64_t>(ended_.size()));
  for (Session* const session : ended_)
    delete session;  // leaves sessions_
  ended_.clear();
  end_when_done();
}

void IoThread::begin_drain() {
  state_.is_draining = true;
  cut_at_ms_ = steady_ms() + site_.limits.drain_ms_max;
  for (Session& session : sessions_)
    session.drain();
  for (const auto& listener : listeners_) {
    accept(*listener);  // connections made but not yet taken would be reset by the close
    poller_.forget(*listener);
    listener->close();
    listener->pause.cancel();
  }
  sweep_timer_.cancel();
  end_when_done();
}

// The thread ends when nothing is left that could go on.
void IoThread::end_when_done() {
  if (!state_.is_draining || !sessions_.empty()) return;
  sweep_timer_.cancel();
  if (tasks_ > 0) return;
  poller_.stop();
  work_.reset();
}

}  // namespace fairlead::net
