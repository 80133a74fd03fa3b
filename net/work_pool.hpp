// The threads that run handlers: ordinary blocking code, because database calls block anyway. A
// session waits for its answer without holding its I/O thread. The queue is bounded: beyond it,
// answers are 503 at once. submit() from any thread; join() once, after the I/O threads have ended.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <utility>

#include "core/answer.hpp"
#include "core/metrics.hpp"
#include "core/time.hpp"
#include "net/router.hpp"
#include "net/task.hpp"

namespace fairlead::net {

class WorkPool {
 public:
  WorkPool(std::size_t threads, std::size_t queue_max, const Router& router)
      : pool_(threads), queue_max_(queue_max), router_(router) {}

  // Waits for the router's answer. `request` must live until then. 503 `overloaded` when the queue
  // is full: the caller's thread makes that one.
  Task<core::Answer> answer(const Request& request, core::Instant now, Executor home);
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::uint64_t overloaded() const { return overloaded_.value(); }
  void join();

 private:
  using Done = std::function<void(core::Answer)>;
  void run(const Request& request, core::Instant now, const Done& done);

  boost::asio::thread_pool pool_;
  const std::size_t queue_max_;
  const Router& router_;
  std::atomic<std::size_t> waiting_{0};  // queued, running and put off
  core::Counter overloaded_;             // answered 503 because the queue was full
};

}  // namespace fairlead::net
