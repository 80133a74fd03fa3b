// What sessions share: the server's parts, which never change while it runs, and the state of their
// I/O thread, which is touched by that thread only.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

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

struct ThreadState;

// What one answer takes of the memory for answers that wait for their clients. Taken at most once,
// given back at the latest when the answer has left.
class UnsentShare : public boost::intrusive::list_base_hook<
                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  UnsentShare(ThreadState& thread, Session& session) : session_(session), thread_(thread) {}
  ~UnsentShare() { give_back(); }
  UnsentShare(const UnsentShare&) = delete;
  UnsentShare& operator=(const UnsentShare&) = delete;
  void take(std::size_t bytes);
  void give_back();
  Session& session() const { return session_; }

 private:
  Session& session_;
  ThreadState& thread_;
  std::int64_t bytes_ = 0;
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
  // Answers that wait for their clients, the oldest first.
  boost::intrusive::list<UnsentShare, boost::intrusive::constant_time_size<false>> unsent;
};

inline void UnsentShare::take(std::size_t bytes) {
  bytes_ = static_cast<std::int64_t>(bytes);
  thread_.traffic.unsent_bytes.add(bytes_);
  thread_.unsent.push_back(*this);
}

inline void UnsentShare::give_back() {
  thread_.traffic.unsent_bytes.add(-std::exchange(bytes_, 0));
  unlink();
}

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
