// One I/O thread: its io_context, its listening sockets, its sessions, and the sweep that closes
// late ones. Everything here runs on that thread, except what says otherwise.
#pragma once

#include <sys/socket.h>

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
  ~IoThread();

  // Before run(), from the thread that starts the server. `on` must outlive this.
  void add_listener(Acceptor acceptor, const ListenOn& on);
  void start();
  // Before start(), or from any thread: for the connections from now on.
  void use_contexts(std::shared_ptr<const TlsContexts> contexts);
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
  class Listener final : public Poller::Watcher {
   public:
    Listener(IoThread& its_thread, int its_socket, const ListenOn& its_on);
    ~Listener() { close(); }
    void on_ready(bool) override { thread.accept(*this); }
    void close();

    IoThread& thread;
    int socket;
    const ListenOn& on;
    Timer pause;  // after a failed accept, such as EMFILE
    bool is_failing = false;
  };

  void spawn(Task<void> task);
  void accept(Listener& listener);
  void pause_accepting(Listener& listener, int error);
  void welcome(int socket, const sockaddr_storage& peer, const ListenOn& on);
  Task<void> sweep_loop();
  void session_ended(Session& session);
  void bury_sessions();
  void begin_drain();
  void end_when_done();

  const Site& site_;
  std::shared_ptr<const TlsContexts> contexts_;  // empty when no listener has TLS
  boost::asio::io_context context_{1};
  Poller poller_;
  ThreadState state_;
  std::optional<boost::asio::executor_work_guard<Executor>> work_;
  Timer sweep_timer_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  // Owned.
  boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions_;
  std::vector<Session*> ended_;  // to be destroyed when nothing of them is running any more
  std::size_t tasks_ = 0;        // coroutines of this thread that have not ended
  std::int64_t cut_at_ms_ = 0;
  std::thread thread_;
};

}  // namespace fairlead::net
