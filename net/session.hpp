// One connection: reads heads and bodies within the limits, lets the guard judge them, gets answers
// from the FastPath or the Router, and closes so that the client sees why. Belongs to one I/O
// thread; only the handlers it waits for run elsewhere.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "net/guard.hpp"
#include "net/head.hpp"
#include "net/limits.hpp"
#include "net/net.hpp"
#include "net/stream.hpp"
#include "net/traffic.hpp"
#include "net/trusted_proxies.hpp"
#include "net/wire.hpp"
#include "net/work_pool.hpp"

namespace fairlead::net {

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
  std::size_t index = 0;
  bool is_draining = false;      // no request after the current one
  std::size_t bodies_bytes = 0;  // of the bodies that are held at the moment
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

// Milliseconds of the steady clock.
std::int64_t steady_ms();

class Session : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Session(Stream stream, const ListenOn& listener, std::string peer, const Site& site,
          ThreadState& thread);

  // Serves requests until the connection ends. Does not throw.
  Task<void> run();

  // Ends what is waiting for longer than it may. Called by the thread's sweep.
  void sweep(std::int64_t now_ms);
  // Ends the wait for a next request.
  void drain();
  // Ends the connection at once. False when that was done already.
  bool cut();

 private:
  enum class Phase { idle, head, body, answering, writing, lingering };

  Task<bool> receive_head();
  Task<bool> receive();
  Task<bool> receive_body(std::size_t bytes, BodyShare& share);
  Task<void> exchange();
  Task<void> answer_redirect();
  Task<void> answer_api();
  Task<void> answer_problem(core::Answer answer);
  Task<void> refuse(GuardVerdict verdict);
  Task<bool> send(std::string_view bytes);
  Task<void> finish();

  bool look_for_head(GuardVerdict& verdict);
  bool skip_blank_lines();
  std::string_view received() const { return {in_.data() + begin_, end_ - begin_}; }
  bool make_room();
  void take_client_from_proxy();
  void enter(Phase phase, std::uint32_t ms_max);
  Connection connection() const;
  void count(std::array<Tally, 6>& by_class);

  Stream stream_;
  const ListenOn& listener_;
  const std::string peer_;
  const bool is_behind_proxy_;
  const Site& site_;
  ThreadState& thread_;

  std::vector<char> in_;  // received, not yet used: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t blank_bytes_ = 0;
  HeadScanner scanner_;
  std::string body_;  // of a request whose body did not arrive with its head
  std::string wire_;  // the answer
  Request request_;
  Head head_;
  std::uint32_t requests_ = 0;

  Phase phase_ = Phase::idle;
  std::int64_t deadline_ms_ = 0;
  bool is_late_ = false;  // the sweep ended the wait
  bool is_cut_ = false;
  bool closing_ = false;     // no request after this one
  bool has_unread_ = false;  // the client may still be sending something nobody will read
};

}  // namespace fairlead::net
