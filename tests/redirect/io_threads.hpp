// I/O threads as net has them: an io_context each, running until join(); a held answer, and a count
// to wait for.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/net.hpp"

namespace fairlead::test {

class IoThreads {
 public:
  explicit IoThreads(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
      guards_.emplace_back(contexts_.back()->get_executor());
    }
    for (auto& context : contexts_)
      threads_.emplace_back([&context] { context->run(); });
  }
  ~IoThreads() { join(); }
  // What is still pending, such as a deadline nobody waits for, is dropped.
  void join() {
    guards_.clear();
    for (auto& context : contexts_)
      context->stop();
    for (std::thread& thread : threads_)
      thread.join();
    threads_.clear();
  }
  std::vector<net::Executor> executors() {
    std::vector<net::Executor> all;
    for (auto& context : contexts_)
      all.push_back(context->get_executor());
    return all;
  }
  net::Executor executor(std::size_t i) { return contexts_[i]->get_executor(); }

 private:
  using Guard = boost::asio::executor_work_guard<net::Executor>;
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<Guard> guards_;
  std::vector<std::thread> threads_;
};

// An answer that a coroutine waits for.
class Held final : public net::HeldAnswer {
 public:
  void release() override {
    Resume resume = std::move(*resume_);  // the coroutine may end, and this with it
    std::move(resume)();
  }
  net::Task<void> released() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<net::Executor>, void()>(
        [this](Resume resume) { resume_.emplace(std::move(resume)); }, net::use_task);
  }

 private:
  using Resume =
      boost::asio::async_result<boost::asio::use_awaitable_t<net::Executor>, void()>::handler_type;
  std::optional<Resume> resume_;
};

// Told under its lock, so that whoever waits may destroy it at once.
class Countdown {
 public:
  explicit Countdown(int left) : left_(left) {}
  void count() {
    const std::scoped_lock lock(mutex_);
    --left_;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return left_ <= 0; });
  }
  int left() {
    const std::scoped_lock lock(mutex_);
    return left_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_;
};

}  // namespace fairlead::test
