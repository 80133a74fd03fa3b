// The server and its I/O threads (io_thread.hpp). All coroutines of net/ are started here, in one
// function, and counted: a thread ends when each of its coroutines has ended.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "core/check.hpp"
#include "core/log.hpp"
#include "net/io_thread.hpp"
#include "net/net.hpp"
#include "net/problem.hpp"
#include "net/traffic.hpp"
#include "net/trusted_proxies.hpp"
#include "net/wire.hpp"
#include "net/work_pool.hpp"

namespace fairlead::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto accept_pause = std::chrono::milliseconds(100);

std::string address_text(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Router& router, FastPath& fast_path, const core::Clock& clock)
      : options_(std::move(options)),
        fast_path_(fast_path),
        pool_(std::max<std::size_t>(options_.work_threads, 1), options_.limits.work_queue_max,
              router),
        site_{router, fast_path, clock, pool_, options_.limits, proxies_} {}

  core::Result<void> start() {
    CHECK(threads_.empty());
    auto proxies = TrustedProxies::parse(options_.trusted_proxies);
    if (!proxies) return proxies.error();
    proxies_ = *std::move(proxies);
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.threads, 1); ++i) {
      threads_.push_back(std::make_unique<IoThread>(i, site_));
    }
    if (auto bound = bind(); !bound) {
      threads_.clear();
      return bound;
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
  }

 private:
  core::Result<void> bind() {
    ports_.clear();
    for (const ListenOn& on : options_.listeners) {
      std::uint16_t port = on.port;
      PortShare share = PortShare::first;
      for (const auto& thread : threads_) {
        auto acceptor = open_listener(on, port, share, options_.limits.backlog, thread->executor());
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
    : site_(site), sweep_timer_(context_.get_executor()) {
  state_.index = index;
}

void IoThread::add_listener(Acceptor acceptor, const ListenOn& on) {
  listeners_.push_back(std::make_unique<Listener>(
      Listener{std::move(acceptor), on, Timer(context_.get_executor())}));
}

void IoThread::start() {
  work_.emplace(context_.get_executor());
  for (const auto& listener : listeners_)
    spawn(accept_loop(*listener));
  spawn(sweep_loop());
  thread_ = std::thread([this] { context_.run(); });
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
    task_ended();
  });
}

void IoThread::task_ended() {
  --tasks_;
  if (!state_.is_draining) return;
  if (sessions_.empty()) sweep_timer_.cancel();
  if (tasks_ == 0) work_.reset();
}

Task<void> IoThread::accept_loop(Listener& listener) {
  bool is_failing = false;
  while (!state_.is_draining) {
    Socket socket(context_.get_executor());
    asio::ip::tcp::endpoint peer;
    error_code ec;
    co_await listener.acceptor.async_accept(socket, peer, asio::redirect_error(use_task, ec));
    if (!ec) {
      is_failing = false;
      welcome(std::move(socket), peer, listener.on);
      continue;
    }
    if (state_.is_draining) break;
    if (ec == asio::error::connection_aborted) continue;  // it was gone before it was taken
    // Out of descriptors or memory: whoever waits in the queue is served when there are some again.
    state_.traffic.accept_failures.add();
    if (!std::exchange(is_failing, true)) {
      core::log(core::Level::warning, "accept_failed", {{"detail", ec.message()}});
    }
    listener.pause.expires_after(accept_pause);
    co_await listener.pause.async_wait(asio::redirect_error(use_task, ec));
  }
}

Task<void> IoThread::sweep_loop() {
  while (!state_.is_draining || !sessions_.empty()) {
    const std::int64_t now = steady_ms();
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

Task<void> IoThread::serve(std::unique_ptr<Session> session) {
  co_await session->run();
  session.reset();
  state_.traffic.open.add(-1);
}

void IoThread::welcome(Socket socket, const asio::ip::tcp::endpoint& peer, const ListenOn& on) {
  Traffic& traffic = state_.traffic;
  traffic.accepted.add();
  error_code ec;
  socket.non_blocking(true, ec);
  if (ec) return;
  if (traffic.open.value() >= static_cast<std::int64_t>(site_.limits.connections_per_thread_max)) {
    traffic.over_limit.add();
    std::string wire;
    append_answer(wire, problem(503, "too_many_connections", "The server has too many clients."),
                  Connection::closes, Payload::sent, site_.clock.now());
    socket.write_some(asio::buffer(wire), ec);  // as much as goes without waiting
    return;
  }
  traffic.open.add();
  auto session = std::make_unique<Session>(Stream(std::move(socket)), on,
                                           address_text(peer.address()), site_, state_);
  sessions_.push_back(*session);
  spawn(serve(std::move(session)));
}

// Connections that were made but not yet accepted would be reset when their listener closes.
void IoThread::take_queued(Listener& listener) {
  while (true) {
    Socket socket(context_.get_executor());
    asio::ip::tcp::endpoint peer;
    error_code ec;
    listener.acceptor.accept(socket, peer, ec);
    if (ec) return;
    welcome(std::move(socket), peer, listener.on);
  }
}

void IoThread::begin_drain() {
  state_.is_draining = true;
  cut_at_ms_ = steady_ms() + site_.limits.drain_ms_max;
  for (Session& session : sessions_)
    session.drain();
  for (const auto& listener : listeners_) {
    take_queued(*listener);
    error_code ignored;
    listener->acceptor.close(ignored);
    listener->pause.cancel();
  }
  sweep_timer_.cancel();
}

}  // namespace fairlead::net
