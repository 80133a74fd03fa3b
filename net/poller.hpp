// Tells the sockets of one I/O thread that there is something to read, or room to write again. A
// socket is registered once for its life and edge-triggered: a request costs neither an epoll_ctl
// nor a recv that only learns that nothing is there, which is what Asio's reactor would add. Asio
// still runs the thread, its timers and its messages, and sees the poller as one descriptor.
// Belongs to one I/O thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <functional>

#include "net/task.hpp"

namespace fairlead::net {

class Poller {
 public:
  class Watcher {
   public:
    // Told once per change: who leaves bytes unread must remember it. `has_end`: the other side has
    // ended the connection, or it is broken. Must not throw.
    virtual void on_ready(bool has_end) = 0;

   protected:
    ~Watcher() = default;
  };

  // `before` is called before each turn, in which every ready watcher is told.
  Poller(Executor executor, std::function<void()> before);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  void start() { wait(); }
  void stop();  // the last turn is over

  // False when the system has no room for it.
  bool watch(int socket, Watcher& watcher);
  // From now on tells of room to write too. Rare, because answers nearly always fit.
  void watch_writes(int socket, Watcher& watcher);
  // Call before the socket is closed: what is left of the current turn may name it.
  void forget(const Watcher& watcher);

 private:
  void wait();
  void turn();

  boost::asio::posix::basic_stream_descriptor<Executor> epoll_;
  const std::function<void()> before_;
  std::array<epoll_event, 256> events_;
  std::size_t next_ = 0;  // of the turn: [next_, end_) are still to be told
  std::size_t end_ = 0;
};

}  // namespace fairlead::net
