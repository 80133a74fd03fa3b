// One connection: reads heads and bodies within the limits, lets the guard judge them, gets answers
// from the FastPath or the Router, and closes so that the client sees why. Belongs to one I/O
// thread; only the handlers it waits for run elsewhere.
//
// Redirects are served by plain functions that are called when bytes have come (on_ready) or when
// an answer may leave (release). Everything else, the API, bodies, refusals, clients that do not
// read, is a coroutine that is started for it and ends with it.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/guard.hpp"
#include "net/head.hpp"
#include "net/net.hpp"
#include "net/poller.hpp"
#include "net/site.hpp"
#include "net/stream.hpp"
#include "net/wire.hpp"

namespace fairlead::net {

// Milliseconds of the steady clock.
std::int64_t steady_ms();

class Session final : public Poller::Watcher,
                      public HeldAnswer,
                      public boost::intrusive::list_base_hook<
                          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Session(Stream stream, const ListenOn& listener, std::string peer, const Site& site,
          ThreadState& thread);

  // Serves what has come already, and whatever comes. Nothing here throws.
  void start();
  void on_ready(bool has_end) override;
  void release() override;

  // Ends what is waiting for longer than it may. Called by the thread's sweep.
  void sweep(std::int64_t now_ms);
  // Ends the wait for a next request, unless one is there already.
  void drain();
  // Ends the connection at once. False when that was done already.
  bool cut();

 private:
  using Wakeup =
      boost::asio::async_result<boost::asio::use_awaitable_t<Executor>, void()>::handler_type;
  enum class Phase { handshake, idle, head, body, answering, writing, lingering, ended };
  enum class Step { go_on, wait };  // whether the next request may be looked for at once

  // Plain functions: the redirect.
  void shake_hands();
  void advance();
  bool receive();
  bool has_head(std::size_t& bytes, GuardVerdict& verdict);
  Step exchange(std::size_t head_bytes);
  Step exchange_redirect();
  void finish_redirect();
  Step send_redirect();
  void expect_head();
  void end();

  // Coroutines: everything else (session_rest.cpp).
  void begin(Task<Step> rest);
  Task<void> run(Task<Step> rest);
  Task<Step> exchange_rest(bool is_api);
  Task<bool> receive_body(std::size_t bytes, BodyShare& share);
  Task<Step> answer_api();
  Task<Step> answer_problem(core::Answer answer);
  Task<Step> refuse(GuardVerdict verdict);
  Task<Step> send_rest(std::size_t sent);
  Task<Step> yield();
  Task<bool> send(std::string_view bytes);
  void make_room_for(const UnsentShare& share);
  Task<Io> receive_some(std::span<char> into, std::size_t& bytes);
  Task<void> news();
  Task<void> finish();
  bool watch();
  void wake();

  bool is_read_only() const {
    return request_.method == Method::get || request_.method == Method::head;
  }
  bool look_for_head(GuardVerdict& verdict);
  bool skip_blank_lines();
  std::string_view received() const { return {in_.data() + begin_, end_ - begin_}; }
  bool make_room();
  void give_back_memory();
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
  std::optional<Wakeup> waiting_;  // the coroutine that waits for news
  bool is_watched_ = false;        // by the poller
  bool has_news_ = true;  // there may be something to read that the poller will not tell again
  bool has_end_ = false;  // the other side has ended the connection
  bool is_late_ = false;  // the sweep ended the wait
  bool is_cut_ = false;
  bool is_unwritten_ = false;  // the answer is not in wire_ yet
  bool closing_ = false;       // no request after this one
  bool has_unread_ = false;    // the client may still be sending something nobody will read
};

}  // namespace fairlead::net
