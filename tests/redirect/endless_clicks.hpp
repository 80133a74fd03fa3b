// Clicks that go on while a test changes what the redirect reads. One thread makes and stops them.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "tests/redirect/running_redirect.hpp"

namespace fairlead::test {

// Clicks on /mia, two at once on each of the two threads, until they are stopped.
class EndlessClicks {
 public:
  using IsRight = std::function<bool(std::string_view wire)>;
  EndlessClicks(RunningRedirect& redirect, IsRight is_right)
      : redirect_(*redirect), is_right_(std::move(is_right)) {
    for (std::size_t i = 0; i < 4; ++i)
      boost::asio::co_spawn(redirect.threads().executor(i % 2), click(i % 2),
                            boost::asio::detached);
  }
  // How many answers were not right.
  int stop() {
    is_done_ = true;
    left_.wait();
    return wrong_.load();
  }

 private:
  net::Task<void> click(std::size_t thread) {
    net::Request request;
    request.path = "/mia";
    request.host = "go.example";
    request.client_address = "203.0.113.7";
    while (!is_done_.load()) {
      std::string wire;
      Held held;
      const auto leaves = redirect_.answer(request, thread, false, wire, held);
      if (leaves != net::FastPath::Leaves::now) co_await held.released();
      if (!is_right_(wire)) ++wrong_;
    }
    left_.count();
  }

  redirect::Redirect& redirect_;
  const IsRight is_right_;
  std::atomic<bool> is_done_{false};
  std::atomic<int> wrong_{0};
  Countdown left_{4};
};

}  // namespace fairlead::test
