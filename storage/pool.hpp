// A fixed number of connections, lent to one thread at a time. Internal to storage/; any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace fairlead::storage {

template <class Connection>
class Pool {
 public:
  // Gives the connection back when it goes out of scope. Must not outlive the pool.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  void add(std::unique_ptr<Connection> connection) { give_back(std::move(connection)); }

  // Waits at most `wait`; nothing when all connections stay in use that long.
  std::optional<Lease> take(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + wait;
    if (!returned_.wait_until(lock, deadline, [this] { return !idle_.empty(); })) return {};
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(connection));
  }

  // Destroys the idle connections. Called by the owner when no other thread uses the pool any more.
  void clear() {
    std::lock_guard lock(mutex_);
    idle_.clear();
  }

 private:
  void give_back(std::unique_ptr<Connection> connection) {
    {
      std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  // The last one back is the next one out: warm caches.
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace fairlead::storage
