// One I/O thread: its io_context, its listening sockets, its sessions, and the sweep that closes
// late ones. Everything here runs on that thread, except what says otherwise.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "net/listener.hpp"
#include "net/session.hpp"
#include "net/task.hpp"

namespace fairlead::net {

class IoThread {
 public:
  IoThread(std::size_t index, const Site& site);

  // Before run(), from the thread that starts the server. `on` must outlive this.
  void add_listener(Acceptor acceptor, const ListenOn& on);
  void start();
  // From any thread, once: no new connections, idle ones end, the others after their current
  // request; what is still open after drain_ms_max is cut.
  void drain();
  void join();
  std::size_t cut_sessions() const { return static_cast<std::size_t>(state_.traffic.cut.value()); }

  Executor executor() { return context_.get_executor(); }
  const Traffic& traffic() const { return state_.traffic; }

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  struct Listener {
    Acceptor acceptor;
    const ListenOn& on;
    Timer pause;  // after a failed accept, such as EMFILE
  };

  void spawn(Task<void> task);
  void task_ended();
  Task<void> accept_loop(Listener& listener);
  Task<void> sweep_loop();
  Task<void> serve(std::unique_ptr<Session> session);
  void welcome(Socket socket, const boost::asio::ip::tcp::endpoint& peer, const ListenOn& on);
  void take_queued(Listener& listener);
  void begin_drain();

  const Site& site_;
  ThreadState state_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> work_;
  Timer sweep_timer_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions_;
  std::size_t tasks_ = 0;  // coroutines of this thread that have not ended
  std::int64_t cut_at_ms_ = 0;
  std::thread thread_;
};

}  // namespace fairlead::net
