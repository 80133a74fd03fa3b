#include "net/poller.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace fairlead::net {

Poller::Poller(Executor executor, std::function<void()> before)
    : epoll_(executor), before_(std::move(before)) {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  CHECK(descriptor >= 0);
  epoll_.assign(descriptor);
}

Poller::~Poller() = default;

void Poller::stop() {
  boost::system::error_code ignored;
  epoll_.cancel(ignored);
}

bool Poller::watch(int socket, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void Poller::watch_writes(int socket, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, socket, &event);
}

void Poller::forget(const Watcher& watcher) {
  for (std::size_t i = next_; i < end_; ++i)
    if (events_[i].data.ptr == &watcher) events_[i].data.ptr = nullptr;
}

void Poller::wait() {
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this](const boost::system::error_code& ec) {
                      if (ec) return;
                      turn();
                      wait();
                    });
}

// One epoll_wait per turn: what is left over is reported again as soon as the thread waits, after
// the messages that came in the meantime.
void Poller::turn() {
  const int count =
      ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  before_();
  end_ = static_cast<std::size_t>(std::max(count, 0));
  for (next_ = 0; next_ < end_;) {
    const epoll_event& event = events_[next_++];
    if (event.data.ptr == nullptr) continue;
    static_cast<Watcher*>(event.data.ptr)
        ->on_ready((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
  }
  next_ = end_ = 0;
}

}  // namespace fairlead::net
