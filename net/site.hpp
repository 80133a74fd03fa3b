// What sessions share: the server's parts, which never change while it runs, and the state of their
// I/O thread, which is touched by that thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/time.hpp"
#include "net/limits.hpp"
#include "net/net.hpp"
#include "net/poller.hpp"
#include "net/traffic.hpp"
#include "net/trusted_proxies.hpp"
#include "net/work_pool.hpp"

namespace fairlead::net {

class Session;

// What all sessions of a server share. Immutable once it is started.
struct Site {
  const Router& router;
  FastPath& fast_path;
  const core::Clock& clock;
  WorkPool& pool;
  const Limits& limits;
  const TrustedProxies& proxies;
};

// What the sessions of one I/O thread share.
struct ThreadState {
  Executor executor;
  Poller& poller;
  std::function<void(Task<void>)> spawn;   // starts a coroutine that the thread waits for
  std::function<void(Session&)> on_ended;  // must not destroy it at once
  std::size_t index = 0;
  bool is_draining = false;      // no request after the current one
  std::size_t bodies_bytes = 0;  // of the bodies that are held at the moment
  std::int64_t now_ms = 0;       // of the turn or sweep under way: deadlines need no closer clock
  Traffic traffic;
};

// What one request's body takes of that, given back when the request is answered.
class BodyShare {
 public:
  explicit BodyShare(ThreadState& thread) : thread_(thread) {}
  ~BodyShare() { thread_.bodies_bytes -= bytes_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  void grow(std::size_t bytes) {
    bytes_ += bytes;
    thread_.bodies_bytes += bytes;
  }

 private:
  ThreadState& thread_;
  std::size_t bytes_ = 0;
};

}  // namespace fairlead::net
