// A server on a port of the system's choice, with a fast path and a few routes that say what they
// got. Times are real but short; a test waits for what must happen, never for time to pass.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/net.hpp"
#include "net/problem.hpp"
#include "tests/support/http_client.hpp"

namespace fairlead::net {

// 302 to the path for GET and HEAD, 405 else. "/throw" throws, "/held" answers a moment later and
// "/late" writes its answer then. The
// client's address and the host are in headers, so that a test sees what a handler would.
class EchoPath final : public FastPath {
 public:
  void start(const std::vector<Executor>& threads) override {
    executors_ = threads;
    thread_count = threads.size();
  }
  Leaves answer(const Request& request, std::size_t thread, bool closing, std::string& wire,
                HeldAnswer& held) override;

  std::size_t thread_count = 0;
  std::atomic<int> answered{0};

 private:
  std::vector<Executor> executors_;
};

// A door that handlers wait at, so that a test can have requests in flight.
class Gate {
 public:
  void open();
  void wait();           // until it is open
  void wait_for(int n);  // until n threads have come to the door
 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

// Limits that make a refusal quick: heads 200 ms, bodies 200 ms, idle 400 ms, sweeps every 10 ms.
Limits short_limits();

class ServerTest : public ::testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override { gate_.open(); }

  // Starts with one loopback listener unless the options have some. Fails the test when it cannot.
  void start(ServerOptions options = {});
  std::uint16_t port() const { return server_->port(); }
  // The value of a metric with one label pair, or of one without labels ("").
  double metric(std::string_view name, std::string_view label_value = "") const;
  // Sends raw bytes on a new connection and returns everything until the server closes it.
  std::string exchange(std::string_view bytes);

  core::ManualClock clock_{core::Instant{1'772'442'900'000'000}};  // 2026-03-02T09:15:00Z
  Gate gate_;
  EchoPath fast_path_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Server> server_;
};

// How many answers there are in what exchange() returned.
std::size_t answers_in(std::string_view bytes);

}  // namespace fairlead::net
