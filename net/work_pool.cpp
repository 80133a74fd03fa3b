#include "net/work_pool.hpp"

#include <sys/resource.h>

#include <exception>
#include <memory>
#include <thread>

#include "core/log.hpp"
#include "net/problem.hpp"

namespace fairlead::net {

namespace asio = boost::asio;

namespace {

// Shoppers first: of a busy processor a handler gets about a quarter beside one I/O thread, so that
// an import or a large report does not hold redirects up. On Linux a priority is a thread's own.
void step_back() {
  constexpr int nice = 5;
  thread_local const int once = ::setpriority(PRIO_PROCESS, 0, nice);
  static_cast<void>(once);  // a system that does not allow it runs all alike
}

}  // namespace

Task<core::Answer> WorkPool::answer(const Request& request, core::Instant now, Executor home) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= queue_max_) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    overloaded_.add();
    core::Answer overloaded =
        problem(503, "overloaded", "The server has too much to do. Try again in a second.");
    overloaded.headers.emplace_back("Retry-After", "1");
    co_return overloaded;
  }
  // No awaiting inside: the lambdas hand the coroutine's handler to the pool and back to its own
  // thread.
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>,
                                          void(core::Answer)>(
      [this, &request, now, home](auto handler) {
        using Resume = decltype(handler);
        auto resume = std::make_shared<Resume>(std::move(handler));  // a function is copied
        asio::post(pool_, [this, &request, now, home, resume = std::move(resume)] {
          run(request, now, [this, home, resume](core::Answer made) {
            asio::post(home, [resume = std::move(*resume), answer = std::move(made)]() mutable {
              std::move(resume)(std::move(answer));
            });
            // The last touch: join() waits for it.
            waiting_.fetch_sub(1, std::memory_order_release);
          });
        });
      },
      use_task);
}

void WorkPool::run(const Request& request, core::Instant now, const Done& done) {
  step_back();
  std::string why = "an exception of an unknown kind";
  try {
    return router_.answer_async(request, now, done);
  } catch (const std::exception& failure) {
    why = failure.what();
  } catch (...) {  // a thread of the pool must go on
  }
  core::log(core::Level::error, "request_failed", {{"detail", why}});
  done(problem(500, "internal_error", "The server failed. The reason is in its log."));
}

void WorkPool::join() {
  pool_.join();
  // An answer that was put off came from another thread, which may be a step behind its post.
  while (waiting_.load(std::memory_order_acquire) > 0)
    std::this_thread::yield();
}

}  // namespace fairlead::net
